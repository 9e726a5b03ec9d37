import TestServer
import Testing

/// What is typed after the deployment arrives there as it was typed.
@Suite struct RunWordsTests {
    static let words = [
        "", " ", "  two  blanks ", "it's", "\"quoted\"", "'", "''", "'\\''", "\\", "\\\\", "\\n",
        "a\\", "$HOME", "${HOME}", "$(id)", "`id`", "$", "a=b", "=", "~", "~root", "*", "?",
        "[a-z]", "{a,b}", "#", "a#b", "!", "!!", "!$", "&", "&&", "|", ";", "<", ">", "(", ")",
        "a\nb", "\n",
        "\r\n", "\t", "\u{1B}[31m", "\u{7F}", "%s", "%b\\061", "\\061", "-", "--", "-n", "-e",
        "--help", "--timeout=1s", "-t", "é", "日本語", "🚀", "e\u{301}", "\u{A0}",
        String(repeating: "long ", count: 2000),
    ]

    @Test(arguments: ["-T", "-t"])
    func `every word arrives as it was typed`(terminal: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                [terminal, "shop", "sh", "-c", Self.printer, "sh"] + Self.words)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(Self.arrived(result.output) == Self.words)
        }
    }

    @Test func `ssh brings the same words, once they are quoted for it`() throws {
        // Over a longer command dropbear ends ssh's connection.
        let words = serverIsDropbear ? Self.words.dropLast() : Self.words
        try withServer { server in
            let place = try Workplace(server)
            let ours = try place.run(["shop", "printf", "[%s]\\n"] + words)
            let quoted = (["printf", "[%s]\\n"] + words).map {
                "'" + $0.replacing("'", with: "'\\''") + "'"
            }
            let theirs = try server.ssh(quoted)
            #expect(ours.standardOutput == theirs.standardOutput)
            #expect(ours.status == theirs.status)
        }
    }

    @Test func `random words arrive as they are`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the words: \(seed)")
        var random = SeededGenerator(seed: seed)
        let text = "ab '\"\\$`!\n\t*?[]{}()<>|&;#~=%^-é\u{301}🚀\u{1}\u{7F}\r"
        let alphabet = Array(text.unicodeScalars)
        let words = (0..<200).map { _ in
            var word = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                word.append(alphabet.randomElement(using: &random) ?? "a")
            }
            return String(word)
        }
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "sh", "-c", Self.printer, "sh"] + words)
            #expect(Self.arrived(result.output) == words, "\(result.errorOutput)")
        }
    }

    /// Everything behind the first word of the command is the command's, whatever it looks like.
    @Test(arguments: [
        ["shop", "printf", "<%s>", "-t", "--timeout", "never", "--", "--help"],
        ["shop", "--", "printf", "<%s>", "-t", "--timeout", "never", "--", "--help"],
        ["run", "shop", "printf", "<%s>", "-t", "--timeout", "never", "--", "--help"],
        ["-T", "shop", "-n", "--", "printf", "<%s>", "-t", "--timeout", "never", "--", "--help"],
    ])
    func `words that look like options are not ours`(arguments: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(arguments)
            #expect(result.output == "<-t><--timeout><never><--><--help>", "\(result.errorOutput)")
        }
    }

    /// 127 is what a shell says of a program that is not there.
    static let programs: [([String], Int32)] = [
        (["shop", "--", "echo hello"], 127), (["shop", "--", "-x"], 127),
        (["shop", "--", "true"], 0), (["shop", "--", "A=b"], 127),
        (["shop", "--", "sh", "-c", "exit 3"], 3),
    ]

    @Test(arguments: programs)
    func `a word is a program's name and no shell text`(
        arguments: [String], status: Int32
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(arguments)
            #expect(result.status == .exited(status), "\(result.output) \(result.errorOutput)")
            #expect(result.output.isEmpty)
        }
    }

    // MARK: - Private

    /// Prints each word in hexadecimal digits on a line of its own.
    private static let printer =
        #"for word; do printf %s "$word" | od -An -v -tx1 | tr -d ' \n'; echo; done"#

    private static func arrived(_ output: String) -> [String] {
        // By bytes: to Swift, "\r\n" is one character that is no "\n".
        output.utf8.split(separator: 10, omittingEmptySubsequences: false).dropLast().map { line in
            let digits = line.filter { $0 != 13 }.map { Character(Unicode.Scalar($0)) }
            let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
