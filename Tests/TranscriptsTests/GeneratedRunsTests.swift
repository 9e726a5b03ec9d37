import Foundation
import Testing

@testable import Transcripts

/// A thousand random runs: what was sent comes back, and asciinema plays them.
@Suite struct GeneratedRunsTests {
    private static let players = AsciinemaTests.players

    /// One random run: both streams, bytes that are no text cut anywhere, sizes, markers, typing.
    private static func run(
        _ seed: UInt64
    ) throws -> (recording: Recording, sent: [Transcripts.OutputStream: [UInt8]]) {
        var random = SeededGenerator(seed: seed)
        let recording = try Recording(
            pseudoTerminal: Bool.random(using: &random),
            inputRecorded: Bool.random(using: &random))
        var sent: [Transcripts.OutputStream: [UInt8]] = [.standardOutput: [], .standardError: []]
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            switch Int.random(in: 0..<24, using: &random) {
            case 0:
                let columns = Int.random(in: 1...500, using: &random)
                recording.recorder.resize(columns: columns, rows: 24)
            case 1: recording.recorder.mark(["step", "ein Schritt é", "\"\\\n", ""][Int(seed % 4)])
            case 2: recording.recorder.flushIfDue()
            case 3:
                Array("typed é\r".utf8).withUnsafeBytes { recording.recorder.recordInput($0) }
            default:
                let stream: Transcripts.OutputStream =
                    Bool.random(using: &random) ? .standardOutput : .standardError
                let bytes = BytesTests.output(&random)
                recording.recorder.record(bytes, from: stream)
                sent[stream, default: []] += bytes
            }
        }
        recording.recorder.finish(
            Ending(.exit, status: Int.random(in: 0...255, using: &random)))
        return (recording, sent)
    }

    @Test(arguments: 0..<10)
    func `a hundred of a thousand random runs come back exactly`(part: Int) throws {
        for seed in UInt64(part * 100)..<UInt64(part * 100 + 100) {
            let (recording, sent) = try Self.run(seed)
            let transcript = try Transcript.open(recording.path)
            for stream in Transcripts.OutputStream.allCases {
                let isExact = try transcript.recoveredBytes(of: stream) == sent[stream]
                #expect(isExact, "seed \(seed)")
            }
            let seal = try #require(try TranscriptSeal.read(recording.path))
            #expect(seal.vouchesForItself, "seed \(seed)")
            #expect(recording.warnings == [], "seed \(seed)")
        }
    }

    @Test(.enabled(if: players.count == 2, "Debian's asciinema and 2.4 are needed"))
    func `a hundred random runs play in both versions, without a word on stderr`() throws {
        let runs = try (0..<100).map { try Self.run(7000 + $0) }
        let text = try runs.reduce(into: [UInt8]()) { text, run in
            for event in try Transcript.open(run.recording.path).events()
            where event.code == .output {
                text += event.data
            }
        }
        for player in Self.players {
            let (output, errors) = try Self.cat(runs.map(\.recording.path), with: player)
            #expect(Array(output) == text, "\(player)")
            #expect(String(decoding: errors, as: UTF8.self) == "", "\(player)")
        }
    }

    /// Prints all of them in one process: Python takes its time to start.
    private static func cat(_ paths: [String], with player: String) throws -> (Data, Data) {
        let script = """
            import sys
            from asciinema.__main__ import main
            for path in open(sys.argv[1]).read().split("\\n"):
                sys.argv = ["asciinema", "cat", path]
                try:
                    main()
                except SystemExit as end:
                    if end.code:
                        sys.exit("%s: status %s" % (path, end.code))
            """
        let folder = try TemporaryFolder()
        let list = folder.path + "/list"
        let program = folder.path + "/cat.py"
        try paths.joined(separator: "\n").write(toFile: list, atomically: true, encoding: .utf8)
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        // The interpreter beside the player is the one that knows its modules.
        let python = URL(filePath: player).deletingLastPathComponent().path + "/python3"
        return try AsciinemaTests.runAtTerminal("\(python) '\(program)' '\(list)'")
    }
}
