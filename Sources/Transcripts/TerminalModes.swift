/// The modes that a recording may set on the terminal it is played on, and has set.
///
/// Only what was changed is changed back: to leave an alternate screen that was never entered
/// would move the cursor.
struct TerminalModes: Equatable {
    /// Something that stays after the output, in the order in which it is undone.
    enum Change: Int, CaseIterable {
        case alternateScreen
        case alternateScreenWithCursor
        case scrollRegion
        case leftRightMargins
        case originMode
        case insertMode
        case newLineMode
        case reverseVideo
        case noAutoWrap
        case cursorHidden
        case cursorBlink
        case synchronizedUpdate
        case characterSet
        case shiftOut
        case rendition

        /// The sequence that undoes it.
        var undoing: String {
            switch self {
            case .alternateScreen: "\u{1b}[?1047l"
            case .alternateScreenWithCursor: "\u{1b}[?1049l"
            // Setting the margins moves the cursor home, hence save and restore.
            case .scrollRegion: "\u{1b}7\u{1b}[r\u{1b}8"
            case .leftRightMargins: "\u{1b}7\u{1b}[?69l\u{1b}8"
            case .originMode: "\u{1b}7\u{1b}[?6l\u{1b}8"
            case .insertMode: "\u{1b}[4l"
            case .newLineMode: "\u{1b}[20l"
            case .reverseVideo: "\u{1b}[?5l"
            case .noAutoWrap: "\u{1b}[?7h"
            case .cursorHidden: "\u{1b}[?25h"
            case .cursorBlink: "\u{1b}[?12l"
            case .synchronizedUpdate: "\u{1b}[?2026l"
            case .characterSet: "\u{1b}(B\u{1b})B\u{1b}*B\u{1b}+B"
            case .shiftOut: "\u{0f}"
            case .rendition: "\u{1b}[0m"
            }
        }
    }

    private var changes: Set<Int> = []

    /// Notes that something was changed, or changed back.
    mutating func note(_ change: Change, isChanged: Bool = true) {
        if isChanged {
            changes.insert(change.rawValue)
        } else {
            changes.remove(change.rawValue)
        }
    }

    /// Whether nothing is changed that decides where text goes, and which.
    var leaveTextAlone: Bool { changes.isSubset(of: TerminalModes.ofLooks) }

    private static let ofLooks = Set(
        [Change.reverseVideo, .cursorHidden, .cursorBlink, .synchronizedUpdate, .rendition]
            .map(\.rawValue))

    /// What brings the terminal back to where it was before the output.
    var undoing: [UInt8] {
        Change.allCases.filter { changes.contains($0.rawValue) }.flatMap { Array($0.undoing.utf8) }
    }

    /// The parameters of a control sequence that may pass; nil where it may not.
    ///
    /// Of several modes set at once the harmless ones remain.
    mutating func allowed(_ parameters: [UInt8], final: UInt8) -> [UInt8]? {
        let isPrivate = parameters.first == UInt8(ascii: "?")
        let numbers = isPrivate ? parameters.dropFirst() : parameters[...]
        guard numbers.allSatisfy({ (0x30...0x3b).contains($0) }) else { return nil }
        switch (isPrivate, final) {
        case (_, UInt8(ascii: "h")), (_, UInt8(ascii: "l")):
            return allowedModes(numbers, isPrivate: isPrivate, isSet: final == UInt8(ascii: "h"))
        case (true, UInt8(ascii: "J")), (true, UInt8(ascii: "K")): return parameters
        case (true, _): return nil
        case (false, UInt8(ascii: "m")): note(.rendition)
        case (false, UInt8(ascii: "r")): note(.scrollRegion, isChanged: !numbers.isEmpty)
        case (false, UInt8(ascii: "s")) where !numbers.isEmpty: note(.leftRightMargins)
        case (false, _) where !TerminalModes.harmless.contains(final): return nil
        default: break
        }
        return parameters
    }

    private mutating func allowedModes(
        _ numbers: ArraySlice<UInt8>, isPrivate: Bool, isSet: Bool
    ) -> [UInt8]? {
        let known = isPrivate ? TerminalModes.privateModes : TerminalModes.ansiModes
        let kept = numbers.split(separator: UInt8(ascii: ";")).filter { number in
            let name = String(decoding: number, as: UTF8.self)
            if isPrivate && name == TerminalModes.saveCursor { return true }
            guard let mode = known[name] else { return false }
            // Autowrap and the cursor are on by default, so it is their end that needs undoing.
            let isOnByDefault = mode == .noAutoWrap || mode == .cursorHidden
            note(mode, isChanged: isSet != isOnByDefault)
            return true
        }
        guard !kept.isEmpty else { return nil }
        let prefix = isPrivate ? [UInt8(ascii: "?")] : []
        return prefix + Array(kept.joined(separator: [UInt8(ascii: ";")]))
    }

    /// Cursor movement, erasing, inserting, deleting, scrolling, tabs, repetition, save, restore.
    private static let harmless = Set("@ABCDEFGHIJKLMPSTXZ`abdefgsu".utf8)

    /// Saves and restores the cursor; nothing that stays.
    private static let saveCursor = "1048"

    private static let ansiModes: [String: Change] = ["4": .insertMode, "20": .newLineMode]

    private static let privateModes: [String: Change] = [
        "5": .reverseVideo, "6": .originMode, "7": .noAutoWrap, "12": .cursorBlink,
        "25": .cursorHidden, "47": .alternateScreen, "69": .leftRightMargins,
        "1047": .alternateScreen, "1049": .alternateScreenWithCursor,
        "2026": .synchronizedUpdate,
    ]
}
