import TestServer
import Testing

@testable import Runs

/// What rules answer, in whatever pieces the output comes.
@Suite struct PromptWatcherTests {
    typealias Rule = PromptWatcher.Rule

    /// The replies to output that comes in these pieces, as texts.
    static func replies(
        _ rules: [Rule], to pieces: [[UInt8]], lineEnd: PromptWatcher.LineEnd = .carriageReturn
    ) -> [String] {
        var watcher = PromptWatcher(rules: rules, promptTimeout: nil, lineEnd: lineEnd)
        let now = ContinuousClock.now
        var replies: [String] = []
        for piece in pieces {
            for reply in piece.withUnsafeBytes({ watcher.see($0, at: now) }) {
                replies.append(reply.bytes.withBytes { String(decoding: $0, as: UTF8.self) })
            }
        }
        return replies
    }

    private static func replies(
        _ rules: [Rule], to text: String, lineEnd: PromptWatcher.LineEnd = .carriageReturn
    ) -> [String] {
        replies(rules, to: [Array(text.utf8)], lineEnd: lineEnd)
    }

    /// What `createsuperuser` shows in a terminal, answers echoed as far as they are.
    static let superuser = """
        \u{1b}[?2004hUsername (leave blank to use 'root'): ana\r
        Email address: ana@example.com\r
        Password: \r
        Password (again): \r
        \u{1b}[31;1mError: Your passwords didn't match.\r
        \u{1b}[0mPassword: \r
        Password (again): \r
        Superuser created successfully.\r

        """

    static func superuserRules() throws -> [Rule] {
        [
            try Rule(pattern: "^Username .*: ", answer: .text("ana"), limit: 1),
            try Rule(pattern: "(?i)^e-?mail address: ", answer: .text("ana@example.com\n")),
            try Rule(pattern: "^Password( \\(again\\))?: ", answer: .secret(Secret("s3cr3t"))),
        ]
    }

    private static let superuserReplies =
        ["ana\r", "ana@example.com\r"] + Array(repeating: "s3cr3t\r", count: 4)

    @Test func `each prompt of a command is answered once`() throws {
        let replies = Self.replies(try Self.superuserRules(), to: Self.superuser)
        #expect(replies == Self.superuserReplies)
    }

    @Test func `every place to split the output gives the same replies`() throws {
        let rules = try Self.superuserRules()
        let bytes = Array(Self.superuser.utf8)
        for place in bytes.indices {
            let pieces = [Array(bytes[..<place]), Array(bytes[place...])]
            #expect(Self.replies(rules, to: pieces) == Self.superuserReplies, "at \(place)")
        }
        #expect(Self.replies(rules, to: bytes.map { [$0] }) == Self.superuserReplies)
    }

