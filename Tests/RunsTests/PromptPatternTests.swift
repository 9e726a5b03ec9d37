import Deployments
import TestServer
import Testing

@testable import Runs

/// The regular expressions of rules: what they match, and where a match ends first.
@Suite struct PromptPatternTests {
    /// Where the first match ends in `text`, in characters; nothing follows the text.
    private static func end(_ pattern: String, in text: String) throws -> Int? {
        var matcher = PromptMatcher(try PromptPattern(pattern))
        var count = 0
        for scalar in text.unicodeScalars {
            if matcher.ends(before: scalar) { return count }
            count += 1
            if matcher.take(scalar) { return count }
        }
        return matcher.endsHere() ? count : nil
    }

    @Test(
        arguments: [
            ("Password", "Password: ", 8), ("Password: $", "Password: ", 10),
            ("assw", "Password: ", 5), ("^Pass", "a\nPass", 6), ("^ass", "Pass", nil),
            ("a.c", "abc", 3), ("a.c", "a\nc", nil), ("a|bc", "xbc", 3), ("(ab|a)c", "abc", 3),
            ("x*y", "xxy", 3), ("x+y", "y", nil), ("x?y", "y", 1), ("x+?y", "xxy", 3),
            ("ab{2}c", "abbc", 4), ("ab{2}c", "abc", nil), ("ab{1,2}c", "abbbc", nil),
            ("ab{2,}c", "abbbc", 5), ("a{", "a{", 2), ("a{x}", "a{x}", 4), ("a{,2}", "a{,2}", 5),
            ("[a-c]x", "bx", 2), ("[^a-c]x", "bx", nil), ("[]x]y", "]y", 2), ("[a-]x", "-x", 2),
            ("[\\d.]%", "x4%", 3), ("\\[y/N\\]", "go? [y/N] ", 9), ("[[]y", "[y", 2),
            ("\\d\\d", "a42", 3), ("\\D", "4a", 2), ("\\w+:", "größe:", 6), ("a\\sb", "a\tb", 3),
            ("\\S\\W", "a:", 2), ("\\bno\\b", "know no", 7), ("\\bno\\b", "know", nil),
            ("\\bno\\b", "no, ", 2), ("o\\B", "no ok", 4), ("a$", "a\nb", 1), ("a$", "ab", nil),
            ("(?i)PASSWORD", "password", 8), ("(?i:É)t", "ét", 2), ("(?i:P)W", "pw", nil),
            ("a(?i)b|c", "aB", 2), ("(a(?i)b)c", "aBC", nil), ("(?:ab)+c", "ababc", 5),
            ("(?<n>ab)c", "abc", 3), ("(?P<n>ab)c", "abc", 3), ("\\x41\\u00e9", "Aé", 2),
            ("\\.\\*\\\\\\-", ".*\\-", 4), ("a\\tb", "a\tb", 3), ("a\\n\\n b", "a\n\n b", 5),
            ("(a*)*b", "aab", 3), ("(|a)b", "ab", 2), ("(^|x)a", "xa", 2),
            ("\\(again\\)", "(again)", 7),
            ("(a|b|c){3}", "abcabc", 3), ("((a{2}){2}){2}", "aaaaaaaa", 8), ("ß", "ß", 1),
        ] as [(String, String, Int?)])
    func `a match ends where it ends first`(pattern: String, text: String, end: Int?) throws {
        #expect(try Self.end(pattern, in: text) == end)
    }

    @Test(arguments: [
        ("", "it matches the empty text"), ("a*", "it matches the empty text"),
        ("^", "it matches the empty text"), ("a|$", "it matches the empty text"),
        ("(a", "a \"(\" is not closed"), ("a)", "a \")\" closes nothing"),
        ("[a", "a \"[\" is not closed"), ("[", "a \"[\" is not closed"),
        ("*a", "there is nothing to repeat"), ("a|+", "there is nothing to repeat"),
        ("^*a", "there is nothing to repeat"),
        ("a++", "a repetition of a repetition is not supported"),
        ("a{2}{3}", "a repetition of a repetition is not supported"),
        ("a{3,2}", "the numbers in braces are in the wrong order"),
        ("a{201}", "more than 200 repetitions are not supported"),
        ("(a{200}){200}", "it is too long, its repetitions written out"),
        ("[z-a]", "a range in brackets is in the wrong order"),
        ("[\\d-z]", "a range in brackets is in the wrong order"),
        ("[[:alpha:]]", "classes such as [:alpha:] are not supported"),
        ("(a)\\1", "references to groups are not supported"),
        ("a(?=b)", "look-around and options other than (?i) are not supported"),
        ("(?<n)a", "the name of a group is not closed"),
        ("(?<n", "the name of a group is not closed"),
        ("(?<!a)b", "look-around and options other than (?i) are not supported"),
        ("(?is)a", "of the options only (?i) is supported"),
        ("\\pL", "the escape \"\\p\" is not supported"), ("a\\", "it ends in a backslash"),
        ("\\x4", "\"\\x\" takes two and \"\\u\" four hexadecimal digits"),
        ("(?<n", "the name of a group is not closed"),
        (String(repeating: "(", count: 60), "too many nested groups"),
    ])
    func `what is not understood is refused with the reason`(pattern: String, reason: String) {
        let problem = #expect(throws: PromptPattern.Problem.self) { try PromptPattern(pattern) }
        #expect(problem?.reason == reason)
    }

    // One that took time as backtracking does would not end before everything else has.
    @Test(arguments: ["(a+)+b", "(\\w+\\s?)+: $", ".*.*.*.*x", "(a|a)*b", "((a{0,50}){0,4})*b"])
    func `no pattern takes longer than the text is long`(pattern: String) throws {
        #expect(try Self.end(pattern, in: String(repeating: "a", count: 2000)) == nil)
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `Swift's own regular expressions agree`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pattern = Self.pattern(depth: 3, &random)
        let text = (0..<7).map { _ in ["a", "b", "c", "\n"].randomElement(using: &random) ?? "" }
            .joined()
        guard let ours = try? Self.end(pattern, in: text) else {
            // Ours refuses what matches the empty text, repetitions of anchors and the like.
            return
        }
        let theirs = try Regex(pattern).anchorsMatchLineEndings()
            .matchingSemantics(.unicodeScalar)
        // The shortest prefix with a match is where one ends first.
        let end = (0...text.count).first { text.prefix($0).contains(theirs) }
        #expect(ours == end, "seed \(seed): \(pattern) in \(text.debugDescription)")
    }

    /// A random pattern without assertions about what follows, whose matches depend on the pieces.
    private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
        let leaves = ["a", "b", "c", "[ab]", "[^a]", ".", "\\s", "\\w", "^"]
        let leaf = leaves.randomElement(using: &random) ?? "a"
        guard depth > 0 else { return leaf }
        let inner = pattern(depth: depth - 1, &random)
        let other = pattern(depth: depth - 1, &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return "(\(inner)|\(other))"
        case 1: return "(?:\(inner))*\(other)"
        case 2: return "(\(inner))?\(other)"
        case 3: return "(\(inner)){1,2}\(leaf)"
        case 4: return "(\(inner))+"
        case 5: return leaf
        default: return inner + other
        }
    }
}
