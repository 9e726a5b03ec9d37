/// Says of an unfinished line whether it looks like a question that waits for an answer.
///
/// A line does that in one of four ways:
///
/// 1. It ends in a choice: `[y/N]`, `(yes/no)`, `(y)`, a colon or question mark after it or not.
/// 2. It ends in `:`, `?`, `>` or a bracket with a default, and holds one of the words of questions.
/// 3. It is what an interpreter shows: `>>>`, `sqlite>`, `(Pdb)`, `#?`, `shop=>`.
/// 4. A pager waits: `--More--`, `(END)`, a colon alone; or it says to press a key.
///
/// Progress looks alike: `Loading fixtures:`, `Checking name (3/10)`. So a line that begins with a
/// word in -ing is none, unless it ends in a choice; nor is one that ends in a count, a size, or a
/// verdict in brackets. The words are English: Django's commands ask in English in every language.
enum PromptLook {
    /// The text of a line without what is not seen, and without blanks around it.
    static func visible(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: text.unicodeScalars.append(" ")
            // Overrides of the writing direction among them.
            case .format, .privateUse, .surrogate, .unassigned: break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return String(text.trimming(while: \.isWhitespace))
    }

    /// A quick look at a line's bytes, which output in a stream gets with each piece: false where
    /// `asks` would say no to what is visible of them.
    static func mayAsk(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let last = bytes.last(where: { $0 > 0x20 }) else { return false }
        if last >= 0x7f || lastBytes.contains(last) { return true }
        let text = bytes.drop { $0 <= 0x20 }
        return text.starts(with: "--More--".utf8) || hasPress(text)
    }

    /// The line, as `visible` gives it, looks like a question.
    static func asks(_ line: String) -> Bool {
        if isInterpreter(line) || isPager(line) { return true }
        if endsInChoice(line) { return true }
        let words = Self.words(of: line)
        guard let first = words.first, !(first.count > 4 && first.hasSuffix("ing")) else {
            return false
        }
        let isQuestion = line.hasSuffix("?")
        if isQuestion, words.contains(where: questionWords.contains) { return true }
        // What ends in a quoted word and a colon is a key of JSON.
        guard words.contains(where: askingWords.contains), !line.hasSuffix("\":") else {
            return false
        }
        if isQuestion || line.hasSuffix(":") || line.hasSuffix("\u{ff1a}") { return true }
        // What looks like markup is no arrow.
        if line.hasSuffix(">") { return !line.contains("<") }
        return lastBracket(of: line[...]).map(isDefault) ?? false
    }

    // MARK: - The ways

    /// A prompt of an interpreter, which is one word, or `[default: x] >>>` of makemigrations.
    private static func isInterpreter(_ line: String) -> Bool {
        if line.hasSuffix(">>>") || interpreters.contains(line) { return true }
        guard let last = line.last, line.first?.isLetter == true else { return false }
        // MariaDB [(none)]>
        let name = line.replacing(" [", with: "[", maxReplacements: 1).dropLast()
        let isOneWord = name.allSatisfy {
            $0.isLetter || $0.isNumber || "_-./~()[]:=@".contains($0)
        }
        guard isOneWord else { return false }
        // mysql> · irb(main):001:0> · shop=> · shop=# · ana@web1:/srv$
        switch last {
        case ">": return true
        case "#": return name.hasSuffix("=") || name.contains("@")
        case "$": return name.contains("@")
        default: return false
        }
    }

    private static func isPager(_ line: String) -> Bool {
        if line == ":" || line.hasPrefix("--More--") || line.hasSuffix("(END)") { return true }
        let words = Self.words(of: line)
        return words.contains("press") && words.contains(where: keys.contains)
    }

    /// The last brackets of the line, or those before them, hold a choice; `:` or `?` may follow.
    private static func endsInChoice(_ line: String) -> Bool {
        var rest = line[...]
        for _ in 0..<2 {
            rest = rest.dropLast(while: { $0 == ":" || $0 == "?" || $0.isWhitespace })
            guard let bracket = lastBracket(of: rest) else { return false }
            if isChoice(bracket) { return true }
            rest = rest[..<bracket.startIndex].dropLast()
        }
        return false
    }

