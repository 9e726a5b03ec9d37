import Foundation
import History
import Testing

@testable import ccrun

@Suite struct PatternMatcherTests {
    private static func found(_ pattern: String, in text: String) throws -> [String] {
        let matcher = try PatternMatcher(pattern)
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { matcher.matches(in: $0) }
            .map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        ("a+", "baaab\nA\n", ["aaa", "A"]), ("^x", "x x\nxx\n", ["x", "x"]),
        ("x$", "x x\nxx\n", ["x", "x"]), ("\\bis\\b", "this is\nis\n", ["is", "is"]),
        ("a|ab|abc", "abcd", ["abc"]), ("é.", "Éa é漢", ["Éa", "é漢"]), ("a.c", "a\nc abc", ["abc"]),
        ("\\d{2,3}", "1 22 4444", ["22", "444"]), ("[^a]b", "ab\nxb", ["xb"]), ("x", "", []),
    ])
    func `the first match counts, and of those the longest`(
        pattern: String, text: String, matches: [String]
    ) throws {
        #expect(try Self.found(pattern, in: text) == matches)
    }

    @Test(arguments: [
        ("no such table", "no such table"), ("error: \\d+ rows", "error: "),
        ("(?:abc)?defgh", "defgh"),
        ("abc|abd", nil), ("(abc|abd)efg", "efg"), ("ab*cde", "cde"), ("a[bc]def", "def"),
        ("(abc)+de", "abc"), ("\\d+", nil), ("abc{2}", "abcc"), ("é!éabc", "abc"),
    ])
    func `what every match has is known`(pattern: String, text: String?) throws {
        let required = try PatternMatcher(pattern).requiredText
        if let required {
            #expect(text?.contains(required) == true || required == text, "\(required)")
        }
        #expect((required == nil) == (text == nil) || (text?.count ?? 3) < 3)
    }

    /// Foundation's engine is the witness: it finds a match where ours does, and no other first one.
    @Test(arguments: [1, 22, 333])
    func `matches begin where another engine's do, and have what is required`(seed: UInt64) throws {
        var random = PatternDice(seed)
        for _ in 0..<400 {
            let pattern = random.pattern(depth: 3)
            guard let matcher = try? PatternMatcher(pattern) else { continue }
            let other = try NSRegularExpression(pattern: pattern, options: .caseInsensitive)
            for _ in 0..<8 {
                let text = String(
                    (0..<random.number(12)).map { _ in
                        "abcABC1 ".randomElement(using: &random) ?? "a"
                    })
                let ours = Array(text.utf8).withUnsafeBytes { matcher.matches(in: $0) }.first
                let theirs = other.matches(
                    in: text, range: NSRange(location: 0, length: text.utf8.count)
                )
                .first { $0.range.length > 0 }
                #expect(
                    ours?.lowerBound == theirs?.range.location, "\(seed): \(pattern) in \"\(text)\""
                )
                if ours != nil, let required = matcher.requiredText {
                    #expect(
                        text.lowercased().contains(required.lowercased()), "\(pattern): \(required)"
                    )
                }
            }
        }
    }

    @Test(arguments: [4, 55, 666])
    func `of many lines those are found that another engine finds`(seed: UInt64) throws {
        var random = PatternDice(seed)
        for _ in 0..<300 {
            let pattern = ["^", "", ""][random.number(3)] + random.pattern(depth: 3)
            guard let matcher = try? PatternMatcher(pattern) else { continue }
            let other = try NSRegularExpression(pattern: pattern, options: .caseInsensitive)
            let lines = (0..<20).map { _ in
                String(
                    (0..<random.number(9)).map { _ in
                        "abcB1 é漢".randomElement(using: &random) ?? "a"
                    })
            }
            let theirs = lines.indices.filter { index in
                let range = NSRange(location: 0, length: lines[index].utf16.count)
                return other.matches(in: lines[index], range: range).contains {
                    $0.range.length > 0
                }
            }
            #expect(
                Self.linesFound(by: matcher, in: lines) == theirs, "\(seed): \(pattern) in \(lines)"
            )
        }
    }

    @Test func `a match that might go on does not make it read a line over and over`() throws {
        let line = Array(repeating: UInt8(ascii: "a"), count: PatternMatcher.longestLine) + [0x0a]
        let text = (0..<20).flatMap { _ in line }
        let matcher = try PatternMatcher("aa(.*y)?")
        let found = text.withUnsafeBytes { matcher.matches(in: $0) }
        #expect(found.count == 20 * PatternMatcher.longestLine / 2)
        #expect(found.allSatisfy { $0.count == 2 })
    }

    /// `a.{12}b` has thousands of states: which of the last twelve characters were an a.
    @Test func `a pattern of more states than are kept finds what a simple search finds`() throws {
        let matcher = try PatternMatcher("a.{12}b1")
        var random = PatternDice(7)
        let lines = (0..<400).map { _ in
            String((0..<40).map { _ in "ab1é".randomElement(using: &random) ?? "a" })
        }
        let expected = lines.indices.filter { index in
            let line = Array(lines[index])
            return (0..<(line.count - 14)).contains {
                line[$0] == "a" && line[$0 + 13] == "b" && line[$0 + 14] == "1"
            }
        }
        #expect(!expected.isEmpty && expected.count < lines.count)
        #expect(Self.linesFound(by: matcher, in: lines) == expected)
    }

    private static func linesFound(by matcher: PatternMatcher, in lines: [String]) -> [Int] {
        var starts: [Int] = []
        var bytes: [UInt8] = []
        for line in lines {
            starts.append(bytes.count)
            bytes += Array(line.utf8) + [0x0a]
        }
        let found = bytes.withUnsafeBytes { matcher.matches(in: $0) }
        let indices = found.compactMap { match in
            starts.lastIndex { $0 <= match.lowerBound }
        }
        #expect(bytes.withUnsafeBytes { matcher.hasMatch(in: $0) } == !found.isEmpty)
        return indices.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}

/// Patterns by chance, the same ones for the same seed (SplitMix64).
private struct PatternDice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func pattern(depth: Int) -> String {
        switch depth == 0 ? number(4) : number(9) {
        case 0: "a"
        case 1: "b"
        case 2: "[bc1]"
        case 3: "abc"
        case 4: "(?:\(pattern(depth: depth - 1))|\(pattern(depth: depth - 1)))"
        case 5: "(?:\(pattern(depth: depth - 1)))\(["?", "*", "+", "{2}", "{1,2}"][number(5)])"
        case 6: "\\b" + pattern(depth: depth - 1)
        default: pattern(depth: depth - 1) + pattern(depth: depth - 1)
        }
    }
}
