/// Lines with their colours, in sequences of our own making and no others.
package enum SGRText {
    /// The text of a line; a line with styles ends in the terminal's own.
    package static func line(_ line: RenderedLine) -> String {
        guard !line.runs.isEmpty else { return line.text }
        var text = ""
        var rest = line.text.utf8[...]
        var isStyled = false
        for run in line.runs {
            let piece = rest.prefix(run.length)
            rest = rest.dropFirst(run.length)
            let isPlain = run.style == TextStyle()
            if isStyled || !isPlain { text += sequence(run.style) }
            isStyled = !isPlain
            text += String(piece) ?? ""
        }
        return isStyled ? text + "\u{1b}[0m" : text
    }

    /// One sequence that sets a style whatever was set before (ECMA-48 8.3.117).
    static func sequence(_ style: TextStyle) -> String {
        var codes = ["0"]
        if style.isBold { codes.append("1") }
        if style.isItalic { codes.append("3") }
        if style.isUnderlined { codes.append("4") }
        if style.isBlinking { codes.append("5") }
        if style.isReversed { codes.append("7") }
        if style.isStruckThrough { codes.append("9") }
        codes += style.foreground.map { self.codes($0, base: 30) } ?? []
        codes += style.background.map { self.codes($0, base: 40) } ?? []
        return "\u{1b}[\(codes.joined(separator: ";"))m"
    }

    private static func codes(_ colour: TextStyle.Colour, base: Int) -> [String] {
        switch colour {
        case .indexed(let index) where index < 8: ["\(base + Int(index))"]
        case .indexed(let index) where index < 16: ["\(base + 52 + Int(index))"]
        case .indexed(let index): ["\(base + 8)", "5", "\(index)"]
        case .rgb(let red, let green, let blue):
            ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
        }
    }
}
