import TestServer
import Testing

extension DelayingRelay {
    /// The measure of the first run that needs no more than `wanted` round trips, or of the fifth.
    ///
    /// A busy machine sends late what waits for nothing, and what came meanwhile counts as its
    /// cause: a measure may be too large, never too small. Each run has to succeed, and to connect
    /// once.
    func leastRoundTrips(wanted: Int, of run: () throws -> ChildResult) throws -> RoundTrips {
        var last = RoundTrips()
        for number in 0..<5 {
            let result = try run()
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            last = try waitFor("the end", connection: number, \.hasEnded)
            #expect(count == number + 1)
            if last.count <= wanted { break }
        }
        return last
    }
}

/// How often ccrun waits for the server from the TCP connect until the command has ended.
@Suite struct RoundTripsTests {
    private static let delay = Duration.milliseconds(100)

    // Stdin stays open: its end would be one more flight, on its way before a slow command is over.

    /// Dropbear offers its algorithms without waiting for ours.
    private static let count = serverIsDropbear ? 5 : 6

    /// Six flights; `ssh` needs eight.
    ///
    /// Banner, KEXINIT, key exchange and service, the key, its signature and the channel, the
    /// terminal and the command.
    @Test(arguments: [["-t"], ["-T"]])
    func `a command needs six round trips`(options: [String]) throws {
        try withServer { server in
            try withRelay(to: server.port, delay: Self.delay) { relay in
                let place = try Workplace(server, relay: relay.port)
                let measure = try relay.leastRoundTrips(wanted: Self.count) {
                    try place.run(options + ["shop", "true"], input: .pipe)
                }
                #expect(measure.count == Self.count, "\(measure)")
            }
        }
    }

    /// sshd opens a session with a window of 0: no input can be sent ahead of its answer.
    ///
    /// Dropbear's has room at once.
    @Test(arguments: [["-t"], ["-T"], ["-t", "-e", "A=b", "-e", "C=d"]])
    func `values of the environment cost one more`(options: [String]) throws {
        try withServer { server in
            try withRelay(to: server.port, delay: Self.delay) { relay in
                let place = try Workplace(
                    server, relay: relay.port, app: ["environment: {DJANGO_SETTINGS_MODULE: shop}"])
                let wanted = serverIsDropbear ? 5 : 7
                let measure = try relay.leastRoundTrips(wanted: wanted) {
                    try place.run(options + ["shop", "true"], input: .pipe)
                }
                #expect(measure.count == wanted, "\(measure)")
            }
        }
    }

    @Test func `a refused key costs one more`() throws {
        try withServer { server in
            try withRelay(to: server.port, delay: Self.delay) { relay in
                let place = try Workplace(server, relay: relay.port)
                let stranger = try KeyPair(in: place.folder, name: "stranger")
                let measure = try relay.leastRoundTrips(wanted: Self.count + 1) {
                    try place.run(
                        ["-i", stranger.identityFile, "-i", server.identityFile, "shop", "true"],
                        input: .pipe)
                }
                #expect(measure.count == Self.count + 1, "\(measure)")
            }
        }
    }

    /// The channel open rides on the login, and libssh2 cannot take it back.
    @Test func `a server that refuses what is sent ahead is connected to once more`() throws {
        var script = Script.honest(output: "ran\n")
        script.login.publicKeys = .refusedOnceSigned
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let result = try place.run(["-v", "shop", "true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("does not take requests sent ahead"))
            #expect(server.record.count == 2)
            let opened = server.record.events(1).contains {
                if case .channelOpened = $0 { true } else { false }
            }
            #expect(!opened)
        }
    }
}
