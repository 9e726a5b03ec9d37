import Foundation
import TestServer
import Testing

/// Agents and servers that make trouble: a run with a forwarded agent is as sound as any.
///
/// Where libssh2 cannot forward, the programs find no agent, and the rest holds all the same.
@Suite struct AgentForwardingTroubleTests {
    private static let isPossible = AgentForwardingScene.isPossible

    /// Runs a program of the scene's over there, which has to say this where there is an agent.
    private static func expect(
        _ words: String, from command: [String], _ place: Workplace, _ options: [String] = []
    ) throws {
        let result = try place.run(options + ["shop", "--"] + command)
        if isPossible {
            #expect(result.output.hasSuffix(words + "\n"), "\(result.errorOutput)")
            #expect(result.status == .exited(0), "\(result.errorOutput)")
        } else {
            #expect(result.errorOutput.contains("KeyError: 'SSH_AUTH_SOCK'"), "\(result.output)")
            #expect(result.status == .exited(1))
        }
    }

    // MARK: - Much at once

    @Test func `many programs at once are served, each with its own bytes`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .echo))
        try Self.expect("40 whole", from: scene.client("echo", "40", "50000"), place)
    }

    @Test func `megabytes go both ways at once`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .echo))
        try Self.expect("3 whole", from: scene.client("echo", "3", "6000000"), place)
    }

    @Test func `sixty signatures and listings at once`() throws {
        let scene = try AgentForwardingScene()
        let (agent, _, key) = try scene.agent()
        let place = try scene.place(agent: agent.socket)
        let script =
            "for i in $(seq 30); do ssh-add -T \(key.identityFile).pub & all=\"$all $!\"; "
            + "ssh-add -l >/dev/null & all=\"$all $!\"; done; "
            + "n=0; for one in $all; do wait $one && n=$((n+1)); done; echo $n"
        let result = try place.run(["shop", script])
        #expect(result.output == (Self.isPossible ? "60\n" : "0\n"), "\(result.errorOutput)")
    }

    @Test func `those beyond the limit are let go, and the places are free again`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .echo))
        let command = scene.client("hold", "100").joined(separator: " ")
        let result = try place.run(["shop", "\(command) && \(command) && exit 3"])
        guard Self.isPossible else { return #expect(result.status == .exited(1)) }
        #expect(result.output == "64 served\n64 served\n", "\(result.errorOutput)")
        #expect(result.status == .exited(3))
    }

    @Test func `a thousand one after the other leave nothing behind`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .echo))
        let command = scene.client("hold", "50").joined(separator: " ")
        let result = try place.run(
            ["shop", "for i in $(seq 20); do \(command) || exit; done"])
        guard Self.isPossible else { return #expect(result.status == .exited(1)) }
        #expect(
            result.output == String(repeating: "50 served\n", count: 20), "\(result.errorOutput)")
    }

    @Test func `the agent is there while nobody reads the output`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .echo))
        let done = scene.folder.file("done")
        let command = scene.client("hold", "5").joined(separator: " ")
        // The reader begins when the agent has answered, behind megabytes that nobody has taken.
        let line =
            "$0 shop 'head -c 3000000 /dev/zero; \(command) >\(done)' "
            + "| (until [ -s \(done) ]; do sleep 0.05; done; wc -c)"
        guard Self.isPossible else {
            let result = try place.run(["shop", command])
            return #expect(result.status == .exited(1))
        }
        let result = try place.shell(line)
        #expect(result.output.contains("3000000"), "\(result.errorOutput)")
        #expect(String(decoding: try scene.folder.read("done"), as: UTF8.self) == "5 served\n")
    }

    // MARK: - Agents

    @Test func `an agent that dies in the middle is an agent that is gone`() throws {
        let scene = try AgentForwardingScene()
        let (agent, _, _) = try scene.agent()
        let place = try scene.place(agent: agent.socket)
        let script =
            "ssh-add -l >/dev/null; echo $?; "
            + "\(scene.client("end").joined(separator: " ")) & kill -9 \(agent.pid); wait; "
            + "ssh-add -l >/dev/null 2>&1 || echo gone; exit 5"
        let result = try place.run(["shop", script])
        #expect(result.status == .exited(5), "\(result.errorOutput)")
        #expect(
            result.output == (Self.isPossible ? "0\n0 bytes\ngone\n" : "2\ngone\n"),
            "\(result.errorOutput)")
    }

    @Test func `an agent that closes at once is heard of by its programs`() throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(agent: try scene.agent(that: .closing))
        try Self.expect("0 bytes", from: scene.client("end"), place)
    }

    @Test(arguments: [StrangeAgent.Behaviour.deaf, .flooding])
    func `an agent that gets nowhere keeps no run from its end`(
        behaviour: StrangeAgent.Behaviour
    ) throws {
        let scene = try AgentForwardingScene()
        let place = try scene.place(
            ["ForwardAgent \(try scene.agent(that: behaviour))"], agent: nil)
        let result = try place.run(["shop", "ssh-add -l >/dev/null 2>&1 & exit 6"])
        #expect(result.status == .exited(6), "\(result.errorOutput)")
    }

    @Test func `an agent that never answers keeps no run from its end`() throws {
        let scene = try AgentForwardingScene()
        let agent = try SilentAgent(in: scene.folder)
        defer { agent.close() }
        let place = try scene.place(["ForwardAgent \(agent.socket)"], agent: nil)
        let run = try place.start(
            ["shop", "ssh-add -l >/dev/null 2>&1 & cat; exit 6"], input: .pipe)
        // The first to come is ccrun, to see whether there is one.
        if Self.isPossible { try agent.waitForConnection() }
        run.closeInput()
        #expect(try run.waitForExit().status == .exited(6))
    }

    // MARK: - Servers

    @Test(arguments: [["-T"], ["-t"], ["-T", "-e", "A=b"]])
    func `a server that refuses is told of under -v`(options: [String]) throws {
        let scene = try AgentForwardingScene(
            SSHDOptions(configuration: ["AllowAgentForwarding no"]))
        let (agent, _, _) = try scene.agent()
        let place = try scene.place(
            ["ForwardAgent yes", "ServerAliveInterval 1", "ServerAliveCountMax 100"],
            agent: agent.socket)
        // Long enough for a sign of life, whose answer is told from those to the refused requests.
        let result = try place.run(
            options + ["-v", "shop", "[ -z \"$SSH_AUTH_SOCK\" ] && sleep 2; echo ran; exit 3"])
        #expect(result.output.hasPrefix("ran"), "\(result.errorOutput)")
        #expect(result.status == .exited(3), "\(result.errorOutput)")
        let isTold = result.errorOutput.contains("ccrun: the server refuses to forward the agent\n")
        #expect(isTold == Self.isPossible, "\(result.errorOutput)")
    }

    @Test func `channels to the agent that nobody asked for are refused`() throws {
        let opening = Step.message(Payload.open("auth-agent@openssh.com"), toChannel: false)
        let script = Script.program(
            [Step](repeating: opening, count: 20)
                + [.readInput, .exitStatus(7), .eof, .close])
        try withLyingServer(script) { server in
            let scene = try AgentForwardingScene()
            let (agent, _, _) = try scene.agent()
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": agent.socket])
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(7), "\(result.errorOutput)")
            try server.record.waitForEnd()
            let answers = server.record.events().compactMap { event -> UInt8? in
                if case .onOwnChannel(let message) = event { message } else { nil }
            }
            // libssh2 1.10 says nothing to such channels.
            #expect(
                answers
                    == [UInt8](
                        repeating: Message.channelOpenFailure, count: Self.isPossible ? 20 : 0))
        }
    }
}
