import Foundation
import TestServer
import Testing

/// `ForwardAgent`: programs over there use the agent here, where libssh2 can do that; elsewhere `-v` says that
/// it cannot, and the run is as without.
@Suite struct AgentForwardingTests {
    private static let hasNone = "[ -z \"$SSH_AUTH_SOCK\" ]"

    /// What has to be where libssh2 cannot forward.
    private static func expectNone(_ place: Workplace) throws {
        let result = try place.run(["-v", "shop", "\(hasNone) && exit 3"])
        #expect(result.status == .exited(3), "\(result.errorOutput)")
        let words = "ccrun: ForwardAgent is set for \"target\", and libssh2 1.10"
        #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
    }

    // MARK: - What it is for

    @Test(arguments: [["-T"], ["-t"], ["-T", "-e", "A=b"], ["-t", "-e", "A=b"]])
    func `programs over there see the agent's keys`(options: [String]) throws {
        let scene = try AgentForwardingScene()
        let (agent, line, _) = try scene.agent()
        let place = try scene.place(agent: agent.socket)
        guard AgentForwardingScene.isPossible else { return try Self.expectNone(place) }
        let result = try place.run(options + ["-v", "shop", "ssh-add -L; exit 3"])
        #expect(result.status == .exited(3), "\(result.errorOutput)")
        #expect(result.output.hasPrefix(line), "\(result.output)")
        #expect(
            result.errorOutput.contains(
                "ccrun: forwarding the agent at \"\(agent.socket)\" to \"target\"\n"))
    }

    @Test func `a key that only the agent has leads on to another host`() throws {
        let scene = try AgentForwardingScene()
        try withSSHD { next in
            let (agent, _, _) = try scene.agent()
            try agent.add(next.identityFile)
            let place = try scene.place(agent: agent.socket)
            guard AgentForwardingScene.isPossible else { return try Self.expectNone(place) }
            let onward =
                "ssh -F none -p \(next.port) -o BatchMode=yes -o StrictHostKeyChecking=yes"
                + " -o UserKnownHostsFile=\(next.knownHostsFile) -o IdentityFile=none"
                + " \(next.user)@127.0.0.1 'echo there; exit 4'"
            let result = try place.run(["shop", onward])
            #expect(result.output == "there\n", "\(result.errorOutput)")
            #expect(result.status == .exited(4))
        }
    }

    @Test func `each step of a release has the agent`() throws {
        let scene = try AgentForwardingScene()
        let (agent, line, _) = try scene.agent()
        let place = try scene.place(
            agent: agent.socket,
            app: ["tasks: {one: ssh-add -L, two: ssh-add -L}", "release: [one, two]"])
        guard AgentForwardingScene.isPossible else { return try Self.expectNone(place) }
        let result = try place.run(["release", "shop"])
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        #expect(try place.transcript().text.ranges(of: line).count == 2)
    }

    @Test func `nobody pays for it in round trips`() throws {
        let scene = try AgentForwardingScene()
        let (agent, _, _) = try scene.agent()
        try withRelay(to: scene.sshd.port, delay: .milliseconds(100)) { relay in
            let place = try scene.place(agent: agent.socket, relay: relay.port)
            let measure = try relay.leastRoundTrips(wanted: 6) {
                try place.run(
                    ["-t", "-i", scene.sshd.identityFile, "shop", "true"], input: .pipe)
            }
            #expect(measure.count == 6, "\(measure)")
        }
    }

    // MARK: - Which agent

    @Test(
        arguments: [
            "ForwardAgent yes", "ForwardAgent no", "ForwardAgent OTHER", "ForwardAgent $OTHER_SOCK",
            "ForwardAgent yes\nIdentityAgent OTHER", "ForwardAgent yes\nIdentityAgent none",
            "ForwardAgent $NOWHERE",
        ])
    func `it is the agent that ssh would forward`(lines: String) throws {
        let scene = try AgentForwardingScene()
        let (agent, _, _) = try scene.agent()
        let (other, _, _) = try scene.agent("other")
        let place = try scene.place(
            [
                lines.replacing("OTHER_SOCK", with: "@").replacing("OTHER", with: other.socket)
                    .replacing("@", with: "OTHER_SOCK")
            ], agent: agent.socket)
        let variables = ["OTHER_SOCK": other.socket]
        let command = "ssh-add -L 2>&1 || :"
        let expected = try ChildProcess.run(
            try Tool.path("ssh"),
            ["-F", place.folder.file(".ssh/config"), "-l", scene.sshd.user, "target", command],
            environment: place.environment.merging(variables) { $1 })
        #expect(expected.status == .exited(0), "\(expected.errorOutput)")
        let result = try place.run(["shop", command], environment: variables)
        guard AgentForwardingScene.isPossible else {
            #expect(result.output.contains("Could not open a connection"), "\(result.output)")
            return
        }
        #expect(result.output == expected.output)
        #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
    }

    @Test func `where there is none, nobody hears of it but with -v`() throws {
        let scene = try AgentForwardingScene()
        let missing = try scene.place(agent: nil)
        let quiet = try missing.run(["shop", Self.hasNone])
        #expect(quiet.status == .exited(0))
        #expect(quiet.errorOutput.isEmpty)
        #expect(
            try missing.run(["-v", "shop", "true"]).errorOutput.contains(
                "ccrun: ForwardAgent is set for \"target\", and there is no agent\n"))
        let path = scene.folder.file("gone")
        let gone = try scene.place(agent: path)
        guard AgentForwardingScene.isPossible else { return try Self.expectNone(gone) }
        let result = try gone.run(["-v", "shop", Self.hasNone])
        #expect(result.status == .exited(0))
        #expect(
            result.errorOutput.contains(
                "and the agent at \"\(path)\" is not there: no such file or directory\n"),
            "\(result.errorOutput)")
    }

    @Test func `a jump host that is to have it changes nothing for the target`() throws {
        let scene = try JumpHostScene(hops: 1)
        let agent = try Agent(in: scene.target.folder)
        defer { agent.stop() }
        let config = String(decoding: try scene.place.folder.read(".ssh/config"), as: UTF8.self)
        try scene.place.folder.write(
            "Host hop0\n  ForwardAgent yes\n" + config, to: ".ssh/config")
        let result = try scene.place.run(
            ["-v", "shop", Self.hasNone], environment: ["SSH_AUTH_SOCK": agent.socket])
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        #expect(!result.errorOutput.contains("ForwardAgent"))
        #expect(!result.errorOutput.contains("forwarding"))
    }

    @Test func `a target behind a jump host has the agent`() throws {
        let scene = try JumpHostScene(hops: 1, target: ["  ProxyJump hop0", "  ForwardAgent yes"])
        let agent = try Agent(in: scene.target.folder)
        defer { agent.stop() }
        try agent.add(scene.target.identityFile)
        let result = try scene.place.run(
            ["shop", "ssh-add -L >&2 && exit 3; \(Self.hasNone) && exit 4"],
            environment: ["SSH_AUTH_SOCK": agent.socket])
        let status: Int32 = AgentForwardingScene.isPossible ? 3 : 4
        #expect(result.status == .exited(status), "\(result.errorOutput)")
    }

    // MARK: - Who is asked

    @Test(
        arguments: [
            ("yes", ["shop", "true"], true), ("no", ["shop", "true"], false),
            ("yes", ["doctor", "shop"], false), ("yes", ["--detach", "shop", "true"], false),
        ])
    func `a server is asked only where it is wanted`(
        value: String, arguments: [String], isAsked: Bool
    ) throws {
        var script = Script.honest()
        script.channel.grantsAgent = true
        try withLyingServer(script) { server in
            let agent = try StrangeAgent(.echo, in: server.folder)
            defer { agent.stop() }
            let place = try Workplace(server)
            try place.folder.write(
                "Host *\n  ForwardAgent \(value == "yes" ? agent.socket : value)\n",
                to: ".ssh/config")
            let run = try place.start(arguments)
            defer { run.stop() }
            try server.record.waitFor("a command") { if case .exec = $0 { true } else { false } }
            let asked = ClientEvent.request("auth-agent-req@openssh.com")
            #expect(
                server.record.events().contains(asked)
                    == (isAsked && AgentForwardingScene.isPossible))
        }
    }

    @Test(.enabled(if: PrivateDropbear.isInstalled, "dropbear is not here"))
    func `dropbear opens channels as well`() throws {
        try withDropbear { dropbear in
            let agent = try Agent(in: dropbear.folder)
            defer { agent.stop() }
            try agent.add(dropbear.identityFile)
            let place = try Workplace(dropbear, environment: ["SSH_AUTH_SOCK": agent.socket])
            try place.folder.write("Host *\n  ForwardAgent yes\n", to: ".ssh/config")
            let result = try place.run(
                ["shop", "ssh-add -l >&2 && ssh-add -l >&2 && exit 3; \(Self.hasNone) && exit 4"])
            let status: Int32 = AgentForwardingScene.isPossible ? 3 : 4
            #expect(result.status == .exited(status), "\(result.errorOutput)")
        }
    }
}
