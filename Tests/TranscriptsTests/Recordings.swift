import Foundation
import Testing

@testable import Transcripts

/// A folder of its own for one test, gone after it.
final class TemporaryFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "ccrun-transcripts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Random numbers that come again for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension TranscriptHeader {
    /// The header of the example in the format's description.
    static func sample(
        pseudoTerminal: Bool = false, run: RunID = RunID(), inputRecorded: Bool = false
    ) -> TranscriptHeader {
        TranscriptHeader(
            run: run, started: Timestamp(milliseconds: 1_795_334_400_412), width: 120, height: 40,
            title: "blog/prod: migrate", command: "python manage.py migrate",
            term: "xterm-256color", app: "blog", dep: "prod", actorUser: "ana",
            actorHost: "laptop", targetHost: "web1.example.com", targetAddress: "192.0.2.7",
            targetPort: 22, targetUser: "deploy", hostKeyFingerprint: "SHA256:uNiV",
            pseudoTerminal: pseudoTerminal, inputRecorded: inputRecorded,
            redacted: ["DB_PASSWORD"])
    }
}

extension Recorder {
    func record(
        _ bytes: some Sequence<UInt8>, from stream: Transcripts.OutputStream = .standardOutput
    ) {
        Array(bytes).withUnsafeBytes { record($0, from: stream) }
    }

    func record(_ text: String, from stream: Transcripts.OutputStream = .standardOutput) {
        record(text.utf8, from: stream)
    }
}

extension Recorder {
    /// Types a text, which the far terminal then prints.
    func typeAndEcho(_ text: String) {
        Array(text.utf8).withUnsafeBytes { recordInput($0) }
        record(text)
    }
}

/// One recording in a folder of its own; its clock starts in the future, so all times are 0.0.
final class Recording {
    let folder: TemporaryFolder
    let recorder: Recorder
    let path: String
    private let messages = Messages()

    var warnings: [String] {
        messages.all
    }

    init(
        pseudoTerminal: Bool = false, inputRecorded: Bool = false,
        limits: RecorderLimits = RecorderLimits()
    ) throws {
        folder = try TemporaryFolder()
        recorder = Recorder(
            stateFolder: folder.path, clock: .now + .seconds(100_000), limits: limits,
            warn: messages.add)
        recorder.begin(.sample(pseudoTerminal: pseudoTerminal, inputRecorded: inputRecorded))
        path = try #require(recorder.path)
    }

    /// The lines of the file after the header.
    var lines: [String] {
        get throws {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .dropFirst().map(String.init)
        }
    }

    /// The same without the `x` and `z` lines that end them.
    var eventLines: [String] {
        get throws {
            try lines.filter { !$0.hasPrefix("[0.0, \"x\"") && !$0.hasPrefix("[0.0, \"z\"") }
        }
    }
}

/// What a recorder had to say.
final class Messages {
    private(set) var all: [String] = []

    func add(_ message: String) {
        all.append(message)
    }
}
