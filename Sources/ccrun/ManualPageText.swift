/// Writes man(7) macros, quoting what troff would read as its own.
struct ManualPageText {
    /// What an item of a list is called by.
    enum Tag {
        case option(HelpSource.Argument)
        case placeholder(String)
        case literal(String)
        case path(String)
        /// Another page of section 1.
        case reference(String)
    }

    private(set) var text: String
    /// Whether a heading came last: what follows needs no macro to part it.
    private var isFresh = true

    init(title: String) {
        text = """
            .\\" Made by ccrun from what its parser knows; changes here are lost.
            .TH \(Self.quoted(title.uppercased())) 1 \(Version.date) "ccrun \(Version.number)" \
            "ccrun manual"

            """
    }

    mutating func section(_ name: String) {
        text += ".SH \(Self.quoted(name))\n"
        isFresh = true
    }

    mutating func subsection(_ name: String) {
        text += ".SS \(Self.quoted(name))\n"
        isFresh = true
    }

    /// Text that readers fill, broken where the source would pass column 80.
    mutating func line(_ line: String) {
        var column = 0
        for word in line.split(separator: " ") {
            let isFirst = column == 0 || column + word.utf8.count > Self.width
            // Only what begins a line could be a macro.
            let escaped =
                isFirst ? Self.escaped(word) : String(Self.escaped("x\(word)").dropFirst())
            if column > 0 { text += isFirst ? "\n" : " " }
            column = isFirst ? escaped.utf8.count : column + 1 + escaped.utf8.count
            text += escaped
        }
        text += "\n"
        isFresh = false
    }

    private static let width = 72

    mutating func paragraphs(_ paragraphs: [String]) {
        for paragraph in paragraphs where !paragraph.isEmpty {
            if !isFresh { text += ".PP\n" }
            line(paragraph)
        }
    }

    /// Lines as they are, with their first word in bold.
    mutating func synopsis(_ lines: [String]) {
        text += ".nf\n"
        for line in lines {
            let word = line.prefix { $0 != " " }
            text += "\\fB\(Self.escaped(word))\\fR\(Self.escaped(line.dropFirst(word.count)))\n"
        }
        text += ".fi\n"
        isFresh = false
    }

    mutating func item(_ tag: Tag, _ description: String) {
        text += ".TP\n\(Self.line(of: tag))\n"
        line(description)
    }

    mutating func examples(_ lines: [String]) {
        if lines.isEmpty { return }
        section("EXAMPLES")
        text += ".nf\n" + lines.map { Self.escaped($0) + "\n" }.joined() + ".fi\n"
        isFresh = false
    }

    /// Pages by name, of section 1 where none is given behind a colon; by section and name.
    mutating func references(_ names: [String]) {
        let pages = names.map { name in
            let parts = name.split(separator: ":").map(String.init)
            return (name: parts[0], section: parts.count > 1 ? parts[1] : "1")
        }.sorted { ($0.section, $0.name) < ($1.section, $1.name) }
        for (index, page) in pages.enumerated() {
            let comma = index < pages.count - 1 ? "," : ""
            text += ".BR \(Self.escaped(page.name)) (\(page.section))\(comma)\n"
        }
        isFresh = false
    }

    // MARK: - troff

    private static func line(of tag: Tag) -> String {
        switch tag {
        case .placeholder(let name): "\\fI\(escaped(name))\\fR"
        case .literal(let text): "\\fB\(escaped(text))\\fR"
        case .path(let path): "\\fI\(escaped(path))\\fR"
        case .reference(let page): ".BR \(escaped(page)) (1)"
        case .option(let option):
            option.spellings.reversed().map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
                + (option.takesValue ? " \\fI\(escaped(option.valueName ?? "value"))\\fR" : "")
        }
    }

    /// The argument of a macro.
    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Text as troff shows it: no escapes, no macros at the beginning, dashes that can be copied.
    ///
    /// Characters beyond ASCII become `\[uXXXX]`, which needs no preconv(1).
    static func escaped(_ text: some StringProtocol) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "\"": escaped += "\\(dq"
            case "'": escaped += "\\(aq"
            case "`": escaped += "\\(ga"
            case "^": escaped += "\\(ha"
            case "~": escaped += "\\(ti"
            case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                escaped += "\\[u\(zeros)\(digits)]"
            }
        }
        return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }
}
