import Foundation
import Testing

@testable import Transcripts

@Suite struct CapTests {
    @Test(arguments: ["text", "random", "controls", "bytes one by one"])
    func `of a run beyond the cap head and tail are kept, a gap between`(kind: String) throws {
        print("seed 11")
        var random = SeededGenerator(seed: 11)
        let limits = RecorderLimits(cap: 256 * 1024)
        let recording = try Recording(limits: limits)
        var sent: [UInt8] = []
        for number in 0..<(kind == "bytes one by one" ? 40_000 : 60) {
            let bytes: [UInt8] =
                switch kind {
                case "text": Array(String(repeating: "line \(number)\n", count: 2000).utf8)
                case "random": (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
                case "controls": [UInt8](repeating: UInt8(number % 9), count: 20_000)
                default: [UInt8(0x61 + number % 26)]
                }
            recording.recorder.record(bytes, from: .standardError)
            sent += bytes
        }
        recording.recorder.resize(columns: 100, rows: 30)
        recording.recorder.finish(Ending(.exit, status: 0))

        let transcript = try Transcript.open(recording.path)
        let ending = try #require(transcript.ending)
        #expect(transcript.size <= limits.cap)
        #expect(transcript.size > limits.cap / 2)
        #expect(ending.received[.standardError] == sent.count)
        #expect(ending.lost > 0)
        let (head, tail) = try transcript.bytesAroundGap()
        #expect(head.count + tail.count + ending.lost == sent.count)
        #expect(sent.starts(with: head))
        #expect(sent.suffix(tail.count).elementsEqual(tail))
        // Of small pieces one in 64 bytes is kept; the window's size is one of them here.
        let pieces = limits.tailCapacity / 64 - 1
        let least = kind == "bytes one by one" ? pieces : limits.tailCapacity / 2
        #expect((least...limits.tailCapacity).contains(tail.count))
        #expect(try recording.everyLineIsJSON)
        let gaps = try transcript.events().filter { $0.code == .gap }.map(\.text)
        #expect(gaps == [#"{"bytes":\#(ending.lost),"reason":"cap"}"#])
        #expect(try transcript.events().contains { $0.text == "100x30" })
        #expect(recording.warnings == [])
    }

    @Test func `a run just short of the cap loses nothing`() throws {
        let limits = RecorderLimits(cap: 4 << 20)
        let recording = try Recording(limits: limits)
        let sent = [UInt8](repeating: 0x61, count: limits.headSize)
        recording.recorder.record(sent)
        recording.recorder.finish(Ending(.exit, status: 0))
        let transcript = try Transcript.open(recording.path)
        #expect(transcript.ending?.lost == 0)
        #expect(try transcript.recoveredBytes(of: .standardOutput) == sent)
        #expect(try !transcript.events().contains { $0.code == .gap })
    }
}

extension Transcript {
    /// The bytes recorded before and after the only gap.
    func bytesAroundGap() throws -> (head: [UInt8], tail: [UInt8]) {
        let all = try recoveredBytes(of: .standardError)
        var head = 0
        var exact: Int?
        for event in try events() {
            if event.code == .gap { break }
            if event.code == .bytes { exact = Base64.decode(event.data)?.count }
            guard event.code == .output else { continue }
            head += exact ?? event.text.replacing("\r\n", with: "\n").utf8.count
            exact = nil
        }
        return (Array(all.prefix(head)), Array(all.dropFirst(head)))
    }
}
