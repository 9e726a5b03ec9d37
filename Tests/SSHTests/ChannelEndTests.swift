import TestServer
import Testing

@testable import SSH

/// How a remote program ended, in all the ways a server may tell it, or not.
@Suite struct ChannelEndTests {
    private static func facts(
        status: UInt32? = nil, signal: String? = nil
    ) -> ChannelFacts {
        var facts = ChannelFacts()
        facts.isClosed = true
        facts.exitStatus = status
        facts.exitSignal = signal
        return facts
    }

    @Test(
        arguments: [
            (.honest(status: 0), facts(status: 0)),
            (.honest(status: 255), facts(status: 255)),
            (.honest(status: 300), facts(status: 300)),
            (.closeWithoutStatus, facts()),
            (.eofAndCloseWithoutStatus, facts()),
            (.exitSignal("KILL"), facts(signal: "KILL")),
            (.exitSignal("TERM", coreDumped: true, message: "x\u{1b}"), facts(signal: "TERM")),
            (.statusTwice(3, 0), facts(status: 3)),
            (.statusAfterEOF(5), facts(status: 5)),
            (.dataAfterExitStatus(6), facts(status: 6)),
        ] as [(Script, ChannelFacts)])
    func `what the server says of the end is what is known`(
        script: Script, facts: ChannelFacts
    ) throws {
        try withLyingServer(script) { server in
            let result = try LoginSessionConversation().perform(with: server)
            #expect(result.transcript.facts == facts)
        }
    }

    @Test func `a signal whose name is too long to be true is known to have come`() throws {
        try withLyingServer(.oversizedExitSignal) { server in
            let channel = try server.channel()
            try channel.start(command: "x")
            // libssh2 gives up on the packet, before or after 1.11 in its own way.
            _ = sshError { _ = try channel.readAll() }
            #expect(channel.facts.exitSignal == "")
            #expect(channel.facts.exitStatus == nil)
        }
    }

    @Test func `output behind the exit status is not lost`() throws {
        try withLyingServer(.dataAfterExitStatus(6)) { server in
            let result = try LoginSessionConversation().perform(with: server)
            #expect(result.transcript.output == Array("late\n".utf8))
        }
    }

    @Test func `what was read of a packet is not read again after a disconnect`() throws {
        var random = TestServer.SeededGenerator(seed: 5)
        let bytes = random.bytes(20_000)
        let script = Script.program([
            // Not before the start is over, which takes from the network what there is.
            .awaitRequest("window-change"), .output(Array(bytes[..<9000])),
            .output(Array(bytes[9000...])),
            .misbehave(.disconnect(reason: 2, text: "bye")),
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "x")
            #expect(channel.resize(to: WindowSize(columns: 80, rows: 24)))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 16)
            defer { buffer.deallocate() }
            var output: [UInt8] = []
            while output.isEmpty {
                if channel.unreadCount == 0 {
                    try channel.session.turn("cannot read", until: .after(generous))
                }
                channel.allow(4 << 10)
                if case .bytes(let count) = try channel.read(.standardOutput, into: buffer) {
                    output += buffer.prefix(count)
                }
            }
            // A write, not a read, is what meets the disconnect.
            channel.allow(nil)
            let error = sshError {
                while try channel.write([1]) >= 0 {
                    if channel.unreadCount > 0 { continue }
                    try channel.session.turn("cannot write", until: .after(generous))
                }
            }
            #expect(error?.code == .connectionLost)
            while true {
                let count = channel.readRemainder(.standardOutput, into: buffer)
                if count == 0 { break }
                output += buffer.prefix(count)
            }
            #expect(output == bytes)
        }
    }

    @Test func `a channel that is closed and dropped ends the connection without waiting`() throws {
        try withLyingServer(.program([.endlessOutput])) { server in
            func runForAWhile() throws {
                let channel = try server.channel()
                try channel.start(command: "yes")
                while try channel.readSome(.standardOutput).isEmpty {
                    try channel.session.turn("cannot read", until: .after(generous))
                }
                channel.close()
                channel.session.disconnect()
            }
            try runForAWhile()
            try server.record.waitForEnd()
        }
    }

    @Test func `OpenSSH's sshd agrees on status, signal and streams`() throws {
        try withSSHD { server in
            let cases: [(String, ChannelFacts)] = [
                ("exit 3", Self.facts(status: 3)), ("kill -TERM $$", Self.facts(signal: "TERM")),
                ("kill -KILL $$", Self.facts(signal: "KILL")), ("exit 0", Self.facts(status: 0)),
            ]
            for (command, facts) in cases {
                let conversation = LoginSessionConversation()
                let result = try conversation.perform(
                    with: server, command: "echo o; echo e >&2; \(command)")
                #expect(result.transcript.facts == facts, "\(command)")
                #expect(result.transcript.output == Array("o\n".utf8))
                #expect(result.transcript.errorOutput == Array("e\n".utf8))
            }
        }
    }
}
