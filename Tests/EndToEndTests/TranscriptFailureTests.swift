import Foundation
import TestServer
import Testing
import Transcripts

/// Recording may fail, the run may not.
@Suite struct TranscriptFailureTests {
    /// Ways to make the state folder unusable for root too.
    enum Obstacle: String, CaseIterable {
        case fileInItsPlace
        case linkToNowhere
        case notAnywhere
    }

    private static func place(_ server: any TestHost, _ obstacle: Obstacle) throws -> Workplace {
        guard obstacle != .notAnywhere else {
            return try Workplace(server, environment: ["XDG_STATE_HOME": "/dev/null"])
        }
        let place = try Workplace(server)
        if obstacle == .fileInItsPlace {
            try place.folder.write("in the way", to: "state/ccrun")
        } else {
            try place.folder.makeFolder("state/ccrun")
            try FileManager.default.createSymbolicLink(
                atPath: place.folder.file("state/ccrun/runs"),
                withDestinationPath: "/dev/null/nowhere")
        }
        return place
    }

    @Test(arguments: Obstacle.allCases, [Int32(0), 3])
    func `a run goes on without a transcript, and warns`(obstacle: Obstacle, status: Int32) throws {
        try withServer { server in
            let place = try Self.place(server, obstacle)
            let result = try place.run(["shop", "echo ran; exit \(status)"])
            #expect(result.status == .exited(status))
            #expect(result.output == "ran\n")
            #expect(
                result.errorOutput.contains("ccrun: warning: this run is not recorded: "),
                "\(result.errorOutput)")
            #expect(result.errorOutput.contains("ccrun: hint: make the folder writable"))
        }
    }

    @Test(arguments: Obstacle.allCases)
    func `--record=strict does not run what it cannot record`(obstacle: Obstacle) throws {
        try withLyingServer(.honest(output: "ran\n")) { server in
            let place = try Self.place(server, obstacle)
            let result = try place.run(["--record=strict", "shop", "true"])
            #expect(result.status == .exited(125), "\(result.errorOutput)")
            #expect(result.output.isEmpty)
            #expect(server.record.commands().isEmpty)
        }
    }

    @Test func `--record=strict records like any other run`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["--record", "strict", "shop", "echo ran; exit 3"])
            #expect(result.output == "ran\n", "\(result.errorOutput)")
            try place.expectTranscript(.exit(3))
        }
    }

    /// A limit on the size of files (RLIMIT_FSIZE) is the full disk that needs no root and no mount.
    @Test func `a disk that fills up in the middle of a run does not end it`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                "ulimit -f 64; exec \"$0\" shop 'head -c 1000000 /dev/zero; exit 3'")
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.outputCount == 1_000_000)
            #expect(result.errorOutput.contains("ccrun: warning: "), "\(result.errorOutput)")
            let transcript = try place.transcript()
            #expect(transcript.size <= 64 << 10)
            try place.expectPlayable(transcript)
        }
    }

    @Test func `--no-record leaves nothing`() throws {
        try withServer { server in
            let place = try Workplace(server)
            #expect(try place.run(["--no-record", "shop", "exit 3"]).status == .exited(3))
            let nowhere = try place.run(["--no-record", "--host", "127.0.0.1:1", "shop", "true"])
            #expect(nowhere.status == .exited(255))
            #expect(!place.folder.exists("state"))
        }
    }

    @Test func `a run that was killed leaves a transcript that can be read`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let run = try place.start(["shop", "echo begun; exec sleep 1007"])
            try run.waitForOutput("begun\n")
            #expect(try place.transcript().state == .running)
            run.send(signal: SIGKILL)
            #expect(try run.waitForExit().status == .signalled(SIGKILL))
            let transcript = try place.transcript()
            #expect(transcript.state == .interrupted)
            try place.expectPlayable(transcript)
        }
    }
}
