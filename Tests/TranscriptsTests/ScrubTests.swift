import Foundation
import TestServer
import Testing

@testable import Transcripts

/// Values that are taken out of a transcript after the fact.
@Suite struct ScrubTests {
    private static let secret = "hush-41c \"hush\" €"
    private static let stream = Transcripts.OutputStream.standardOutput

    private static func redactions(_ values: [String] = [secret]) throws -> [Redaction] {
        try values.enumerated().map { index, value in
            try #require(Redaction(value.utf8, named: "KEY\(index)"))
        }
    }

    /// Records what `body` does, of a run with this command.
    private static func record(
        in folder: TemporaryFolder, command: String = "x", isFinished: Bool = true,
        reason: String? = nil, pseudoTerminal: Bool = false, _ body: (Recorder) -> Void
    ) throws -> String {
        var header = TranscriptHeader.sample(
            pseudoTerminal: pseudoTerminal, inputRecorded: true)
        header.command = command
        header.title = "blog/prod: \(command)"
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { Issue.record("\($0)") }
        recorder.begin(header)
        body(recorder)
        if isFinished {
            recorder.finish(Ending(.exit, status: 3, reason: reason))
        } else {
            recorder.leave()
        }
        return try #require(recorder.path)
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func `a value goes from everywhere, and everything else stays`() throws {
        let folder = try TemporaryFolder()
        let secret = Self.secret
        let path = try Self.record(
            in: folder, command: "login '\(secret)'", reason: "said \(secret)"
        ) { recorder in
            recorder.record("out \(secret)\nnext\n")
            recorder.record("err \(secret)\n", from: .standardError)
            recorder.resize(columns: 100, rows: 30)
            recorder.mark("step \(secret)")
            recorder.record([0xff] + Array("binary \(secret) ".utf8) + [0xc3, 0x28])
            recorder.typeAndEcho("typed \(secret)\r")
            recorder.record(Data(secret.utf8).base64EncodedString())
        }
        let before = try Transcript.open(path)
        let old = try Self.text(path)
        #expect(old.contains("hush-41c"))
        let scrub = try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false)
        // Command, title, reason, marker, input, four in the output, one on the error stream.
        #expect(scrub.counts == [10])
        let after = try Transcript.open(path)
        #expect(try !Self.text(path).contains("hush"))
        let out = try after.recoveredBytes(of: Self.stream)
        let tag = "[redacted:KEY0]"
        #expect(
            out == Array("out \(tag)\nnext\n".utf8) + [0xff] + Array("binary \(tag) ".utf8)
                + [0xc3, 0x28] + Array("typed \(tag)\r\(tag)".utf8))
        #expect(try after.recoveredBytes(of: .standardError) == Array("err \(tag)\n".utf8))
        #expect(after.header.command == "login '\(tag)'")
        #expect(after.header.redacted == before.header.redacted + ["KEY0"])
        #expect(after.ending?.reason == "said \(tag)")
        #expect(after.ending?.received == before.ending?.received)
        #expect(after.ending?.shellStatus == 3)
        let kept: [EventCode] = [.resize, .marker, .input, .status, .ending]
        #expect(
            try after.events().map(\.code).filter(kept.contains)
                == before.events().map(\.code).filter(kept.contains))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0.contains("scrub") } == [])
    }

    @Test(arguments: [true, false])
    func `a value that was typed and shown letter by letter is found`(isTerminal: Bool) throws {
        let folder = try TemporaryFolder()
        let secret = Self.secret
        let path = try Self.record(in: folder, pseudoTerminal: isTerminal) { recorder in
            for byte in secret.utf8 {
                [byte].withUnsafeBytes { recorder.recordInput($0) }
                recorder.record([byte])
                recorder.mark("between")
            }
            recorder.typeAndEcho("\r")
        }
        let scrub = try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false)
        #expect(scrub.counts == [2])
        let bytes = try Transcript.open(path).recoveredBytes(of: Self.stream)
        #expect(bytes == Array("[redacted:KEY0]\r".utf8))
        let typed = try Transcript.open(path).events().filter { $0.code == .input }.map(\.text)
        #expect(typed.joined() == "[redacted:KEY0]\r")
    }

    @Test func `the ledger and the last line tell of it`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.record(in: folder) { $0.record(Self.secret) }
        _ = try Self.record(in: folder) { $0.record("other") }
        let scrub = try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false)
        let line = try #require(scrub.line)
        let seal = try #require(try TranscriptSeal.read(path))
        #expect(line.event == .scrubbed && line.sha256 == seal.sha256)
        #expect(seal.vouchesForItself && seal.hasEnding)
        let ledger = try Ledger(in: folder.path)
        #expect(ledger.flaws == [] && ledger.entries.last?.line == line)
        #expect(ledger.entries.last?.previous == seal.previousHead)
    }

    @Test func `a dry run, and a value that is not there, change nothing`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.record(in: folder) { $0.record("a \(Self.secret) b") }
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(
            try TranscriptScrub(try Self.redactions(), from: path, isDryRun: true).counts == [1])
        let other = try Self.redactions(["something else"])
        let scrub = try TranscriptScrub(other, from: path, isDryRun: false)
        #expect(scrub.counts == [0] && scrub.line == nil)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try Ledger(in: folder.path).entries.count == 1)
    }

    @Test func `one that is being recorded is refused, one that was killed is not`() throws {
        let folder = try TemporaryFolder()
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { Issue.record("\($0)") }
        recorder.begin(.sample())
        recorder.record(Self.secret)
        recorder.mark("flushed")
        let path = try #require(recorder.path)
        let error = try #require(
            throws: TranscriptError.self
        ) { try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false) }
        #expect(error.code == .busy)
        recorder.leave()
        let scrub = try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false)
        #expect(scrub.counts == [1])
        #expect(try Transcript.open(path).state == .interrupted)
        #expect(try TranscriptSeal.read(path)?.sha256 == scrub.line?.sha256)
    }

    @Test func `a value that is a field of the header is not pretended to be gone`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.record(in: folder) { $0.record("at web1.example.com\n") }
        let before = try Data(contentsOf: URL(filePath: path))
        let redactions = try Self.redactions(["web1.example.com"])
        let error = #expect(throws: TranscriptError.self) {
            try TranscriptScrub(redactions, from: path, isDryRun: false)
        }
        #expect(error?.underlying.contains("field that has to stay") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0.contains("scrub") } == [])
    }

    @Test func `the digest of a secret that was piped in goes too`() throws {
        let folder = try TemporaryFolder()
        for end in ["", "\n", "-"] {
            var digest = InputDigest()
            Array("\(Self.secret)\(end)".utf8).withUnsafeBytes { digest.add($0) }
            let path = try Self.record(in: folder) { recorder in
                recorder.record(Self.secret)
                recorder.noteInput(byteCount: digest.byteCount, sha256: digest.sha256)
            }
            _ = try TranscriptScrub(try Self.redactions(), from: path, isDryRun: false)
            #expect(try Self.text(path).contains(digest.sha256) == (end == "-"))
        }
    }

    /// Many runs that hold values in random places, cut at random, with times between.
    @Test(arguments: [UInt64(5), 6, 7])
    func `generated transcripts lose the value and nothing else`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        for _ in 0..<30 {
            var sent: [UInt8] = []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                sent += (0..<Int.random(in: 0...30, using: &random)).map { _ in
                    [0x61, 0x0a, 0xff, 0xc3, 0xa9, 0x22].randomElement(using: &random) ?? 0x61
                }
                sent += Array(Self.secret.utf8)
            }
            let redactions = try Self.redactions()
            var expected: [UInt8] = []
            var redactor = Redactor(redactions)
            sent.withUnsafeBytes { redactor.take($0) { expected += $0 } }
            redactor.flush { expected += $0 }
            let path = try Self.record(in: folder, isFinished: Bool.random(using: &random)) {
                recorder in
                var rest = sent[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...20, using: &random))
                    recorder.record(piece)
                    rest = rest.dropFirst(piece.count)
                    if Int.random(in: 0..<5, using: &random) == 0 {
                        recorder.resize(columns: 80, rows: 24)
                    }
                }
            }
            _ = try TranscriptScrub(redactions, from: path, isDryRun: false)
            let transcript = try Transcript.open(path)
            #expect(try transcript.recoveredBytes(of: Self.stream) == expected, "seed \(seed)")
        }
    }
}
