import Glibc
import TestServer
import Testing

@testable import SSH

/// libssh2 over byte queues: what it may read, and that it may send whatever it likes.
@Suite struct TransportWireTests {
    /// A program that prints and then waits for the end of its input.
    private static let printing = Script.program([
        .output([UInt8](repeating: 0x61, count: 100_000)), .readInput, .exitStatus(0), .eof, .close,
    ])

    /// Waits until that many bytes wait for libssh2.
    private func receive(_ count: Int, on channel: Channel) throws {
        while channel.unreadCount < count {
            try channel.session.turn("cannot wait", until: .after(generous))
        }
    }

    @Test func `libssh2 sends all it has to, whatever the network takes`() throws {
        // Nothing is sent to the network in this test, and nothing of the handshake is missing.
        let scripted = try ScriptedPeer()
        let wire = scripted.session.wire
        #expect(wire.outgoingCount == 0)
        _ = scripted.handshakeError(.zero)
        try scripted.peer.write(Array("SSH-2.0-Test\r\n".utf8))
        #expect(scripted.handshakeError(.seconds(2))?.code == .timeout)
        let sent = String(decoding: try scripted.peer.read(), as: UTF8.self)
        #expect(sent.hasPrefix("SSH-2.0-libssh2_"))
        #expect(sent.contains("curve25519-sha256"))
    }

    @Test func `a frozen server fills our queue up to a mark, and no call blocks`() throws {
        var script = Script.program([.misbehave(.freeze)])
        script.channel.window = 8 << 20
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "cat")
            let chunk = [UInt8](repeating: 7, count: 30_000)
            var total = 0
            while channel.hasRoom {
                let written = try channel.write(chunk[...])
                #expect(written > 0)
                total += written
            }
            #expect(try channel.write(chunk[...]) == 0)
            #expect(channel.session.wire.outgoingCount >= Wire.highWater)
            #expect(total <= Wire.highWater + 64 << 10)
        }
    }

    @Test func `with the gate closed nothing is read, and with it open everything`() throws {
        try withLyingServer(Self.printing) { server in
            let channel = try server.channel()
            try channel.start(command: "print")
            try receive(50_000, on: channel)
            let unread = channel.unreadCount
            let error = channel.session.wire.withGateClosed {
                // What libssh2 took with the answer to the command, in versions that do.
                sshError { while try !channel.readSome(.standardOutput).isEmpty {} }
            }
            #expect(error == nil)
            #expect(channel.unreadCount == unread)
            #expect(try !channel.readSome(.standardOutput).isEmpty)
            #expect(channel.unreadCount < unread)
        }
    }

    @Test(arguments: [1, 100, 16 << 10])
    func `libssh2 takes no more from the network than it is allowed`(allowance: Int) throws {
        try withLyingServer(Self.printing) { server in
            let channel = try server.channel()
            try channel.start(command: "print")
            try receive(50_000, on: channel)
            let unread = channel.unreadCount
            channel.allow(0)
            // What libssh2 took with the answer to the command, in versions that do.
            while try !channel.readSome(.standardOutput).isEmpty {}
            #expect(channel.unreadCount == unread)
            channel.allow(allowance)
            _ = try channel.readSome(.standardOutput)
            // From 1.11 on it is handed a packet's first 16 bytes together, or none of them.
            let left = try #require(channel.session.wire.allowance)
            #expect(left < (Session.libraryVersion.isAtLeast(1, 11) ? 16 : 1))
            #expect(channel.unreadCount == unread - allowance + left)
            channel.allow(nil)
            #expect(channel.session.wire.allowance == nil)
            _ = channel.sendEndOfInput()
            let rest = try channel.readAll()
            #expect(rest.facts.exitStatus == 0)
        }
    }

    @Test func `what came before the end of the network is read first`() throws {
        let script = Script.program([
            .output([UInt8](repeating: 0x62, count: 60_000)), .misbehave(.end),
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "print")
            while !channel.networkHasEnded {
                channel.session.flush()
                var entries = channel.session.pollEntries
                try #require(wait(for: &entries, until: .after(generous)))
                channel.session.transfer(entries[...])
            }
            var received = 0
            while true {
                let count = try channel.readSome(.standardOutput).count
                if count == 0 { break }
                received += count
            }
            #expect(received == 60_000)
            channel.declareNetworkEnd()
            let error = sshError { _ = try channel.readSome(.standardOutput) }
            #expect(error?.code == .connectionLost)
            #expect(error?.underlying == "the server closed the connection")
            #expect(channel.facts.exitStatus == nil)
        }
    }

    /// The sizes of what came, and of the reads that take it.
    @Test(arguments: [(9, 100), (9, 4), (70_000, 64 << 10), (70_000, 1_000)])
    func `what came before a disconnect is there all the same`(count: Int, size: Int) throws {
        var random = TestServer.SeededGenerator(seed: 5)
        let (output, errors) = (random.bytes(count), random.bytes(count / 2))
        let script = Script.program([
            .errorOutput(errors), .output(output),
            .misbehave(.disconnect(reason: 2, text: "bye")),
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "print")
            while !channel.networkHasEnded {
                try channel.session.turn("cannot wait", until: .after(generous))
            }
            channel.declareNetworkEnd()
            // libssh2 sees the disconnect before anything was read.
            let error = sshError { _ = try channel.readSome(.standardOutput) }
            #expect(error?.underlying == "the server disconnected: bye")
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            defer { buffer.deallocate() }
            for (stream, expected) in [
                (Channel.Stream.standardError, errors), (.standardOutput, output),
            ] {
                var received: [UInt8] = []
                while case let read = channel.readRemainder(stream, into: buffer), read > 0 {
                    received += buffer.prefix(read)
                }
                #expect(received == expected)
            }
        }
    }

    @Test func `of garbage behind the output nothing is believed`() throws {
        let script = Script.program([.output("whole"), .misbehave(.garbage(bytes: 4_000))])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "print")
            var received: [UInt8] = []
            var error: SSHError?
            while error == nil {
                error = sshError {
                    received += try channel.readSome(.standardOutput)
                    try channel.session.turn("cannot wait", until: .after(generous))
                }
            }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16)
            defer { buffer.deallocate() }
            received += buffer.prefix(channel.readRemainder(.standardOutput, into: buffer))
            // From 1.11 on libssh2 keeps to itself what came with the garbage.
            #expect(received.isEmpty || received == Array("whole".utf8))
            #expect(channel.readRemainder(.standardError, into: buffer) == 0)
            #expect(channel.facts == ChannelFacts())
        }
    }
}
