/// Text of others as it may stand in a line on a terminal.
package enum CleanText {
    /// One line without controls: white space becomes a space, what else would not show a `�`.
    ///
    /// Direction overrides count as such, since they make a command read as another one.
    package static func line(_ text: String) -> String {
        var clean = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                let isSpace = scalar.properties.isWhitespace
                clean.unicodeScalars.append(isSpace ? " " : "\u{fffd}")
            case .format where scalar != "\u{200d}", .surrogate, .privateUse, .unassigned:
                clean.unicodeScalars.append("\u{fffd}")
            default: clean.unicodeScalars.append(scalar)
            }
        }
        return clean
    }

    /// The columns that a text takes on a terminal, East Asian characters and emoji two each.
    package static func columns(of text: String) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }

    /// The text cut to a number of columns, with an ellipsis in the last one where it was cut.
    package static func fitted(_ text: String, to width: Int) -> String {
        guard columns(of: text) > width else { return text }
        guard width > 0 else { return "" }
        var fitted = ""
        var used = 0
        for character in text {
            let columns = columns(of: character)
            guard used + columns < width else { break }
            fitted.append(character)
            used += columns
        }
        return fitted + "…"
    }

    private static func columns(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        let isWide = wide.contains { $0.contains(scalar.value) }
        return isWide || scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// The blocks whose characters are wide by Unicode Standard Annex #11.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
        0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd,
    ]
}
