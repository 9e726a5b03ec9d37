import TestServer
import Testing

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
                let result = try place.run(options + ["shop", "true"], input: .pipe)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                let measure = try relay.waitFor("the end", \.hasEnded)
                #expect(measure.count == Self.count, "\(measure)")
                #expect(relay.count == 1)
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
                let result = try place.run(options + ["shop", "true"], input: .pipe)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                let measure = try relay.waitFor("the end", \.hasEnded)
                #expect(measure.count == (serverIsDropbear ? 5 : 7), "\(measure)")
            }
        }
    }

    @Test func `a refused key costs one more`() throws {
        try withServer { server in
            try withRelay(to: server.port, delay: Self.delay) { relay in
                let place = try Workplace(server, relay: relay.port)
                let stranger = try KeyPair(in: place.folder, name: "stranger")
                let result = try place.run(
                    ["-i", stranger.identityFile, "-i", server.identityFile, "shop", "true"],
                    input: .pipe)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                #expect(try relay.waitFor("the end", \.hasEnded).count == Self.count + 1)
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
