/// Makes files that are dotenv, or nearly.
struct DotEnvSamples {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Names that the files set.
    static let names = ["A", "B", "C", "AB", "_x", "A1", "SET", "line"]

    private static let pieces =
        names + [
            "1A", "A-B", "=", "=", "=", "'", "'", "\"", "\"", "\\", "\\\\", "\\'", "\\\"", "\\n",
            "\\t", "\\v", "\\x", "#", " #", " ", "  ", "\t", "\n", "\n", "\r\n", "\r", "export ",
            "export", "$", "${A}", "${B}", "${", "}", ":-", "${C:-d}", "${SET}", "${NONE:-x}",
            "${NOPE:-x y}", "${A:-$", "${UID}", "${IFS}", "$(touch ran)", "`touch ran`", "é", "日本",
            "\u{c}", "\u{1c}", "!", "*", "[a]", "~", "%s", "-n", ":", "x", "y z", "e\u{301}",
        ]

    private mutating func pick(_ choices: [String]) -> String {
        choices.randomElement(using: &random) ?? ""
    }

    private mutating func pieces(_ count: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: count, using: &random)).map { _ in pick(Self.pieces) }
    }

    mutating func file() -> String {
        if Int.random(in: 0..<10, using: &random) < 3 { return pieces(1...24).joined() }
        let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in line() }.joined()
        return Bool.random(using: &random) ? text : String(text.unicodeScalars.dropLast())
    }

    private mutating func line() -> String {
        let start = pick(["", "", "", " ", "\t", "\n", "export ", "export  "]) + pick(Self.names)
        let end = pick(["", "", " ", " # c", "#c", "\t"]) + pick(["\n", "\n", "\n", "\r\n", "\r"])
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return start + end
        case 1: return pick(["#", "# c", " # it's \"", "'A'=b"]) + end
        default:
            let quote = pick(["", "'", "\""])
            let content = pieces(0...8).joined()
            let isSafe = Int.random(in: 0..<10, using: &random) > 0
            return start + pick(["=", "=", "=", " = ", "= ", " ="]) + quote
                + (isSafe ? Self.contained(content, in: quote) : content) + quote + end
        }
    }

    private static func contained(_ text: String, in quote: String) -> String {
        if !quote.isEmpty { return text.replacing(quote, with: "\\" + quote) }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { !"\r\n".unicodeScalars.contains($0) }))
    }
}
