import TestServer
import Testing

@testable import Runs

/// The mark by which a far `sh` says that it reads, found in whatever pieces it comes.
@Suite struct ReadyMarkTests {
    private static let text = "\u{1b}]5379;ccrun-ready\u{7}"
    private static let mark = Array(text.utf8)

    /// What is shown of output that comes in these pieces, what was held back at the end included.
    private static func shown(_ pieces: [[UInt8]]) -> (bytes: [UInt8], wasSeen: Bool) {
        var filter = ReadyMark(mark)
        var shown: [UInt8] = []
        for piece in pieces { shown += filter.filter(piece) }
        return (shown + filter.remainder(), filter.wasSeen)
    }

    @Test(arguments: 0...mark.count)
    func `the mark is found wherever it is split`(place: Int) {
        let whole = Array("before".utf8) + Self.mark + Array("after".utf8)
        let cut = 6 + place
        let result = Self.shown([Array(whole[..<cut]), Array(whole[cut...])])
        #expect(result.wasSeen)
        #expect(result.bytes == Array("beforeafter".utf8))
    }

    @Test func `the mark is found when it comes byte by byte`() {
        let whole = Array("a".utf8) + Self.mark + Array("b".utf8)
        let result = Self.shown(whole.map { [$0] })
        #expect(result.wasSeen)
        #expect(result.bytes == Array("ab".utf8))
    }

    @Test(arguments: 1..<mark.count)
    func `the beginning of a mark that is none is shown after all`(count: Int) {
        let start = Array(Self.mark.prefix(count))
        var filter = ReadyMark(Self.mark)
        #expect(filter.filter(start).isEmpty)
        #expect(filter.filter(Array("!".utf8)) == start + Array("!".utf8))
        #expect(!filter.wasSeen)
        #expect(filter.remainder().isEmpty)
    }

    @Test(arguments: 1..<mark.count)
    func `a beginning that the mark itself follows is shown`(count: Int) {
        let start = Array(Self.mark.prefix(count))
        for cut in 0...(count + Self.mark.count) {
            let whole = start + Self.mark
            let result = Self.shown([Array(whole[..<cut]), Array(whole[cut...])])
            #expect(result.wasSeen)
            #expect(result.bytes == start)
        }
    }

    @Test func `what is held back is shown at the end, once`() {
        var filter = ReadyMark(Self.mark)
        #expect(filter.filter(Array("x\u{1b}]53".utf8)) == Array("x".utf8))
        #expect(filter.remainder() == Array("\u{1b}]53".utf8))
        #expect(filter.remainder().isEmpty)
    }

    @Test func `only the first mark is taken out`() {
        let whole = Self.mark + Array("x".utf8) + Self.mark
        let result = Self.shown([whole])
        #expect(result.bytes == Array("x".utf8) + Self.mark)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `output of any shape loses the mark and nothing else`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Bytes of the mark itself are the likeliest to mislead.
        func noise(_ random: inout SeededGenerator) -> [UInt8] {
            (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Self.mark.randomElement(using: &random) ?? 0
            }
        }
        let (before, after) = (noise(&random), noise(&random))
        let whole = before + Self.mark + after
        var pieces: [[UInt8]] = []
        var rest = whole[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        let result = Self.shown(pieces)
        #expect(result.wasSeen, "seed \(seed)")
        // Noise may end in what makes an earlier mark; the first one counts.
        var expected = whole
        if let range = whole.firstRange(of: Self.mark) { expected.removeSubrange(range) }
        #expect(result.bytes == expected, "seed \(seed)")
    }
}