    @Test(arguments: 1...150 as ClosedRange<UInt64>)
    func `any output in any pieces gives the same replies`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rules = [
            try Rule(pattern: "ab+", answer: .text("ab")),
            try Rule(pattern: "b.a", answer: .text("")),
            try Rule(pattern: "^é", answer: .text("é"), limit: 2),
            try Rule(pattern: "c\\n+a", answer: .text("a"), limit: 3),
        ]
        let words = [
            "a", "b", "c", "é", "\r", "\n", "\r\n", "\u{8}", "\u{1b}[1ma", "\u{1b}]0;ab\u{7}",
        ]
        let text = (0..<60).map { _ in words.randomElement(using: &random) ?? "" }.joined()
        let bytes = Array(text.utf8)
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(9, rest.count), using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        for lineEnd in [PromptWatcher.LineEnd.carriageReturn, .lineFeed] {
            let whole = Self.replies(rules, to: [bytes], lineEnd: lineEnd)
            #expect(Self.replies(rules, to: pieces, lineEnd: lineEnd) == whole, "seed \(seed)")
            let single = Self.replies(rules, to: bytes.map { [$0] }, lineEnd: lineEnd)
            #expect(single == whole, "seed \(seed)")
        }
    }

    @Test func `a reply ends as the program's input does`() throws {
        let rules = [try Rule(pattern: "go\\?", answer: .text("yes"))]
        #expect(Self.replies(rules, to: "go?") == ["yes\r"])
        #expect(Self.replies(rules, to: "go?", lineEnd: .lineFeed) == ["yes\n"])
        let ended = [try Rule(pattern: "go\\?", answer: .text("yes\r\n"))]
        #expect(Self.replies(ended, to: "go?", lineEnd: .lineFeed) == ["yes\n"])
        let empty = [try Rule(pattern: "go\\?", answer: .text(""))]
        #expect(Self.replies(empty, to: "go?") == ["\r"])
    }

    @Test func `after its replies a rule gives none, and the next one may`() throws {
        let rules = [
            try Rule(pattern: "Password: ", answer: .text("one"), limit: 2),
            try Rule(pattern: "Password: ", answer: .text("two"), limit: 1),
        ]
        let text = String(repeating: "Password: \r\n", count: 5)
        #expect(Self.replies(rules, to: text) == ["one\r", "one\r", "two\r"])
    }

    @Test func `the match that ends first is answered, and of two the earlier rule's`() throws {
        let first = [
            try Rule(pattern: "Password \\(again\\)", answer: .text("long")),
            try Rule(pattern: "Password", answer: .text("short")),
        ]
        #expect(Self.replies(first, to: "Password (again): ") == ["short\r"])
        let both = [
            try Rule(pattern: "word", answer: .text("1")),
            try Rule(pattern: "Password", answer: .text("2")),
        ]
        #expect(Self.replies(both, to: "Password: ") == ["1\r"])
    }

    @Test func `the echo of a reply is not answered`() throws {
        let rules = [try Rule(pattern: "yes", answer: .text("yes"))]
        let text = "Type 'yes' to continue: yes\r\nyes?"
        #expect(Self.replies(rules, to: text) == ["yes\r", "yes\r"])
        for place in text.utf8.indices {
            let pieces = [Array(text.utf8[..<place]), Array(text.utf8[place...])]
            #expect(Self.replies(rules, to: pieces) == ["yes\r", "yes\r"])
        }
    }

    @Test func `what only begins like the echo is read`() throws {
        let rules = [
            try Rule(pattern: "one\\?", answer: .text("aab")),
            try Rule(pattern: "aaac", answer: .text("2")),
        ]
        #expect(Self.replies(rules, to: "one? aaaac") == ["aab\r", "2\r"])
        #expect(Self.replies(rules, to: "one? aa\r\naaac") == ["aab\r", "2\r"])
    }

    @Test func `prompts of one line are answered without a terminal and with echo off`() throws {
        let rules = [try Rule(pattern: "^(Password|Again): ", answer: .secret(Secret("x")))]
        #expect(Self.replies(rules, to: "Password: Again: ", lineEnd: .lineFeed) == ["x\n", "x\n"])
        #expect(Self.replies(rules, to: "Password: Again: ") == ["x\r", "x\r"])
    }

    @Test func `a prompt that is drawn again in its line is answered once`() throws {
        let rules = [try Rule(pattern: "Sure\\? ", answer: .text("y"))]
        #expect(Self.replies(rules, to: "Sure? \r\u{1b}[KSure? y\r\u{1b}[KSure? y\r\n") == ["y\r"])
        #expect(Self.replies(rules, to: "Sure? y\r\nSure? y\r\n") == ["y\r", "y\r"])
    }

    @Test(arguments: [
        "\u{1b}[1mPass\u{1b}[0mword: ", "10%\r20%\rPassword: ", "Passx\u{8}word: ",
        "\u{1b}]0;title\u{7}Password: ", "Pass\u{1b}]0;a\u{1b}\\word: ", "Pa\u{7}ssword: ",
        "\u{1b}(B\u{1b}[mPassword: ", "Pass \u{8}word: ", "\u{1b}P1$r0m\u{1b}\\Password: ",
        "Passw\u{1b}7\u{1b}8ord: ", "x\r\r\nPassword: ", "\u{1b}[?25l\u{1b}[2K\rPassword: ",
    ])
    func `a prompt is read as a terminal shows it`(text: String) throws {
        let rules = [try Rule(pattern: "^Password: $", answer: .text("x"))]
        #expect(Self.replies(rules, to: text) == ["x\r"])
        #expect(Self.replies(rules, to: text.utf8.map { [$0] }) == ["x\r"])
    }

    @Test(arguments: ["\u{1b}]0;Password: \u{7}", "Pass\rword: ", "\u{1b}[31Password: "])
    func `what a terminal does not show is no prompt`(text: String) throws {
        let rules = [try Rule(pattern: "Password: ", answer: .text("x"))]
        #expect(Self.replies(rules, to: text).isEmpty)
    }

    @Test func `a prompt of several lines is matched over their ends`() throws {
        let rules = [
            try Rule(pattern: "want to do this\\?\\s+Type 'yes'.*cancel: $", answer: .text("yes"))
        ]
        let flush = """
            Are you sure you want to do this?\r
            \r
                Type 'yes' to continue, or 'no' to cancel: 
            """
        #expect(Self.replies(rules, to: flush.utf8.map { [$0] }) == ["yes\r"])
    }

    @Test func `bytes that are no UTF-8 disturb nothing`() throws {
        let rules = [try Rule(pattern: "Wörter: ", answer: .text("x"))]
        let bytes: [UInt8] = [0xff, 0xc3, 0x0a, 0xe2, 0x82, 0x41] + Array("Wörter: ".utf8)
        #expect(Self.replies(rules, to: [bytes]) == ["x\r"])
        #expect(Self.replies(rules, to: bytes.map { [$0] }) == ["x\r"])
    }

    @Test func `a line without an end costs no more memory than its last part`() throws {
        let rules = [try Rule(pattern: "Password: ", answer: .text("x"))]
        let noise = [UInt8](repeating: UInt8(ascii: "."), count: 100_000)
        #expect(Self.replies(rules, to: [noise + Array("Password: ".utf8)]) == ["x\r"])
    }

    @Test func `a reply shows nothing of its value`() throws {
        var watcher = PromptWatcher(
            rules: try Self.superuserRules(), promptTimeout: nil, lineEnd: .lineFeed)
        let replies = Array("Password: ".utf8).withUnsafeBytes { watcher.see($0, at: .now) }
        #expect(replies.map(\.isSecret) == [true])
        #expect(replies.map(\.rule) == [2])
        var dumped = ""
        dump(replies, to: &dumped)
        dump(watcher, to: &dumped)
        #expect(!dumped.contains("s3cr3t"))
        #expect(!"\(replies) \(watcher)".contains("s3cr3t"))
    }
}
