import TestServer
import Testing

@testable import SSH

/// A server's text, made fit to print.
@Suite struct TransportForeignTextTests {
    @Test(arguments: [
        ("", ""), ("plain text", "plain text"), ("caf\u{e9} \u{1F600}", "caf\u{e9} \u{1F600}"),
        ("\u{1b}[2Jgone", "[2Jgone"), ("\u{1b}]0;title\u{7}x", "]0;titlex"),
        ("a\tb", "a b"), ("a\nb", "a b"), ("a\r\nb", "a b"), ("a\rb", "ab"),
        ("a\u{0}b\u{8}c\u{7f}d", "abcd"),
        ("C1: \u{9b}31m\u{85}\u{90}", "C1: 31m"),
        ("bidi: \u{202e}evil\u{2066}", "bidi: evil"), ("zero\u{200b}width\u{feff}", "zerowidth"),
        ("end \n\n\t ", "end"), ("  start", "  start"),
    ])
    func `control characters go, text stays`(text: String, shown: String) {
        #expect(cleaned(text.utf8) == shown)
    }

    @Test(arguments: [
        ("a\nb\n", "a\nb"), ("a\r\nb", "a\nb"), ("a\n\n\nb", "a\n\n\nb"),
        ("\u{1b}c\na\tb", "c\na b"),
        ("\n\n", ""),
    ])
    func `lines stay where they are wanted`(text: String, shown: String) {
        #expect(cleaned(text.utf8, keepingLines: true) == shown)
    }

    @Test(
        arguments: [
            ([0xff, 0x41], "\u{fffd}A"), ([0x41, 0x9b, 0x42], "A\u{fffd}B"),
            ([0xe2, 0x82], "\u{fffd}"), ([0xc0, 0x80, 0x41], "\u{fffd}\u{fffd}A"),
            ([0xed, 0xa0, 0x80, 0x41], "\u{fffd}\u{fffd}\u{fffd}A"),
        ] as [([UInt8], String)])
    func `bytes that are no UTF-8 are marked`(bytes: [UInt8], shown: String) {
        #expect(cleaned(bytes) == shown)
    }

    @Test func `length is bounded in bytes`() {
        let long = [UInt8](repeating: 0x41, count: 10_000)
        #expect(cleaned(long).utf8.count == 512)
        #expect(cleaned(long, limit: 7) == "AAAAAAA")
        #expect(cleaned(long, limit: 0) == "")
        #expect(cleaned("\u{e9}\u{e9}".utf8, limit: 3) == "\u{e9}\u{fffd}")
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `no bytes at all can control a terminal`(seed: UInt64) {
        var random = TestServer.SeededGenerator(seed: seed)
        let text = cleaned(random.bytes(400), keepingLines: seed.isMultiple(of: 2))
        let isControl = text.unicodeScalars.contains {
            $0.properties.generalCategory == .control && $0 != "\n"
        }
        #expect(!isControl, "seed \(seed)")
    }
}
