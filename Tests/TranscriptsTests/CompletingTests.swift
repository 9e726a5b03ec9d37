import Crypto
import Foundation
import Testing

@testable import Transcripts

/// The transcript of a job: left without an end, and completed by whoever sees the job's.
@Suite struct CompletingTests {
    /// A transcript with a header and nothing else, which nobody records into.
    private static func left() throws -> (folder: TemporaryFolder, path: String, header: [UInt8]) {
        let folder = try TemporaryFolder()
        var header = TranscriptHeader.sample()
        header.isDetached = true
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { _ in }
        recorder.begin(header)
        recorder.leave()
        let path = try #require(recorder.path)
        return (folder, path, Array((header.line + "\n").utf8))
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func `one that was left has its header and no end`() throws {
        let (folder, path, header) = try Self.left()
        defer { withExtendedLifetime(folder) {} }
        #expect(try Self.bytes(path) == header)
        let transcript = try Transcript.open(path)
        #expect(transcript.header.isDetached)
        #expect(transcript.state == .interrupted)
        #expect(!TranscriptHeader.sample().line.contains("detached"))
    }

    @Test func `what is completed stands at 0, and the end when it was`() throws {
        let (folder, path, header) = try Self.left()
        defer { withExtendedLifetime(folder) {} }
        let recorder = Recorder(stateFolder: "", clock: .now) { _ in }
        #expect(recorder.complete(try Transcript.open(path)))
        #expect(try Transcript.open(path).state == .running)
        recorder.record("one\ntwo\n")
        #expect(recorder.isWhole)
        recorder.finish(Ending(.signal, signal: "TERM"), at: .seconds(75))
        let text = String(decoding: try Self.bytes(path).dropFirst(header.count), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0] == #"[0.0, "o", "one\r\ntwo\r\n"]"#)
        #expect(lines[1] == #"[75.0, "x", "143"]"#)
        #expect(lines[2].hasPrefix(#"[75.0, "z", "{\"end\":\"signal\""#))
        let covered = header + Array((lines[0] + "\n" + lines[1] + "\n").utf8)
        let digest = SHA256.hash(data: covered).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(lines[2].contains(digest))
        let transcript = try Transcript.open(path)
        #expect(transcript.lastTime == .seconds(75))
        #expect(transcript.ending?.received == [.standardOutput: 8, .standardError: 0])
    }

    @Test func `one that was half completed begins anew behind its header`() throws {
        let (folder, path, header) = try Self.left()
        defer { withExtendedLifetime(folder) {} }
        for text in ["half", "whole"] {
            // A torn line as well, as a crash leaves it.
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("[0.0, \"o\", \"torn".utf8))
            try file.close()
            let recorder = Recorder(stateFolder: "", clock: .now) { _ in }
            #expect(recorder.complete(try Transcript.open(path)))
            recorder.record(text)
            if text == "half" {
                recorder.leave()
            } else {
                recorder.finish(Ending(.exit, status: 0))
            }
        }
        let transcript = try Transcript.open(path)
        #expect(try transcript.recoveredBytes(of: .standardOutput) == Array("whole".utf8))
        #expect(transcript.ending?.status == 0)
        #expect(try Self.bytes(path).starts(with: header))
    }

    @Test func `one that has its end, or somebody else at it, is left alone`() throws {
        let (folder, path, _) = try Self.left()
        defer { withExtendedLifetime(folder) {} }
        let messages = Messages()
        let transcript = try Transcript.open(path)
        let first = Recorder(stateFolder: "", clock: .now, warn: messages.add)
        let second = Recorder(stateFolder: "", clock: .now, warn: messages.add)
        #expect(first.complete(transcript))
        #expect(!second.complete(transcript))
        first.finish(Ending(.exit, status: 0))
        let bytes = try Self.bytes(path)
        #expect(!second.complete(transcript))
        #expect(try Self.bytes(path) == bytes)
        try FileManager.default.removeItem(atPath: path)
        #expect(!second.complete(transcript))
        #expect(messages.all.isEmpty)
    }
}
