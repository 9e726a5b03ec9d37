import Foundation
import Testing

@testable import Transcripts

@Suite struct TerminalFilterTests {
    /// What goes in, what comes out.
    private static let passages: [(String, String)] = [
        ("plain é漢🦀 ©\u{a0}\r\n\t\u{8}\u{7}", "plain é漢🦀 ©\u{a0}\r\n\t\u{8}\u{7}"),
        (
            "\u{1b}[1;31mred\u{1b}[0m\u{1b}[38:2::1:2:3m",
            "\u{1b}[1;31mred\u{1b}[0m\u{1b}[38:2::1:2:3m"
        ),
        (
            "\u{1b}[2J\u{1b}[H\u{1b}[10;5H\u{1b}[K\u{1b}[3A",
            "\u{1b}[2J\u{1b}[H\u{1b}[10;5H\u{1b}[K\u{1b}[3A"
        ),
        ("\u{1b}7\u{1b}8\u{1b}M\u{1b}(0lqk\u{1b}(B", "\u{1b}7\u{1b}8\u{1b}M\u{1b}(0lqk\u{1b}(B"),
        ("\u{1b}[?25l\u{1b}[?1049h", "\u{1b}[?25l\u{1b}[?1049h"),
        // Queries: device attributes, reports, modes, version, keyboard, answerback, decor.
        ("a\u{1b}[c\u{1b}[>c\u{1b}[=c\u{1b}[0cb", "ab"), ("a\u{1b}[6n\u{1b}[?6n\u{1b}[5nb", "ab"),
        ("a\u{1b}[?1$p\u{1b}[>q\u{1b}[?u\u{1b}Z\u{5}b", "ab"), ("a\u{1b}[21t\u{1b}[8;1;1tb", "ab"),
        ("a\u{1b}P+q544e\u{1b}\\b\u{1b}P$qm\u{1b}\\c", "abc"), ("\u{1b}[?S\u{1b}[i\u{1b}[1;1y", ""),
        // Strings: titles, the clipboard, links, APC, PM, SOS, and where they end.
        ("a\u{1b}]52;c;ZXZpbA==\u{7}b\u{1b}]0;title\u{1b}\\c", "abc"),
        ("a\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "alinkb"),
        ("a\u{1b}_Gpayload\u{1b}\\b\u{1b}^pm\u{1b}\\c\u{1b}Xsos\u{1b}\\d", "abcd"),
        ("a\u{1b}]0;never ended", "a"), ("a\u{1b}]0;never ended\r\nb", "a0;never ended\r\nb"),
        ("a\u{1b}Pq~-\n~\u{1b}\\b", "ab"), ("a\u{1b}Pqtext text", "a text"),
        // What turns the direction of text, and its neighbours that do not.
        (
            "a\u{202a}\u{202e}b\u{2066}\u{2069}c\u{2029}\u{202f}\u{2065}\u{206a}→",
            "abc\u{2029}\u{202f}\u{2065}\u{206a}→"
        ), ("a\u{1b}]0;cancelled\u{18}b", "ab"),
        ("a\u{1b}]0;é漢\u{9c}b", "ab"), ("a\u{1b}]0;x\u{1b}[1mb", "a\u{1b}[1mb"),
        // 8-bit controls are two bytes in UTF-8, and terminals obey them.
        ("a\u{9b}6nb\u{9d}52;c;eA==\u{7}c\u{90}q\u{9c}d\u{85}e", "abcde"),
        ("\u{9b}1mx", "\u{1b}[1mx"),
        // Input modes, character sets of the whole terminal, resets: nothing a replay needs.
        ("\u{1b}[?1000h\u{1b}[?2004h\u{1b}[?1004h\u{1b}=\u{1b}>\u{1b}c\u{1b}[!p\u{1b}%G", ""),
        ("\u{1b}[?1000;25;2004h", "\u{1b}[?25h"), ("\u{1b}[2h\u{1b}[4;12h", "\u{1b}[4h"),
        ("\u{1b}[>4;1m\u{1b}[?4m\u{1b}[ q\u{1b}[1 q", ""),
        // Controls inside a sequence are executed, broken sequences end, text goes on.
        ("\u{1b}[1\r\n;31mx", "\r\n\u{1b}[1;31mx"), ("\u{1b}[1\u{1b}[2mx", "\u{1b}[2mx"),
        ("\u{1b}[12é", "é"), ("\u{1b}\u{1b}\u{1b}[1m", "\u{1b}[1m"), ("\u{1b}[1\u{18}m", "m"),
        ("\u{0}\u{1}\u{7f}x", "x"), ("\u{1b}#8\u{1b}(\u{1b}[1mx", "\u{1b}[1mx"),
    ]

    @Test(arguments: passages)
    func `only what shows text gets through`(input: String, output: String) {
        #expect(TerminalFilterTests.filtered([Array(input.utf8)]) == output)
    }

    @Test(arguments: passages)
    func `it does not matter where a sequence is cut`(input: String, output: String) {
        let bytes = Array(input.utf8)
        #expect(TerminalFilterTests.filtered(bytes.map { [$0] }) == output)
        for place in 0...bytes.count {
            let pieces = [Array(bytes[..<place]), Array(bytes[place...])]
            #expect(TerminalFilterTests.filtered(pieces) == output)
        }
    }

    @Test(
        arguments: [
            ([0xc2, 0x1b, 0x5d, 0x35, 0x32, 0x3b, 0x07, 0x78], "\u{fffd}x"),
            ([0xe2, 0x1b, 0x5b, 0x63, 0x78], "\u{fffd}x"), ([0xe2, 0x80, 0x05, 0x78], "\u{fffd}x"),
            ([0x1b, 0x5d, 0xc2, 0x1b, 0x5c, 0x78], "x"),
            ([0xe2, 0xe2, 0x80, 0xae, 0x78], "\u{fffd}x"),
        ] as [([UInt8], String)])
    func `half a character lets nothing through behind it`(input: [UInt8], output: String) {
        #expect(TerminalFilterTests.filtered([input]) == output)
    }

    @Test func `a sequence without end needs no memory`() {
        let digits = String(repeating: "1;", count: 100_000)
        #expect(TerminalFilterTests.filtered([Array("\u{1b}[\(digits)mx".utf8)]) == "x")
    }

    @Test(arguments: [
        ("text", ""), ("\u{1b}[?25l", "\u{1b}[?25h"), ("\u{1b}[?25l\u{1b}[?25h", ""),
        ("\u{1b}[?1049h\u{1b}[?1049l", ""), ("\u{1b}[?1049h", "\u{1b}[?1049l"),
        ("\u{1b}[31m", "\u{1b}[0m"), ("\u{1b}[?7l", "\u{1b}[?7h"), ("\u{e}", "\u{f}"),
        ("\u{1b}[5;10r", "\u{1b}7\u{1b}[r\u{1b}8"), ("\u{1b}[5;10r\u{1b}[r", ""),
        ("\u{1b}[4h\u{1b}[?5h", "\u{1b}[4l\u{1b}[?5l"), ("\u{1b}[?1000h", ""),
    ])
    func `only what was changed is changed back`(input: String, undoing: String) {
        var filter = TerminalFilter()
        var output: [UInt8] = []
        filter.filter(Array(input.utf8), into: &output)
        #expect(String(decoding: filter.modes.undoing, as: UTF8.self) == undoing)
    }

    @Test(arguments: [
        ("a\u{1b}[1;31mred\u{1b}[0m\r\n\tb", "a\u{1b}[1;31mred\u{1b}[0m\r\n\tb", "ared\r\n\tb"),
        ("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7lx", "x", "x"),
        ("\u{1b}[2J\u{1b}[H\u{1b}[3Ax", "x", "x"),
        ("a\u{8}\u{7}\u{b}\u{c}\u{e}b", "ab", "ab"), ("\u{1b}7\u{1b}M\u{1b}(0x", "x", "x"),
        ("\u{1b}]0;title\u{7}x\u{9b}2Jy", "xy", "xy"), ("\u{1b}[>4;1m\u{1b}[?4mx", "x", "x"),
    ])
    func `of lines, only text and colours get through`(
        input: String, coloured: String, plain: String
    ) {
        #expect(TerminalFilterTests.filtered([Array(input.utf8)], .colouredLines) == coloured)
        #expect(TerminalFilterTests.filtered([Array(input.utf8)], .lines) == plain)
    }

    private static func filtered(
        _ pieces: [[UInt8]], _ scope: TerminalFilter.Scope = .screen
    ) -> String {
        var filter = TerminalFilter(scope)
        var output: [UInt8] = []
        for piece in pieces { filter.filter(piece, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }
}

@Suite struct PlayerTests {
    /// A transcript with given times and texts, and a file to play it to.
    private final class Stage {
        let folder: TemporaryFolder
        let transcript: Transcript

        init(_ events: [(seconds: Int64, text: String)]) throws {
            folder = try TemporaryFolder()
            var encoder = EventEncoder(onlcr: true)
            encoder.header(.sample())
            for event in events {
                Array(event.text.utf8).withUnsafeBytes {
                    encoder.append($0, .output(.standardOutput), at: event.seconds * 1_000_000)
                }
            }
            let path = folder.path + "/stage.cast"
            try encoder.batch.withBytes { try Data($0).write(to: URL(filePath: path)) }
            transcript = try Transcript.open(path)
        }

        func play(_ player: Player) throws -> (Player.End, String) {
            let path = folder.path + "/output"
            let output = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            defer { close(output) }
            let end = try player.play(transcript, to: output)
            return (end, try String(contentsOfFile: path, encoding: .utf8))
        }
    }

    @Test func `all the output is played, and the terminal is left as it was`() throws {
        let stage = try Stage([(0, "one\n"), (1000, "\u{1b}[31m\u{1b}[6ntwo\n"), (2000, "é")])
        var player = Player()
        player.instant = true
        let (end, text) = try stage.play(player)
        #expect(end == .finished)
        #expect(text == "one\r\n\u{1b}[31mtwo\r\né\u{1b}[0m")
    }

    @Test func `speed and the limit on pauses shorten the waiting`() throws {
        let stage = try Stage([(0, "a"), (3600, "b"), (7200, "c")])
        var limited = Player()
        limited.idleLimit = .milliseconds(20)
        var fast = Player()
        fast.speed = 360_000
        for player in [limited, fast] {
            let start = ContinuousClock.now
            let (end, text) = try stage.play(player)
            #expect(end == .finished && text == "abc")
            #expect(start.duration(to: .now) >= .milliseconds(20))
        }
    }

    @Test func `an interruption ends the waiting and still resets the terminal`() throws {
        let stage = try Stage([(0, "\u{1b}[?25la"), (86_400, "b")])
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(write(ends[1], "x", 1) == 1)
        var player = Player()
        player.interrupt = ends[0]
        let (end, text) = try stage.play(player)
        #expect(end == .interrupted)
        #expect(text.hasSuffix("\u{1b}[?25h") || text.isEmpty)
        #expect(!text.contains("b"))
    }

    @Test func `a reader that has gone ends the replay quietly`() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_IGN)
            let stage = try Stage((0..<100).map { _ in (0, String(repeating: "x", count: 16_000)) })
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            close(ends[0])
            var player = Player()
            player.instant = true
            try #require(try player.play(stage.transcript, to: ends[1]) == .outputClosed)
        }
    }
}
