import Foundation
import TestServer
import Testing

@testable import Transcripts

/// asciinema as the witness that our files are asciicasts.
@Suite struct AsciinemaTests {
    /// Debian's player, and the one that CCRUN_ASCIINEMA_24 names or scripts/test has installed.
    static let players: [String] = {
        let named = ProcessInfo.processInfo.environment["CCRUN_ASCIINEMA_24"]
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let installed = top.appending(path: ".build-test/asciinema-2.4/bin/asciinema").path
        return ["/usr/bin/asciinema", named ?? installed]
            .filter { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static let hasBoth = players.count == 2

    private static let casts: [String: @Sendable (Recorder) -> Void] = [
        "empty": { _ in },
        "text": {
            $0.record("Operations to perform:\n\té漢🦀 \"quoted\" \\ \u{1b}[1mbold\u{1b}[0m\n")
        },
        "both streams": { recorder in
            recorder.record("out\n")
            recorder.record("err\n", from: .standardError)
            recorder.record("out\n")
        },
        "binary": { $0.record((0...255).map { UInt8($0) } + [0xe2, 0x82]) },
        "surrogates": { $0.record([0xed, 0xa0, 0x80, 0xed, 0xbf, 0xbf, 0x0a]) },
        "line separators": { $0.record("a\u{2028}b\u{85}c\u{0}d\r\n") },
        "everything else": { recorder in
            recorder.resize(columns: 100, rows: 30)
            recorder.mark("step \"one\"\n")
            recorder.typeAndEcho("typed\r")
            recorder.noteInput(byteCount: 3, sha256: "00")
            recorder.record("done\n")
        },
        "beyond the cap": { recorder in
            for number in 0..<100 {
                recorder.record("\(number) " + String(repeating: "x", count: 4000))
            }
        },
    ]

    @Test(
        .enabled(if: hasBoth, "Debian's asciinema, and 2.4 as CCRUN_ASCIINEMA_24, are needed"),
        arguments: casts.keys.sorted(), [true, false])
    func `asciinema prints exactly the text and complains about nothing`(
        kind: String, isFinished: Bool
    ) throws {
        let recording = try Recording(
            inputRecorded: true, limits: RecorderLimits(cap: 128 * 1024))
        AsciinemaTests.casts[kind]?(recording.recorder)
        if isFinished {
            recording.recorder.finish(Ending(.exit, status: 0))
        } else {
            recording.recorder.mark("flushed")
        }
        let text = try Transcript.open(recording.path).events().filter { $0.code == .output }
            .reduce(into: [UInt8]()) { $0 += $1.data }
        for player in AsciinemaTests.players {
            let (output, errors) = try AsciinemaTests.runAtTerminal(
                "'\(player)' cat '\(recording.path)'")
            #expect(Array(output) == text, "\(player)")
            #expect(String(decoding: errors, as: UTF8.self) == "", "\(player)")
        }
    }

    @Test(.enabled(if: hasBoth, "Debian's asciinema, and 2.4 as CCRUN_ASCIINEMA_24, are needed"))
    func `the witnesses are of two versions`() throws {
        let versions = try AsciinemaTests.players.map { player in
            String(decoding: try Self.runAtTerminal("'\(player)' --version").output, as: UTF8.self)
        }
        #expect(versions.allSatisfy { $0.hasPrefix("asciinema 2.") }, "\(versions)")
        #expect(Set(versions).count == 2, "\(versions)")
    }

    /// Runs a command line of the shell at a terminal, which asciinema wants though it writes to
    /// standard output.
    ///
    /// - Returns: what it wrote, both to files, where no terminal changes it.
    static func runAtTerminal(_ command: String) throws -> (output: Data, errors: Data) {
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        let result = try ChildProcess.run(
            "/usr/bin/script",
            ["-qec", "\(command) >'\(output)' 2>'\(errors)'", "/dev/null"],
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8",
                "TERM": "xterm", "ASCIINEMA_CONFIG_HOME": folder.path,
            ],
            deadline: .seconds(600))
        #expect(result.status == .exited(0))
        return (
            try Data(contentsOf: URL(filePath: output)),
            try Data(contentsOf: URL(filePath: errors))
        )
    }
}