    /// `y/N`, `yes/no/[fingerprint]`, `Y,n,q`, `yes or no`, or `y` alone.
    private static func isChoice(_ text: Substring) -> Bool {
        let separators: Set<Character> = ["/", "|", ","]
        let alternatives = text.lowercased().replacing(" or ", with: "/")
        let parts = alternatives.split(whereSeparator: separators.contains).map { part in
            String(part.trimming(while: \.isWhitespace))
        }
        guard parts.allSatisfy({ !$0.contains(where: \.isWhitespace) }) else { return false }
        if parts.count == 1 { return parts[0] == "y" || parts[0] == "n" }
        return parts.contains { yesAndNo.contains($0) }
    }

    /// What stands in brackets is a default or a hint, neither a count or size nor a verdict.
    private static func isDefault(_ text: Substring) -> Bool {
        guard text.contains(where: \.isLetter), !text.contains("%") else { return false }
        if text.first?.isNumber == true { return false }
        return !verdicts.contains(text.lowercased())
    }

    /// What stands between the brackets in which the line ends.
    private static func lastBracket(of line: Substring) -> Substring? {
        guard let last = line.last, last == ")" || last == "]" else { return nil }
        let opening: Character = last == ")" ? "(" : "["
        var depth = 0
        for index in line.indices.reversed() {
            if line[index] == last { depth += 1 }
            if line[index] == opening { depth -= 1 }
            if depth == 0 { return line[line.index(after: index)...].dropLast() }
        }
        return nil
    }

    /// What a line ends in that asks, a wide colon and pagers aside.
    private static let lastBytes = Set(":?>])#$".utf8)

    /// "press", in letters of any case.
    private static func hasPress(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.indices.contains { index in
            bytes[index] | 0x20 == UInt8(ascii: "p")
                && bytes[index...].prefix(5).map { $0 | 0x20 } == Array("press".utf8)
        }
    }

    private static func words(of line: String) -> [String] {
        let isPart = { (character: Character) in
            character.isLetter || character.isNumber || "'-_.".contains(character)
        }
        return line.split { !isPart($0) }.map {
            String($0.lowercased().trimming { !$0.isLetter && !$0.isNumber })
        }
        .filter { !$0.isEmpty }
    }

    // MARK: - The words

    /// What is asked for, and the verbs of asking.
    private static let askingWords: Set<String> = [
        "password", "passphrase", "passcode", "passwd", "pin", "otp", "token", "username", "login",
        "user", "name", "email", "e-mail", "mail", "address", "code", "host", "hostname", "port",
        "database", "value", "answer", "option", "choice", "type", "enter", "select", "choose",
        "input", "confirm", "confirmation", "continue", "proceed", "sure", "accept", "agree",
        "yes", "retry", "again", "overwrite", "replace", "delete", "remove", "cancel",
    ]

    /// What besides makes a question of a line that ends in a question mark.
    private static let questionWords: Set<String> = [
        "do", "does", "did", "is", "are", "was", "were", "has", "have", "should", "shall", "would",
        "will", "can", "could", "may", "what", "which", "where", "who", "how", "why", "ok", "okay",
        "correct", "descend", "try", "create", "install", "restart", "apply", "save", "quit",
    ]

    private static let keys: Set<String> = ["enter", "return", "key", "space", "continue"]

    private static let yesAndNo: Set<String> = ["y", "n", "yes", "no"]

    private static let verdicts: Set<String> = [
        "ok", "done", "failed", "fail", "skipped", "passed", "warning", "error", "unchanged",
        "up to date", "cached", "none", "empty", "default",
    ]

    /// `#?` is that of select in ksh and bash.
    private static let interpreters: Set<String> = [
        "(Pdb)", "(gdb)", "(lldb)", "#?", "$", "#", ">",
    ]
}

extension StringProtocol {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> SubSequence {
        drop(while: isBlank).dropLast(while: isBlank)
    }

    fileprivate func dropLast(while isPassedOver: (Character) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !isPassedOver($0) }) else { return self[..<startIndex] }
        return self[...last]
    }
}
