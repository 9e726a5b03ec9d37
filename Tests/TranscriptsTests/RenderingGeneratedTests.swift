import Glibc
import Testing

@testable import Transcripts

/// Rendering against random output: what is fast must be what is right, and nothing may break it.
@Suite struct RenderingGeneratedTests {
    @Test(arguments: UInt64(1)...30)
    func `plain text that takes the shortcut looks as libvterm has it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4 {
            let events = (0..<40).map { second in Self.event(at: second, &random) }
            let (columns, rows) = (
                Int.random(in: 4...30, using: &random), Int.random(in: 2...8, using: &random)
            )
            let short = try RenderedText(events, columns: columns, rows: rows)
            let long = try RenderedText(events, columns: columns, rows: rows, takesShortcut: false)
            #expect(short.lines == long.lines, "seed \(seed), \(columns)x\(rows): \(events)")
            if short.lines != long.lines { return }
        }
    }

    /// Mostly whole lines, now and then what makes them something special.
    private static func event(at second: Int, _ random: inout SeededGenerator) -> Event {
        let time = Duration.seconds(second)
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            return Event(
                time: time, .resize,
                "\(Int.random(in: 1...30, using: &random))x\(Int.random(in: 1...9, using: &random))"
            )
        case 1: return Event(time: time, .marker, "step \(second)")
        case 2: return Event(time: time, .gap, "{}")
        default:
            let pieces = (0..<Int.random(in: 1...6, using: &random)).map { _ in piece(&random) }
            return Event(time: time, .output, pieces.joined())
        }
    }

    private static func piece(_ random: inout SeededGenerator) -> String {
        let length = Int.random(in: 0...70, using: &random)
        let text = String(
            (0..<length).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 0x20...0x7e, using: &random)))
            })
        if Int.random(in: 0..<3, using: &random) > 0 { return text + "\r\n" }
        let others = [
            text, "\r", "\n", "\t", "é漢🦀e\u{301}", "\u{8}\u{8}", "\u{1b}[31m", "\u{1b}[0m",
            "\u{1b}[44mx\u{1b}[K", "\u{1b}[2J", "\u{1b}[H", "\u{1b}[J", "\u{1b}[3A", "\u{1b}[2;3H",
            "\u{1b}[?1049h", "\u{1b}[?1049l", "\u{1b}[2;3r", "\u{1b}[r", "\u{1b}[4h", "\u{1b}[4l",
            "\u{1b}[?7l", "\u{1b}[?7h", "\u{1b}7", "\u{1b}8", "\u{1b}M", "\u{1b}(0", "\u{1b}(B",
            "\u{1b}[5b", "\u{1b}[20h",
            "\u{1b}[2L", "\u{1b}[2M", "\u{1b}[3P", "\u{1b}[3@", "\u{1b}[2S", "\u{1b}[2T", "\u{e}",
            "\u{1b}[", "\u{1b}]0;",
        ]
        return others[Int.random(in: 0..<others.count, using: &random)]
    }

    @Test(arguments: UInt64(1)...30)
    func `no sequence whatever breaks it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(
            "\u{1b}[]P;:?0123456789 \r\n\t\u{8}aé漢\u{301}ABCDEFGHIJKLMSTXZ@`bdefghlmrsu78()<>".utf8)
        for _ in 0..<4 {
            let events = (0..<60).map { second in
                if Int.random(in: 0..<12, using: &random) == 0 {
                    let size =
                        "\(Int.random(in: -5...3000, using: &random))x\(Int.random(in: -5...3000, using: &random))"
                    return Event(time: .seconds(second), .resize, size)
                }
                var data: [UInt8] = []
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    data += Self.sequence(&random)
                    let byte = bytes[Int.random(in: 0..<bytes.count, using: &random)]
                    data.append(
                        Int.random(in: 0..<20, using: &random) == 0
                            ? .random(in: 0...255, using: &random) : byte)
                }
                return Event(time: .seconds(second), code: .output, data: data)
            }
            let text = try RenderedText(
                events, columns: Int.random(in: 1...90, using: &random),
                rows: Int.random(in: 1...30, using: &random))
            for line in text.lines {
                #expect(
                    !line.text.unicodeScalars.contains {
                        $0.properties.generalCategory == .control
                    }, "seed \(seed)")
                #expect(
                    line.runs.isEmpty
                        || line.runs.map(\.length).reduce(0, +) == line.text.utf8.count,
                    "seed \(seed)")
            }
        }
    }

    /// A control sequence with numbers that fit windows, and others.
    private static func sequence(_ random: inout SeededGenerator) -> [UInt8] {
        let numbers = [
            0, 1, 2, 3, 5, 9, 24, 80, 500, 32_767, 65_536, 2_147_483_647, 4_294_967_295,
            9_999_999_999,
        ]
        let arguments = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            String(numbers[Int.random(in: 0..<numbers.count, using: &random)])
        }
        let finals = Array("@ABCDEFGHIJKLMPSTXZ`abdefgsuhlmr".utf8)
        let mark = Int.random(in: 0..<4, using: &random) == 0 ? "?" : ""
        return Array("\u{1b}[\(mark)\(arguments.joined(separator: ";"))".utf8) + [
            finals[Int.random(in: 0..<finals.count, using: &random)]
        ]
    }

    @Test func `floods need no memory and little time`() throws {
        let marks = String(repeating: "\u{301}", count: 200_000)
        let colours = (0..<40_000).map { "\u{1b}[38;2;\($0 / 256);\($0 % 256);7mx" }.joined()
        let clusters = (0..<70_000).map {
            "x\(Unicode.Scalar(0x300 + UInt32($0 % 100)).map(String.init) ?? "")\(Unicode.Scalar(0x300 + UInt32($0 / 100 % 100)).map(String.init) ?? "")"
        }.joined()
        let arguments = String(repeating: "1;", count: 100)
        let text = try RenderedText(
            output: [
                "a\(marks)b\r\n", colours, "\u{1b}[0m\r\n", clusters,
                "\r\n\u{1b}[\(arguments)mx\r\n",
                String(repeating: "\u{1b}[500S", count: 10_000),
                String(repeating: "y", count: 300_000),
            ], columns: 80, rows: 24)
        #expect(text.texts.first?.unicodeScalars.count == 2 + EmulatorInput.mostCombined)
        #expect(text.lines.allSatisfy { $0.text.utf8.count <= LineAssembler.longest + 80 * 20 })
        #expect(text.lines.count < 100)
    }

    /// What this thread has used, in seconds.
    private static func processorTime() throws -> Double {
        var time = timespec()
        try #require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A few bytes that ask for a lot, over and over; nothing else is in their way.
    @Test(arguments: [
        "x\u{1b}[9999b", "\u{1b}[500M\u{1b}[500L", "\u{1b}[44m\u{1b}[2J", "\u{1b}[500;9Hx\u{1b}[2J",
        "\u{1b}[500;9Hx\u{1b}[500S", "\u{1b}[2;499r\u{1b}[499;1H\n\n\n\n", "\u{1b}[4hxy\r",
        "\u{1b}[?69h\u{1b}[2;999s\u{1b}[9L", "\u{1b}[999@", "\u{1b}[44m\u{1b}[1J\u{1b}[500;1H",
        "\u{1b}[?1049h\u{1b}[?1049l", "x\u{1b}[J\u{1b}[500;1H",
    ])
    func `hostile output grows with its size and nothing else`(piece: String) throws {
        let size = 60_000
        let output = String(repeating: piece, count: size / piece.utf8.count)
        let before = try Self.processorTime()
        let text = try RenderedText(output: [output], columns: 1000, rows: 500)
        let seconds = try Self.processorTime() - before
        let bytes = text.lines.reduce(0) { $0 + $1.text.utf8.count + 1 }
        // Cells: 32 a byte, and what a window may have at once; this took minutes without a limit.
        #expect(bytes < 33 * size + 2 << 20, "\(bytes) bytes")
        #expect(seconds < 60, "\(seconds) s")
    }

    @Test func `a line that is longer than any window keeps every character`() throws {
        for (text, size) in [("x", 300_000), ("é漢🦀", 40_000)] {
            let output = String(repeating: text, count: size)
            let rendered = try RenderedText(output: [output + "\r\nend"], columns: 7, rows: 3)
            #expect(rendered.texts.dropLast().joined() == output)
            #expect(rendered.texts.last == "end")
        }
    }
}
