import Testing

@testable import Transcripts

@Suite struct RenderingTests {
    /// Output on a terminal of 20 by 5, and the lines that are left of it.
    private static let outputs: [(String, [String])] = [
        ("one\r\ntwo\r\n", ["one", "two"]), ("no line feed", ["no line feed"]), ("", []),
        ("a\r\n\r\n\r\nb\r\n\r\n", ["a", "", "", "b"]), ("trailing   \r\n", ["trailing"]),
        // Progress: only the last of it is left.
        ("[#   ] 25%\r[##  ] 50%\r[####] 100%\r\ndone\r\n", ["[####] 100%", "done"]),
        ("long text\rshort\u{1b}[K\r\n", ["short"]), ("abc\u{8}\u{8}X\r\n", ["aXc"]),
        ("one\r\ntwo\r\n\u{1b}[2A\u{1b}[KONE\r\n\u{1b}[KTWO\r\n", ["ONE", "TWO"]),
        // Alternate screens leave nothing, whichever of their modes they use.
        ("before\r\n\u{1b}[?1049h\u{1b}[2Jeditor\u{1b}[?1049lafter", ["before", "after"]),
        // One that was never left is what a person saw last; a killed editor leaves it so.
        ("before\r\n\u{1b}[?1049heditor", ["before", "editor"]),
        ("\u{1b}[?1049h\u{1b}[3;1HIMPORTANT ERROR\r\n", ["IMPORTANT ERROR"]),
        // Strings that nobody ends hide nothing, whatever their beginning.
        ("\u{1b}]IMPORTANT ERROR\r\nmore\r\n", ["IMPORTANT ERROR", "more"]),
        ("\u{1b}P1;2IMPORTANT ERROR\r\n", ["1;2IMPORTANT ERROR"]),
        ("\u{1b}_IMPORTANT\u{9b} ERROR©", ["IMPORTANT ERROR©"]),
        ("\u{1b}Pq#0!5~-\r\n?~\u{1b}\\picture", ["picture"]),
        ("\u{1b}PqIMPORTANT ERROR\r\nmore", [" ERROR", "more"]),
        ("a\r\n\u{1b}7\u{1b}[?1047hx\r\n\u{1b}[?1047l\u{1b}8b", ["a", "b"]),
        // What scrolls away is there, as is what was cleared; more so if by hand.
        ("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7", ["1", "2", "3", "4", "5", "6", "7"]),
        ("old\r\n\u{1b}[H\u{1b}[2J\u{1b}[3Jnew", ["old", "new"]),
        ("redrawn\r\n\u{1b}[H\u{1b}[Jnew", ["new"]),
        ("1\r\n2\r\n\u{1b}[5S3", ["1", "2", "", "", "3"]),
        // A scroll region at the top, as apt has one above its progress bar.
        (
            "\u{1b}[1;4r\u{1b}[5;1Hbar\u{1b}[1;1H1\r\n2\r\n3\r\n4\r\n5\r\n6\u{1b}[r",
            ["1", "2", "3", "4", "5", "6", "bar"]
        ),
        // The margin breaks no line.
        ("0123456789012345678901234567\r\nx", ["0123456789012345678901234567", "x"]),
        ("01234567890123456789\r\nx", ["01234567890123456789", "x"]),
        ("0123456789012345678漢x\r\n", ["0123456789012345678漢x"]),
        ("01234567890123456789\u{1b}[2;1Hx", ["01234567890123456789", "x"]),
        // Characters of two columns, of none, of several code points.
        ("漢字\r\n", ["漢字"]), ("漢字\u{1b}[1;2HX", [" X字"]), ("漢字\u{1b}[1;3HX", ["漢X"]),
        ("e\u{301}é\r\n", ["e\u{301}é"]), ("\u{301}x", ["x"]), ("🦀🇩🇪x", ["🦀🇩🇪x"]),
        ("a\tb\r\n", ["a       b"]), ("\u{1b}(0lqk\u{1b}(B x", ["┌─┐ x"]),
        // Without a carriage return there is a staircase.
        ("a\nb\r\n", ["a", " b"]), ("ab\u{1b}[3bc", ["abbbbc"]),
        ("\u{1b}[9bx\r\n\u{1b}[9by", ["x", "y"]),
        // Insertion and deletion.
        ("abcd\u{1b}[1;2H\u{1b}[P", ["acd"]), ("abcd\u{1b}[1;2H\u{1b}[2@", ["a  bcd"]),
        ("1\r\n2\r\n3\u{1b}[2;1H\u{1b}[L", ["1", "", "2", "3"]),
        ("1\r\n2\r\n3\u{1b}[2;1H\u{1b}[M", ["1", "3"]),
        // What is no text is nothing to be read.
        ("\u{1b}]0;title\u{7}a\u{1b}P1;2q~\u{1b}\\b\u{85}\u{9b}31mc", ["abc"]),
    ]

    @Test(arguments: outputs)
    func `lines are those that a person has seen`(output: String, lines: [String]) throws {
        #expect(try RenderedText(output: [output]).texts == lines)
    }

