import TestServer
import Testing

/// Nothing runs on a protected deployment by a slip of the hand.
@Suite struct RunProtectedTests {
    private static func place(_ server: any TestHost) throws -> Workplace {
        try Workplace(server, deployment: ["protected: true"])
    }

    @Test func `without a terminal it is refused, unless --yes says so`() throws {
        try withLyingServer(.honest(output: "ran\n")) { server in
            let place = try Self.place(server)
            let name = Array("shop/default\n".utf8)
            let refused = try place.run(["shop", "true"], input: .bytes(name))
            #expect(refused.status == .exited(125))
            #expect(refused.output.isEmpty)
            #expect(refused.errorOutput.contains("\"shop/default\" is protected"))
            #expect(refused.errorOutput.contains("hint: pass --yes"))
            #expect(server.record.count == 0)
            let confirmed = try place.run(["--yes", "shop", "true"])
            #expect(confirmed.output == "ran\n", "\(confirmed.errorOutput)")
            let dry = try place.run(["--dry-run", "shop", "true"])
            #expect(dry.status == .exited(0))
        }
    }

    @Test func `its typed name lets it run`() throws {
        try withServer { server in
            let place = try Self.place(server)
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("Type its name to go on: ")
            try session.write("shop/default\n")
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.hasSuffix("ran\r\n"))
            #expect(try session.terminalModes == modes)
        }
    }

    @Test(arguments: [
        ("shop\n", Int32(125)), ("yes\n", 125), ("\n", 125), ("\u{4}", 125), ("\u{3}", 130),
    ])
    func `anything else does not`(answer: String, status: Int32) throws {
        try withLyingServer { server in
            let place = try Self.place(server)
            let session = try place.terminal(["shop", "true"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("Type its name to go on: ")
            try session.write(answer)
            #expect(try session.waitForExit() == .exited(status), "\(session.output)")
            #expect(try session.terminalModes == modes)
            #expect(server.record.count == 0)
        }
    }
}
