/// Text of others inside HTML and SVG: it can neither become markup nor confuse who reads it.
enum Markup {
    /// Text for between tags and inside quoted attributes.
    ///
    /// Controls, and what turns the direction of text, become `�`; tabs and line feeds stay.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case _ where isHarmful(scalar): result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// JSON for inside of a `script` element: nothing in it can end that, or begin a comment.
    static func scriptData(_ json: [UInt8]) -> [UInt8] {
        var safe: [UInt8] = []
        safe.reserveCapacity(json.count)
        for byte in json {
            switch byte {
            case UInt8(ascii: "<"): safe += Array("\\u003c".utf8)
            case UInt8(ascii: ">"): safe += Array("\\u003e".utf8)
            case UInt8(ascii: "&"): safe += Array("\\u0026".utf8)
            default: safe.append(byte)
            }
        }
        return safe
    }

    /// A line's text in pieces, each with its classes; the classes are empty where nothing is special.
    static func pieces(_ line: RenderedLine) -> [(classes: String, text: String)] {
        guard !line.runs.isEmpty else { return line.text.isEmpty ? [] : [("", line.text)] }
        var rest = line.text.utf8[...]
        return line.runs.map { run in
            defer { rest = rest.dropFirst(run.length) }
            return (classes(run.style), String(rest.prefix(run.length)) ?? "")
        }
    }

    /// A line as HTML.
    static func html(_ line: RenderedLine) -> String {
        pieces(line).map { classes, text in
            classes.isEmpty ? escaped(text) : "<span class=\"\(classes)\">\(escaped(text))</span>"
        }.joined()
    }

    /// Classes for a style: `b i u s` and `f` or `g` with the number of a colour.
    static func classes(_ style: TextStyle) -> String {
        var classes: [String] = []
        if style.isBold { classes.append("b") }
        if style.isItalic { classes.append("i") }
        if style.isUnderlined { classes.append("u") }
        if style.isStruckThrough { classes.append("s") }
        var (front, back) = (
            style.foreground.map(Palette.number), style.background.map(Palette.number)
        )
        if style.isReversed {
            classes.append("r")
            swap(&front, &back)
        }
        if let front { classes.append("f\(front)") }
        if let back { classes.append("g\(back)") }
        return classes.joined(separator: " ")
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069, 0xfffe, 0xffff: true
        default: false
        }
    }
}
