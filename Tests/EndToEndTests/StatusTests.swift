import Foundation
import TestServer
import Testing
import Transcripts

/// A command, and what becomes of it.
struct StatusCase: Sendable, CustomTestStringConvertible {
    let command: String
    let end: ExpectedEnd
    var testDescription: String { command }

    /// What `ssh` ends with: it has one status for every death by a signal.
    var sshStatus: Int32 { end.end == .exit ? end.shellStatus : 255 }
}

@Suite struct StatusTests {
    static let cases: [StatusCase] =
        [0, 1, 2, 44, 124, 125, 127, 255].map {
            StatusCase(command: "exit \($0)", end: .exit($0))
        } + [
            StatusCase(command: "true", end: .exit(0)),
            StatusCase(command: "false", end: .exit(1)),
            StatusCase(command: "no-such-program-anywhere", end: .exit(127)),
            StatusCase(command: "/dev/null", end: .exit(126)),
            StatusCase(command: "kill -TERM $$; exit 9", end: .signal("TERM", 15)),
            StatusCase(command: "kill -KILL $$; exit 9", end: .signal("KILL", 9)),
            StatusCase(command: "kill -HUP $$; exit 9", end: .signal("HUP", 1)),
            StatusCase(command: "sh -c 'kill -TERM $$'; exit $?", end: .exit(143)),
        ]

    @Test(arguments: cases)
    func `a command's status is ccrun's, and ssh's`(status: StatusCase) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", status.command])
            #expect(result.status == .exited(status.end.shellStatus), "\(result.errorOutput)")
            try place.expectTranscript(status.end)
            let onTerminal = try place.run(["-t", "shop", status.command])
            #expect(onTerminal.status == result.status, "\(onTerminal.errorOutput)")
            let witness = try server.ssh([status.command])
            #expect(witness.status == .exited(status.sshStatus))
        }
    }

    @Test(arguments: [
        StatusCase(command: "exit 44", end: .exit(44)),
        StatusCase(command: "kill -TERM $$; exit 9", end: .signal("TERM", 15)),
    ])
    func `the last line on stderr says where a status came from`(status: StatusCase) throws {
        try withServer { server in
            let place = try Workplace(server)
            let words =
                status.end.signal.map { "the remote command died of signal \($0), status 143" }
                ?? "the remote command exited with status \(status.end.shellStatus)"
            let result = try place.run(["shop", status.command])
            #expect(result.errorOutput == "ccrun: \(words)\n")
            #expect(result.output.isEmpty)
            let quiet = try place.run(["-q", "shop", status.command])
            #expect(quiet.errorOutput.isEmpty)
            #expect(quiet.status == result.status)
        }
    }

    @Test func `success says nothing`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.output.isEmpty && result.errorOutput.isEmpty, "\(result.errorOutput)")
        }
    }

    @Test func `a time limit ends the run with 124`() throws {
        try withServer { server in
            let place = try Workplace(
                server, app: ["tasks:", "  slow: {run: exec sleep 1001, timeout: 300ms}"])
            let result = try place.run(
                ["--timeout", "10s", "shop", "echo begun; exec sleep 1001"])
            #expect(result.status == .exited(124))
            #expect(result.output == "begun\n")
            #expect(result.errorOutput.contains("time limit of 10s ran out"))
            #expect(result.errorOutput.hasSuffix(", status 124\n"))
            try place.expectTranscript(.timeout)

            let task = try place.run(["shop", "slow"])
            #expect(task.status == .exited(124), "\(task.errorOutput)")
        }
    }

    static let interrupts: [(String, Int32, Int32)] = [
        ("INT", SIGINT, 130), ("TERM", SIGTERM, 143), ("HUP", SIGHUP, 129),
        ("QUIT", SIGQUIT, 131),
    ]

    @Test(arguments: interrupts)
    func `a signal to ccrun ends the run, and the transcript says cancelled`(
        name: String, number: Int32, status: Int32
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            let run = try place.start(["shop", "echo begun; exec sleep 1002"])
            try run.waitForOutput("begun\n")
            run.send(signal: number)
            let result = try run.waitForExit()
            #expect(result.status == .exited(status))
            let line =
                "ccrun: interrupted by \(name); the command was ended by TERM, status \(status)\n"
            #expect(result.errorOutput == line)
            try place.expectTranscript(.cancelled(name, number))
        }
    }

    @Test(arguments: interrupts)
    func `a signal while connecting ends it as well`(
        name: String, number: Int32, status: Int32
    ) throws {
        try withLyingServer(.fault(.stall, in: .kexReply)) { server in
            let place = try Workplace(server)
            let run = try place.start(["shop", "true"])
            try server.record.waitFor(.wronged(in: .kexReply))
            run.send(signal: number)
            #expect(try run.waitForExit().status == .exited(status))
            try place.expectTranscript(.cancelled(name, number))
        }
    }
}
