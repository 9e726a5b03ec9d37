import Glibc
import TestServer
import Testing
import Transcripts

/// A server that says nothing: with nothing to say it is waited for, and once it is gone that is told.
@Suite struct SilenceTests {
    /// Much more than it may take until a lost connection is told: the machine may be busy.
    private static let limit = Duration.seconds(90)

    @Test(arguments: ["-T", "-t"])
    func `a link that goes silent is noticed`(terminal: String) throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                let run = try place.start([terminal, "shop", "echo begun; exec sleep 1040"])
                try run.waitForOutput("begun")
                relay.cut(.silence)
                let clock = ContinuousClock.now
                let result = try run.waitForExit()
                #expect(clock.duration(to: .now) < Self.limit)
                #expect(result.status == .exited(255))
                #expect(
                    result.errorOutput.hasSuffix(
                        "ccrun: the connection was lost (no sign of life for 14s); the command may "
                            + "still be running, status 255\n"), "\(result.errorOutput)")
                #expect(result.errorOutput.contains("hint: look for it with: ccrun "))
                try place.expectTranscript(.disconnect)
            }
        }
    }

    @Test func `a server that hangs is noticed`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start(["-T", "shop", "echo begun; exec sleep 1041"])
            try run.waitForOutput("begun")
            try sshd.killSessions(SIGSTOP)
            defer { try? sshd.killSessions(SIGCONT) }
            let result = try run.waitForExit()
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no sign of life"), "\(result.errorOutput)")
        }
    }

    @Test func `a command that says nothing for long is waited for`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                let run = try place.start(["-T", "shop", "echo begun; sleep 24; echo end; exit 7"])
                try run.waitForOutput("begun")
                let before = relay.measure().bytesToServer
                let result = try run.waitForExit()
                #expect(result.status == .exited(7))
                #expect(result.output == "begun\nend\n")
                #expect(result.errorOutput == "ccrun: the remote command exited with status 7\n")
                // It was asked for signs of life meanwhile.
                #expect(relay.measure().bytesToServer > before)
            }
        }
    }

    @Test func `an interrupt after signs of life still ends the command`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start([
                "-T", "shop",
                "trap 'echo asked; exit 3' TERM; echo begun; sleep 16; echo waited; "
                    + "while :; do sleep 0.1; done",
            ])
            try run.waitForOutput("waited")
            run.send(signal: SIGINT)
            let result = try run.waitForExit()
            #expect(result.status == .exited(130))
            #expect(result.output == "begun\nwaited\nasked\n")
            #expect(result.errorOutput.contains("was ended by TERM"), "\(result.errorOutput)")
        }
    }

    @Test func `output that nobody takes for a while is no silence`() throws {
        try withServer { server in
            let place = try Workplace(server)
            // The reader waits longer than a silent server may.
            let result = try place.shell(
                "$0 -T shop 'head -c 30000000 /dev/zero' | { sleep 24; wc -c; }; "
                    + "echo ${PIPESTATUS[0]}")
            #expect(result.output == "30000000\n0\n", "\(result.errorOutput)")
        }
    }

    @Test func `ssh's configuration says how often it is asked, and how often in vain`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                try place.folder.write(
                    "Host *\n  ServerAliveInterval 5\n  ServerAliveCountMax 3\n", to: ".ssh/config")
                let run = try place.start(["-T", "shop", "echo begun; exec sleep 1042"])
                try run.waitForOutput("begun")
                relay.cut(.silence)
                let result = try run.waitForExit()
                #expect(result.status == .exited(255))
                #expect(
                    result.errorOutput.contains("(no sign of life for 20s)"),
                    "\(result.errorOutput)")
            }
        }
    }
}
