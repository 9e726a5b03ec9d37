import Foundation
import TestServer
import Testing

/// Hosts that are reached through others: a session on a channel of the one before it.
@Suite struct JumpHostTests {
    @Test(arguments: [1, 2, 3])
    func `each host on the way verifies and logs in by its own settings`(count: Int) throws {
        let scene = try JumpHostScene(hops: count)
        let witness = try scene.ssh(["echo out; echo err >&2; exit 3"])
        let result = try scene.place.run(["shop", "echo out; echo err >&2; exit 3"])
        #expect(result.status == .exited(3), "\(result.errorOutput)")
        #expect(result.output == "out\n" && witness.output == "out\n")
        #expect(result.errorOutput.hasPrefix("err\n"))
        #expect(witness.status == .exited(3), "\(witness.errorOutput)")
        // Once each by ssh, once each by ccrun.
        for server in scene.hops + [scene.target] { #expect(JumpHostScene.logins(server) == 2) }
    }

    @Test func `bytes go through two hops both ways and none is lost`() throws {
        let scene = try JumpHostScene(hops: 2)
        var random = TestServer.SeededGenerator(seed: 20)
        let bytes = random.bytes(3_000_000)
        let result = try scene.place.run(["--no-record", "shop", "cat"], input: .bytes(bytes))
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        #expect(result.standardOutput == bytes)
    }

    @Test func `a slow reader holds a fast program back through the hop`() throws {
        let scene = try JumpHostScene(hops: 1)
        let reader = SlowReader()
        let result = try scene.place.run(
            ["--no-record", "shop", "exec head -c 30000000 /dev/zero"],
            output: .fed { reader.take($0) }, measuresMemory: true, deadline: .seconds(900))
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        #expect(result.outputCount == 30_000_000)
        let peak = try #require(result.peakMemory)
        #expect(peak < 64 << 10, "\(peak) KiB")
    }

    @Test func `a terminal works through a hop`() throws {
        let scene = try JumpHostScene(hops: 1)
        let session = try scene.place.terminal(["shop", "stty size; read line; echo got $line"])
        defer { session.close() }
        try session.waitFor("24 80")
        try session.write("hello\r")
        try session.waitFor("got hello")
        #expect(try session.waitForExit() == .exited(0))
    }

    @Test func `a target that wants two factors costs one login at the hop`() throws {
        let scene = try JumpHostScene(
            hops: 2,
            server: SSHDOptions(
                userKeys: [.ed25519, .ed25519],
                configuration: ["AuthenticationMethods publickey,publickey"]))
        let result = try scene.place.run(["-v", "shop", "echo ran"])
        #expect(result.output == "ran\n", "\(result.errorOutput)")
        #expect(result.errorOutput.contains("the server wants more than a key"))
        for hop in scene.hops { #expect(JumpHostScene.logins(hop) == 1) }
    }

    @Test func `ProxyJump none holds against a pattern`() throws {
        let scene = try JumpHostScene(
            hops: 1, target: ["  ProxyJump none", "Host t*", "  ProxyJump hop0"])
        let result = try scene.place.run(["shop", "echo ran"])
        #expect(result.output == "ran\n", "\(result.errorOutput)")
        #expect(JumpHostScene.logins(scene.hops[0]) == 0)
    }

    @Test func `a dry run shows the way and takes no step on it`() throws {
        let scene = try JumpHostScene(hops: 2)
        let result = try scene.place.run(["--dry-run", "shop", "true"])
        let user = scene.target.user
        let expected = """
            connect to: 127.0.0.1 port \(scene.target.port) as \(user)
            via:        127.0.0.1 port \(scene.hops[0].port) as \(user)
            via:        127.0.0.1 port \(scene.hops[1].port) as \(user)

            """
        #expect((result.output + result.errorOutput).contains(expected), "\(result.output)")
        for server in scene.hops { #expect(!server.log.contains("Connection from")) }
    }

    // MARK: - What goes wrong

    @Test func `a hop of which nothing is known gets nothing`() throws {
        let scene = try JumpHostScene(hops: 2)
        try scene.place.folder.write("", to: ".ssh/known_hop1")
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot connect to \"target\" through hop0, hop1: the host key of "
                    + "\"key-of-hop1\" is not known; nothing was sent"), "\(result.errorOutput)")
        #expect(JumpHostScene.logins(scene.hops[0]) == 1)
        #expect(JumpHostScene.logins(scene.hops[1]) == 0)
    }

    @Test func `a hop that lets nobody in is named`() throws {
        let scene = try JumpHostScene(hops: 1)
        try scene.hops[0].folder.write("", to: "authorized_keys")
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot connect to \"target\" through hop0: cannot log in as "
                    + "\"\(scene.target.user)\" at 127.0.0.1: no key was accepted\n"),
            "\(result.errorOutput)")
    }

    @Test func `a target that lets nobody in is told with the way to it`() throws {
        let scene = try JumpHostScene(hops: 1)
        try scene.target.folder.write("", to: "authorized_keys")
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot log in as \"\(scene.target.user)\" at 127.0.0.1 through "
                    + "hop0: no key was accepted\n"), "\(result.errorOutput)")
    }

    @Test func `a hop that is not there is named`() throws {
        let scene = try JumpHostScene(hops: 2)
        scene.hops[0].stop()
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot connect to \"target\" through hop0, hop1: cannot connect to "
                    + "\"hop1\" through hop0: cannot connect to \"127.0.0.1\" port "
                    + "\(scene.hops[0].port): connection refused\n"), "\(result.errorOutput)")
    }

    @Test func `a target that is not there is told in the words of the hop`() throws {
        let scene = try JumpHostScene(hops: 1)
        scene.target.stop()
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot connect to \"127.0.0.1\" port \(scene.target.port) through "
                    + "hop0: connect failed: Connection refused\nccrun: hint: "),
            "\(result.errorOutput)")
    }

    @Test func `a hop that is not there is told in the words of the one before`() throws {
        let scene = try JumpHostScene(hops: 2)
        scene.hops[1].stop()
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.hasPrefix(
                "ccrun: error: cannot connect to \"target\" through hop0, hop1: cannot connect to "
                    + "\"127.0.0.1\" port \(scene.hops[1].port) through hop0: connect failed: "
                    + "Connection refused\nccrun: hint: "), "\(result.errorOutput)")
    }

    @Test func `a hop that forwards nothing says so`() throws {
        let scene = try JumpHostScene(hops: 1, configuration: ["AllowTcpForwarding no"])
        let result = try scene.place.run(["shop", "true"])
        #expect(result.status == .exited(255))
        #expect(
            result.errorOutput.contains("through hop0: not allowed"), "\(result.errorOutput)")
        #expect(result.errorOutput.contains("AllowTcpForwarding"))
    }

    @Test(arguments: [0, 1])
    func `a hop that is lost ends the run, and the command may still be running`(
        index: Int
    ) throws {
        let scene = try JumpHostScene(hops: 2)
        let run = try scene.place.start(["shop", "echo begun; exec sleep 1007"])
        try run.waitForOutput("begun")
        scene.hops[index].stop()
        let result = try run.waitForExit()
        #expect(result.status == .exited(255))
        #expect(result.errorOutput.contains("the connection was lost (jump host hop1: "))
        #expect(result.errorOutput.hasSuffix("may still be running, status 255\n"))
        try scene.place.expectTranscript(.disconnect)
    }

    /// Runs a command on a target that is reached by way of `hop`, with a limit for each phase.
    private static func run(by hop: LyingServer, limit: String) throws -> ChildResult {
        let place = try Workplace(hop)
        try place.folder.write(
            "Host target\n HostName 127.0.0.1\n Port 1\n ProxyJump 127.0.0.1:\(hop.port)\n",
            to: ".ssh/config")
        return try place.run(["--host", "target", "--connect-timeout", limit, "shop", "true"])
    }

    /// What comes in one piece with the news of the connection shows as well that it has ended.
    @Test func `a target that hangs up at once is not waited for`() throws {
        var script = Script.honest()
        // SSH_MSG_CHANNEL_EOF for the client's first channel, ahead of its confirmation.
        script.faults[.channelOpen] = .message([96, 0, 0, 0, 0])
        try withLyingServer(script) { liar in
            let result = try Self.run(by: liar, limit: "100s")
            #expect(result.status == .exited(255))
            #expect(result.duration < .seconds(90))
            #expect(
                result.errorOutput.contains(": the server closed the connection\n"),
                "\(result.errorOutput)")
        }
    }

    @Test(arguments: [Phase.banner, .kexReply, .userauth, .channelOpen])
    func `a hop that falls silent has no more time than a target`(phase: Phase) throws {
        var script = Script.honest()
        script.faults[phase] = .stall
        try withLyingServer(script) { liar in
            let result = try Self.run(by: liar, limit: "2s")
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no answer from the server in time"))
            #expect(result.errorOutput.contains("through"), "\(result.errorOutput)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends the wait for a silent target behind a hop`(number: Int32) throws {
        var script = Script.honest()
        script.faults[.beforeBanner] = .stall
        try withLyingServer(script) { silent in
            let scene = try JumpHostScene(hops: 1)
            let config = String(decoding: try scene.place.folder.read(".ssh/config"), as: UTF8.self)
            try scene.place.folder.write(
                "Host target\n  Port \(silent.port)\n" + config, to: ".ssh/config")
            let run = try scene.place.start(["--connect-timeout", "10m", "shop", "true"])
            try silent.record.waitFor(.connected)
            run.send(signal: number)
            let result = try run.waitForExit()
            #expect(result.status == .exited(128 + number), "\(result.errorOutput)")
        }
    }
}

/// Reads its bytes rather slower than they come.
private final class SlowReader: Sendable {
    private let sum = Watched(UInt64(0))

    func take(_ bytes: [UInt8]) {
        sum.withLock { sum in
            for place in stride(from: 0, to: bytes.count, by: 16) { sum &+= UInt64(bytes[place]) }
        }
    }
}
