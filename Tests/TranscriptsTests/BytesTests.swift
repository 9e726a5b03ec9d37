import Foundation
import Testing

@testable import Transcripts

@Suite struct BytesTests {
    /// What random output is made of: text, line ends of every kind, escapes, and what is no UTF-8.
    private static let ingredients: [[UInt8]] = [
        Array("plain text ".utf8), Array("\n".utf8), Array("\r\n".utf8), Array("\r".utf8),
        Array("\r\r\n\n".utf8), Array("é漢🦀\u{fffd}".utf8), Array("\u{1b}[31m\"\\\u{0}".utf8),
        [0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0xa6], [0xed, 0xa0, 0x80], [0xc0, 0x80],
        [0xf4, 0x90, 0x80, 0x80], [0x80, 0xbf], [0xe0, 0x9f, 0xbf], [0xf0, 0x8f],
    ]

    @Test(arguments: UInt64(1)...40)
    func `recovered bytes are the bytes that were sent`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let recording = try Recording(pseudoTerminal: Bool.random(using: &random))
        var sent: [Transcripts.OutputStream: [UInt8]] = [.standardOutput: [], .standardError: []]
        for _ in 0..<Int.random(in: 1...200, using: &random) {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: recording.recorder.resize(columns: 80, rows: 24)
            case 1: recording.recorder.mark("step")
            case 2: recording.recorder.flushIfDue()
            default:
                let bytes = BytesTests.output(&random)
                let stream =
                    Transcripts.OutputStream.allCases.randomElement(using: &random)
                    ?? .standardOutput
                recording.recorder.record(bytes, from: stream)
                sent[stream, default: []] += bytes
            }
        }
        recording.recorder.finish(Ending(.exit, status: 0))
        let transcript = try Transcript.open(recording.path)
        for stream in Transcripts.OutputStream.allCases {
            #expect(try transcript.recoveredBytes(of: stream) == sent[stream], "seed \(seed)")
            #expect(transcript.ending?.received[stream] == sent[stream]?.count, "seed \(seed)")
        }
        #expect(try recording.everyLineIsJSON, "seed \(seed)")
    }

    @Test func `a large piece of random bytes comes back exactly`() throws {
        print("seed 7")
        var random = SeededGenerator(seed: 7)
        let recording = try Recording()
        let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        recording.recorder.record(bytes)
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(try Transcript.open(recording.path).recoveredBytes(of: .standardOutput) == bytes)
    }

    /// Either some ingredients cut anywhere, or bytes without any sense.
    static func output(_ random: inout SeededGenerator) -> [UInt8] {
        if Int.random(in: 0..<4, using: &random) == 0 {
            return (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        }
        let bytes = (0..<Int.random(in: 0...12, using: &random)).flatMap { _ in
            ingredients.randomElement(using: &random) ?? []
        }
        return Array(bytes.dropFirst(Int.random(in: 0...2, using: &random)))
    }
}

@Suite struct EncodingTests {
    @Test(arguments: UInt64(1)...20)
    func `validity and repair agree with the standard library`(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                // High bytes are likelier than chance to make a sequence.
                [UInt8.random(in: 0...255, using: &random), 0x80, 0xe2, 0xf0, 0x9f, 0xc3, 0x61]
                    .randomElement(using: &random) ?? 0
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(UTF8Bytes.areValid(bytes) == isValid, "\(bytes)")
            let escaped = EncodingTests.escape(bytes, .init(repairs: true))
            let quoted = Data([0x22] + escaped + [0x22])
            let text = try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed)
            #expect(text as? String == String(decoding: bytes, as: UTF8.self), "\(bytes)")
        }
    }

    @Test(
        arguments: [
            ([], 0), ([0x61], 0), ([0xc3], 1), ([0xe2, 0x82], 2), ([0xf0, 0x9f, 0xa6], 3),
            ([0xff], 0),
            ([0x80], 0), ([0xc3, 0xa9], 0), ([0xed, 0xa0], 0), ([0xed, 0x9f], 2),
            ([0xf4, 0x90], 0),
            ([0xe0], 1), ([0xc1], 0), ([0xf5], 0), ([0xf0, 0x80, 0x80], 0), ([0xc3, 0xf0], 1),
            ([0x80, 0x80, 0x80, 0x80], 0),
        ] as [([UInt8], Int)])
    func `only what may still become a code point is held back`(bytes: [UInt8], count: Int) {
        #expect(bytes.withUnsafeBytes { UTF8Bytes.unfinishedSuffix(of: $0) } == count)
    }

    @Test func `every byte is escaped at every place of a word`() throws {
        for byte: UInt8 in 0..<0x80 {
            for place in 0..<17 {
                var bytes = [UInt8](repeating: 0x61, count: 17)
                bytes[place] = byte
                let quoted = Data([0x22] + EncodingTests.escape(bytes, .init()) + [0x22])
                let text = try JSONSerialization.jsonObject(
                    with: quoted, options: .fragmentsAllowed)
                #expect(text as? String == String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    @Test func `base 64 is that of Foundation, both ways`() {
        print("seed 3")
        var random = SeededGenerator(seed: 3)
        for count in 0...70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Array(Data(bytes).base64EncodedString().utf8)
            var encoded = [UInt8](repeating: 0, count: Base64.encodedCount(of: count))
            encoded.withUnsafeMutableBytes { target in
                guard let base = target.baseAddress else { return }
                bytes.withUnsafeBytes { Base64.encode($0, into: base) }
            }
            #expect(encoded == text)
            #expect(Base64.decode(text) == bytes)
        }
        for text in ["a", "abc", "ab=c", "====", "ab!d"] {
            #expect(Base64.decode(Array(text.utf8)) == nil)
        }
    }

    private static func escape(_ bytes: [UInt8], _ rules: JSONEscape.Rules) -> [UInt8] {
        var target = [UInt8](
            repeating: 0, count: bytes.count * JSONEscape.expansion + JSONEscape.slack)
        let count = target.withUnsafeMutableBytes { target in
            target.baseAddress.map { base in
                bytes.withUnsafeBytes { JSONEscape.escape($0, rules, into: base) }
            }
        }
        return Array(target.prefix(count ?? 0))
    }
}

extension Recording {
    /// Whether an independent reader takes every line.
    var everyLineIsJSON: Bool {
        get throws {
            let data = try Data(contentsOf: URL(filePath: path))
            return try data.split(separator: 0x0a).allSatisfy { line in
                let json = try JSONSerialization.jsonObject(with: line)
                return json is [String: Any] || (json as? [Any])?.count == 3
            }
        }
    }
}
