import Foundation
import TestServer
import Testing
import Transcripts

@testable import Runs
@testable import ccrun

/// The text of output in the lines for programs, whatever pieces it was received in.
@Suite struct JSONReleaseViewTests {
    private static let step = StepRun(
        number: 1, count: 1, name: "talk", host: nil, command: "talk")

    /// The lines for output that was received in pieces.
    private static func lines(
        _ pieces: [(stream: Transcripts.OutputStream, bytes: [UInt8])]
    ) throws -> [[String: Any]] {
        let printed = Watched<[UInt8]>([])
        let view = JSONReleaseView { bytes in printed.withLock { $0 += bytes } }
        view.show(.stepBegan(step))
        for piece in pieces { piece.bytes.withUnsafeBytes { view.show($0, from: piece.stream) } }
        view.show(
            .stepEnded(
                StepResult(
                    step: step, outcome: Outcome(.remote, status: 0), duration: .zero,
                    allowsFailure: false)))
        return try printed.withLock { $0 }.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }

    private static func text(_ lines: [[String: Any]], _ stream: String = "stdout") -> String {
        lines.filter { $0["stream"] as? String == stream }
            .compactMap { $0["text"] as? String }.joined()
    }

    @Test(arguments: ["é", "aé日😀b", "\u{1f468}\u{200d}\u{1f469}"])
    func `a character may come in pieces`(text: String) throws {
        let bytes = Array(text.utf8)
        for place in 0...bytes.count {
            let lines = try Self.lines([
                (.standardOutput, Array(bytes[..<place])),
                (.standardOutput, Array(bytes[place...])),
            ])
            #expect(Self.text(lines) == text)
            #expect(!lines.contains { $0["text"] as? String == "" })
        }
        #expect(Self.text(try Self.lines(bytes.map { (.standardOutput, [$0]) })) == text)
    }

    @Test func `the pieces of one stream are not mixed with those of the other`() throws {
        let lines = try Self.lines([
            (.standardOutput, [0xc3]), (.standardError, Array("!".utf8)), (.standardOutput, [0xa9]),
        ])
        #expect(Self.text(lines) == "é")
        #expect(Self.text(lines, "stderr") == "!")
    }

    @Test(
        arguments: [
            ([0x61, 0xff, 0x62], "a\u{fffd}b"), ([0x61, 0xe6, 0x97], "a\u{fffd}"),
            ([0xe6, 0x61], "\u{fffd}a"), ([0x80, 0x80], "\u{fffd}\u{fffd}"),
        ] as [([UInt8], String)])
    func `what is no UTF-8 is repaired, and all of it is there before the step's end`(
        bytes: [UInt8], text: String
    ) throws {
        let lines = try Self.lines(bytes.map { (.standardOutput, [$0]) })
        #expect(Self.text(lines) == text)
        #expect(lines.last?["event"] as? String == "done")
    }
}
