/// Takes a shell text apart into its simple commands, each one as words without their quotes.
///
/// This follows POSIX.1-2017, Shell Command Language 2.2, 2.3, 2.6.3 and 2.7, as far as it takes to
/// find where a command begins: the reserved words of the grammar stay as words, variables stay
/// as they are written, and redirections and comments go. What stands in `$(…)`, in backquotes, in
/// parentheses or in a here-document is taken apart as well. Any text is accepted: a quote that is
/// not closed ends with the text.
struct ShellCommands {
    /// The simple command that is being read.
    private struct Command {
        var words: [String] = []
        /// The current word; nil between words.
        var word: String?
        /// What becomes of the next word: an argument, or the operand of a redirection.
        var next = Operand.argument
        /// The words that end the here-documents which begin behind this line.
        var documentEnds: [String] = []

        enum Operand { case argument, file, documentEnd }

        mutating func append(_ text: String) { word = (word ?? "") + text }

        mutating func endWord() {
            guard let word else { return }
            switch next {
            case .argument: words.append(word)
            case .file: break
            case .documentEnd: documentEnds.append(word)
            }
            self.word = nil
            next = .argument
        }
    }

    /// Returns the commands, an inner one ahead of the one that holds it.
    static func of(_ text: String) -> [[String]] { of(Array(text.unicodeScalars), depth: 0) }

    private static func of(_ scalars: [Unicode.Scalar], depth: Int) -> [[String]] {
        var reader = ShellCommands(scalars: scalars, depth: depth)
        while reader.place < scalars.count { reader.readList() }
        return reader.commands
    }

    /// How deep a text is followed into what it holds; the parts behind that are not looked at.
    private static let deepest = 50

    private let scalars: [Unicode.Scalar]
    private var depth: Int
    private var place = 0
    private var commands: [[String]] = []

    private init(scalars: [Unicode.Scalar], depth: Int) {
        self.scalars = scalars
        self.depth = depth
    }

    private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard place < scalars.count else { return nil }
        defer { place += 1 }
        return scalars[place]
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard peek == expected else { return false }
        place += 1
        return true
    }

    // MARK: - Commands

    /// Reads commands up to the parenthesis that closes them, or the end.
    private mutating func readList() {
        var command = Command()
        while let scalar = take() {
            switch scalar {
            case " ", "\t", "\r": command.endWord()
            case "#" where command.word == nil: skipComment()
            case "&" where peek == ">": command.endWord()
            case "<", ">": readRedirection(scalar, &command)
            case ")":
                end(&command)
                return
            case "(":
                end(&command)
                readInner()
            case ";", "&", "|": end(&command)
            case "\n":
                end(&command)
                readDocuments(&command)
            default: readPart(of: &command, scalar)
            }
        }
        end(&command)
    }

    private mutating func readPart(of command: inout Command, _ scalar: Unicode.Scalar) {
        switch scalar {
        case "\\":
            if let escaped = take(), escaped != "\n" { command.append(String(escaped)) }
        case "'": command.append(readSingleQuoted())
        case "\"": readDoubleQuoted(into: &command)
        case "`":
            command.append("")
            readBackquoted()
        case "$" where take("("):
            command.append("")
            readInner()
        // What bash quotes as $'…' and $"…".
        case "$" where peek == "'" || peek == "\"": break
        default: command.append(String(scalar))
        }
    }

    private mutating func end(_ command: inout Command) {
        command.endWord()
        if !command.words.isEmpty { commands.append(command.words) }
        command.words = []
        command.next = .argument
    }

    private mutating func skipComment() {
        while let scalar = peek, scalar != "\n" { place += 1 }
    }

    private mutating func readInner() {
        guard depth < Self.deepest else { return place = scalars.count }
        depth += 1
        readList()
        depth -= 1
    }

    private mutating func append(commandsOf inner: [Unicode.Scalar]) {
        if depth < Self.deepest { commands += Self.of(inner, depth: depth + 1) }
    }

    // MARK: - Quotes

    private mutating func readSingleQuoted() -> String {
        var text = ""
        while let scalar = take(), scalar != "'" { text.unicodeScalars.append(scalar) }
        return text
    }

    private mutating func readDoubleQuoted(into command: inout Command) {
        command.append("")
        while let scalar = take(), scalar != "\"" {
            switch scalar {
            case "\\":
                guard let escaped = take() else { return }
                if !"$`\"\\\n".unicodeScalars.contains(escaped) { command.append("\\") }
                if escaped != "\n" { command.append(String(escaped)) }
            case "`": readBackquoted()
            case "$" where take("("): readInner()
            default: command.append(String(scalar))
            }
        }
    }

    private mutating func readBackquoted() {
        var inner: [Unicode.Scalar] = []
        while let scalar = take(), scalar != "`" {
            if scalar == "\\", let escaped = peek, "$`\\".unicodeScalars.contains(escaped) {
                place += 1
                inner.append(escaped)
            } else {
                inner.append(scalar)
            }
        }
        append(commandsOf: inner)
    }

    // MARK: - Redirections

    private mutating func readRedirection(_ operation: Unicode.Scalar, _ command: inout Command) {
        if let word = command.word, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            command.word = nil
        }
        command.endWord()
        if take("(") {
            command.append("")
            return readInner()
        }
        let isDocument = operation == "<" && take("<") && !take("<")
        while let scalar = peek, "<>&|".unicodeScalars.contains(scalar) { place += 1 }
        if isDocument { _ = take("-") }
        command.next = isDocument ? .documentEnd : .file
    }

    /// Reads the here-documents that were announced on the line before.
    ///
    /// Each one is a text of its own: a quote in it stays in it.
    private mutating func readDocuments(_ command: inout Command) {
        for end in command.documentEnds {
            var inner: [Unicode.Scalar] = []
            while place < scalars.count {
                let line = scalars[place...].prefix { $0 != "\n" }
                place = min(line.endIndex + 1, scalars.count)
                if String(String.UnicodeScalarView(line.drop { $0 == "\t" })) == end { break }
                inner += line + ["\n"]
            }
            append(commandsOf: inner)
        }
        command.documentEnds = []
    }
}