    @Test(arguments: outputs)
    func `it does not matter how output is cut`(output: String, lines: [String]) throws {
        let scalars = Array(output.unicodeScalars)
        for place in 0...scalars.count {
            let pieces = [scalars[..<place], scalars[place...]].map { piece in
                var text = ""
                text.unicodeScalars.append(contentsOf: piece)
                return text
            }
            #expect(try RenderedText(output: pieces).texts == lines, "cut at \(place)")
        }
    }

    @Test func `styles go with the text they belong to`() throws {
        let text = try RenderedText(
            output: ["a\u{1b}[1;31mbé\u{1b}[0m \u{1b}[48;2;1;2;3m  \u{1b}[m  \r\n\u{1b}[7m x"])
        var red = TextStyle()
        (red.isBold, red.foreground) = (true, .indexed(1))
        var dark = TextStyle()
        dark.background = .rgb(red: 1, green: 2, blue: 3)
        var reversed = TextStyle()
        reversed.isReversed = true
        let plain = TextStyle()
        #expect(text.texts == ["abé   ", " x"])
        #expect(
            text.lines.map(\.runs) == [
                [
                    .init(style: plain, length: 1), .init(style: red, length: 3),
                    .init(style: plain, length: 1), .init(style: dark, length: 2),
                ], [.init(style: reversed, length: 2)],
            ])
    }

    @Test func `a line has the time of its last change, its step and its stream`() throws {
        let text = try RenderedText(
            [
                Event(time: .seconds(1), .output, "before\r\n"),
                Event(time: .seconds(2), .marker, "migrate"),
                Event(time: .seconds(2), .stream, "2"),
                Event(time: .seconds(3), .output, "Applying…"),
                Event(time: .seconds(4), .stream, "1"), Event(time: .seconds(5), .output, " OK"),
                Event(time: .seconds(6), .marker, "check"),
                Event(time: .seconds(7), .output, "fine\r\n"),
            ], pseudoTerminal: false)
        #expect(
            text.lines == [
                RenderedLine(text: "before", time: .seconds(1), stream: .standardOutput),
                RenderedLine(
                    text: "Applying… OK", time: .seconds(5), step: 0, stream: .standardError),
                RenderedLine(text: "fine", time: .seconds(7), step: 1, stream: .standardOutput),
            ])
        #expect(text.steps.map(\.name) == ["migrate", "check"])
        #expect(text.steps.map(\.time) == [.seconds(2), .seconds(6)])
    }

    /// What a step can leave behind, and the lines it has itself.
    @Test(arguments: [
        ("editor\u{1b}[?1049h\u{1b}[Hfile", ["editor", "file"]), ("\u{1b}[2;4r", []),
        ("\u{1b}[?69h\u{1b}[3;9s", []), ("\u{1b}[?6h\u{1b}[2;4r", [""]), ("\u{1b}[4h", []),
        ("\u{1b}[?7l", []), ("\u{1b}(0", []), ("\u{e}\u{1b})0", []), ("\u{1b}[31m", []),
        ("\u{1b}]0;tit", ["0;tit"]), ("\u{1b}[3", []), ("\u{1b}[?1049h\u{1b}[2;3r\u{1b}[4h", []),
    ])
    func `what a step leaves changed hides nothing of the next one`(
        left: String, lines: [String]
    ) throws {
        let output = "IMPORTANT ERROR xyz\r\n1\r\n2\r\n3\r\n4\r\n5\r\n\u{1b}[Hlqk\r\n"
        let text = try RenderedText([
            Event(time: .zero, .marker, "edit"), Event(time: .zero, .output, left),
            Event(time: .zero, .marker, "check"), Event(time: .zero, .output, output),
        ])
        let shown = text.lines.filter { $0.step == 1 }.map(\.text)
        #expect(text.lines.filter { $0.step == 0 }.map(\.text) == lines)
        #expect(Array(shown.prefix(2)) == ["IMPORTANT ERROR xyz", "1"])
        #expect(shown.contains("lqk") && shown.last == "5", "\(shown)")
        #expect(text.lines.allSatisfy { $0.runs.isEmpty })
    }

    @Test func `a gap is a line of its own, and what follows begins anew`() throws {
        let reason = #"{"bytes":2048,"reason":"no space left on device"}"#
        let text = try RenderedText([
            Event(time: .seconds(1), .output, "cut o\u{1b}[31"),
            Event(time: .seconds(2), .gap, reason),
            Event(time: .seconds(3), .output, "mthere"),
        ])
        #expect(
            text.texts == [
                "cut o", "[2048 bytes are missing here: no space left on device]", "mthere",
            ])
        #expect(text.lines.map(\.kind) == [.output, .gap, .output])
    }

    @Test func `a window that changes its size loses no line`() throws {
        let text = try RenderedText([
            Event(time: .zero, .output, "1\r\n2\r\n3\r\n4\r\n5"),
            Event(time: .zero, .resize, "10x3"),
            Event(time: .zero, .output, "\r\n0123456789abc\r\n7"),
            Event(time: .zero, .resize, "40x9"), Event(time: .zero, .output, "\r\n8"),
        ])
        #expect(text.texts == ["1", "2", "3", "4", "5", "0123456789abc", "7", "8"])
    }
}
