/// Colours, where the terminal and the user want them.
struct Paint {
    let isColoured: Bool

    /// NO_COLOR, when it is set and not empty, turns colours off (no-color.org), as a dumb terminal does.
    init(_ environment: [String: String]) {
        isColoured = environment["NO_COLOR"]?.isEmpty != false && environment["TERM"] != "dumb"
    }

    func good(_ text: String) -> String { painted(text, "32") }
    func bad(_ text: String) -> String { painted(text, "31") }
    func warning(_ text: String) -> String { painted(text, "33") }
    func faint(_ text: String) -> String { painted(text, "2") }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}

/// Text of a remote program without the sequences that a terminal would act on.
enum PlainText {
    /// One line: control sequences (ECMA-48, 5.4) go, other controls become spaces.
    static func of(_ text: String) -> String {
        var plain = ""
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "\u{1b}" {
                skipSequence(&scalars)
            } else if scalar.properties.generalCategory == .control {
                plain.unicodeScalars.append(" ")
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    private static func skipSequence(_ scalars: inout Substring.UnicodeScalarView) {
        guard scalars.popFirst() == "[" else { return }
        while let next = scalars.popFirst(), !("\u{40}"..."\u{7e}" ~= next) {}
    }
}
