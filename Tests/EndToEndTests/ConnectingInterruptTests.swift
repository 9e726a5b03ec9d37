import Glibc
import TestServer
import Testing

/// A ^C while a connection is being made ends that at once, whatever the server was about to say.
@Suite struct ConnectingInterruptTests {
    /// Less than any deadline of a phase.
    private static let limit = Duration.seconds(100)

    /// For each phase.
    private static let patience = ["--connect-timeout", "10m"]

    /// After how many bytes the server falls silent: in its banner, in the exchange of keys, at the
    /// login, at the channel.
    private static let silences =
        serverIsDropbear ? [1, 60, 700, 830, 950, 1050] : [1, 60, 1150, 1500, 1900, 2100]

    @Test(arguments: silences)
    func `a server that falls silent`(bytes: Int) throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                relay.cut(.silence, afterBytesToClient: bytes)
                let place = try Workplace(server, relay: relay.port)
                let run = try place.start(Self.patience + ["shop", "echo ran"])
                try relay.waitFor("the silence") { $0.bytesToClient >= bytes }
                let clock = ContinuousClock.now
                run.send(signal: SIGINT)
                let result = try run.waitForExit()
                #expect(clock.duration(to: .now) < Self.limit)
                #expect(result.status == .exited(130), "\(result.errorOutput)")
                #expect(result.errorOutput.contains("interrupted by INT"), "\(result.errorOutput)")
            }
        }
    }

    @Test func `a port that is open and never answers`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                relay.cut(.silence)
                let place = try Workplace(server, relay: relay.port)
                let terminal = try place.usersTerminal(
                    Self.patience + ["shop"], settings: ["-ixon"])
                defer { terminal.session.close() }
                try eventually("a connection") { relay.count > 0 }
                try terminal.session.write("\u{3}")
                #expect(try terminal.session.waitForExit(timeout: Self.limit) == .exited(130))
                #expect(try terminal.session.terminalModes == terminal.before)
            }
        }
    }
}
