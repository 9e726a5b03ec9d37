/// Makes output of others fit for libvterm: what it takes on trust is checked here.
///
/// libvterm 0.1.4 adds numbers of a control sequence up in a C integer, keeps at most 16 of them, keeps
/// all that was ever combined with one character, repeats for ever what has no width, and brings the
/// cursor back to where it was saved though the window has become smaller.
struct EmulatorInput {
    /// How many code points may combine with one that goes before.
    static let mostCombined = 8

    private static let mostArguments = 16
    private static let largestDigits = 4
    /// What is fed at once: libvterm decodes it on its stack.
    private static let chunk = 4096

    private var combined = 0
    private var clean: [UInt8] = []

    /// Feeds what has passed a `TerminalFilter`: whole code points and whole sequences.
    mutating func feed(_ bytes: [UInt8], to emulator: borrowing TerminalEmulator) {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x1b {
                position = takeSequence(bytes, at: position, emulator)
            } else if byte < 0x80 {
                if byte >= 0x20 { combined = 0 }
                clean.append(byte)
                position += 1
            } else {
                position = takeCodePoint(bytes, at: position)
            }
            if clean.count >= EmulatorInput.chunk { flush(to: emulator) }
        }
        flush(to: emulator)
    }

    private mutating func flush(to emulator: borrowing TerminalEmulator) {
        clean.withUnsafeBytes { emulator.feed($0) }
        clean.removeAll(keepingCapacity: true)
    }

    /// Copies a control sequence with numbers that no window could make use of cut down.
    private mutating func takeSequence(
        _ bytes: [UInt8], at start: Int, _ emulator: borrowing TerminalEmulator
    ) -> Int {
        guard start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "[") else {
            return takeEscape(bytes, at: start, emulator)
        }
        guard let end = bytes[(start + 2)...].firstIndex(where: { (0x40...0x7e).contains($0) })
        else { return bytes.count }
        if bytes[end] == UInt8(ascii: "b") {
            takeRepetition(bytes[(start + 2)..<end], emulator)
            return end + 1
        }
        clean += bytes[start..<(start + 2)]
        var digits = 0
        var arguments = 1
        for byte in bytes[(start + 2)..<end] {
            if byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") {
                arguments += 1
                if arguments > EmulatorInput.mostArguments { break }
                digits = 0
            } else if (0x30...0x39).contains(byte) {
                digits += 1
                // Leading zeros are no number's length, but nobody writes them.
                if digits > EmulatorInput.largestDigits { continue }
            }
            clean.append(byte)
        }
        clean.append(bytes[end])
        return end + 1
    }

    /// Only what was just printed can be repeated (ECMA-48 8.3.103), and no more than there is credit for.
    private mutating func takeRepetition(
        _ parameters: ArraySlice<UInt8>, _ emulator: borrowing TerminalEmulator
    ) {
        flush(to: emulator)
        let digits = parameters.prefix { (0x30...0x39).contains($0) }
        let wanted = digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), 9999) }
        // libvterm stops at the end of the row by itself.
        let count = emulator.screen.credit.spend(
            upTo: min(max(1, wanted), emulator.screen.columns))
        guard emulator.screen.endOfText != nil, count > 0 else { return }
        clean += Array("\u{1b}[\(count)b".utf8)
    }

    private mutating func takeEscape(
        _ bytes: [UInt8], at start: Int, _ emulator: borrowing TerminalEmulator
    ) -> Int {
        clean.append(bytes[start])
        guard start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "8") else {
            return start + 1
        }
        clean.append(bytes[start + 1])
        flush(to: emulator)
        if emulator.screen.isCursorOutside {
            let (row, column) = emulator.screen.cursor
            emulator.moveCursor(row: row, column: column)
        }
        return start + 2
    }

    private mutating func takeCodePoint(_ bytes: [UInt8], at start: Int) -> Int {
        let sequence = bytes.withUnsafeBytes { UTF8Bytes.Sequence(in: $0, at: start) }
        let end = start + sequence.length
        guard sequence.isValid else {
            clean += Array("\u{fffd}".utf8)
            combined = 0
            return end
        }
        combined = EmulatorInput.combines(bytes[start..<end]) ? combined + 1 : 0
        if combined <= EmulatorInput.mostCombined { clean += bytes[start..<end] }
        return end
    }

    /// Whether a code point has no width of its own, for libvterm and for others.
    private static func combines(_ bytes: ArraySlice<UInt8>) -> Bool {
        // What is below U+0300 begins with a smaller byte.
        guard let lead = bytes.first, lead >= 0xcc,
            let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first
        else { return false }
        // The vowels and finals of Hangul combine with an initial.
        if (0x1160...0x11ff).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }
}
