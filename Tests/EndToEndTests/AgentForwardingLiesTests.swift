import Foundation
import TestServer
import Testing

/// Servers that were asked to open channels to the agent, and abuse that.
@Suite struct AgentForwardingLiesTests {
    /// What a server may do with channels that it was asked to open; 1 is the first one's number here.
    static let lies: [(name: String, messages: [[UInt8]], times: Int, StrangeAgent.Behaviour)] = [
        ("a thousand channels", [open()], 1000, .echo),
        (
            "a thousand that are closed at once",
            [open(), Payload.channel(Message.channelClose, 1)], 1000, .echo
        ),
        ("windows and packets of nothing", [open(window: 0, packet: 0), data], 10, .flooding),
        ("windows of 4 GiB", [open(window: .max, packet: .max), data], 10, .flooding),
        (
            "a window that overflows", [open(window: .max), Payload.adjust(.max, channel: 1)], 10,
            .flooding
        ),
        ("data behind the end", [open(), Payload.channel(Message.channelEOF, 1), data], 10, .echo),
        (
            "data behind the close", [open(), Payload.channel(Message.channelClose, 1), data], 10,
            .closing
        ),
        ("more than the window", [open()] + [[UInt8]](repeating: data, count: 100), 1, .flooding),
        ("a status", [open(), Payload.exitStatus(0, channel: 1)], 1, .echo),
        (
            "another stream",
            [open(), Payload.request("x", channel: 1, wantsReply: true)]
                + [WireWriter(Message.channelExtendedData).uint32(1).uint32(1).string("x").bytes],
            10, .echo
        ),
        ("a channel that is cut", [Array(open().dropLast(6))], 1, .closing),
    ]

    private static func open(window: UInt32 = 1 << 20, packet: UInt32 = 32_768) -> [UInt8] {
        Payload.open("auth-agent@openssh.com", window: window, packet: packet)
    }

    private static let data = Payload.data([UInt8](repeating: 0x3F, count: 30_000), channel: 1)

    @Test(arguments: lies.map(\.name))
    func `a server that lies about its channels neither stops nor betrays a run`(
        name: String
    ) throws {
        let lie = try #require(Self.lies.first { $0.name == name })
        let steps = (0..<lie.times).flatMap { _ in
            lie.messages.map { Step.message($0, toChannel: false) }
        }
        var script = Script.program(
            [.output("partial\n")] + steps + [.exitStatus(7), .eof, .close])
        script.channel.grantsAgent = true
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            try place.folder.write("Host *\n  ForwardAgent $AGENT\n", to: ".ssh/config")
            let agent = try StrangeAgent(lie.3, in: server.folder)
            defer { agent.stop() }
            let result = try place.run(
                ["--timeout", "60s", "shop", "true"], environment: ["AGENT": agent.socket])
            // Over a message that is cut libssh2 fails, unless it was looking for something else.
            let sound: [Int32] = name.hasSuffix("cut") ? [7, 255] : [7]
            #expect(sound.contains { result.status == .exited($0) }, "\(result.errorOutput)")
            #expect(result.output == "partial\n")
        }
    }

    /// The answer to the second request comes behind those to the terminal and the command, or never.
    @Test(arguments: ["-T", "-t"], [[Step](), [.readInput]])
    func `a server that refuses is asked twice, and no answer is taken for another's`(
        terminal: String, steps: [Step]
    ) throws {
        let script = Script.program([.output("out\n")] + steps + [.exitStatus(7), .eof, .close])
        try withLyingServer(script) { server in
            let agent = try StrangeAgent(.echo, in: server.folder)
            defer { agent.stop() }
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": agent.socket])
            try place.folder.write("Host *\n  ForwardAgent yes\n", to: ".ssh/config")
            let result = try place.run([terminal, "shop", "true"], input: .bytes([4]))
            #expect(result.status == .exited(7), "\(result.errorOutput)")
            #expect(result.output == "out\n")
            #expect(result.errorOutput.hasSuffix("exited with status 7\n"))
            #expect(server.record.ptyRequests().count == (terminal == "-t" ? 1 : 0))
            let names = server.record.events().compactMap { event -> String? in
                guard case .request(let name) = event else { return nil }
                return name.hasPrefix("auth-agent") ? name : nil
            }
            let expected = ["auth-agent-req@openssh.com", "auth-agent-req"]
            // Where the program ends at once, nobody may read the second.
            #expect(
                names.isEmpty != AgentForwardingScene.isPossible
                    && expected.starts(with: names)
                    && (steps.isEmpty || names.count != 1), "\(names)")
        }
    }
}
