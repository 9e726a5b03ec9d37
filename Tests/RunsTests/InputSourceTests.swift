import Glibc
import SSH
import TestServer
import Testing

@testable import Runs

/// Local stdin on its way to a remote program.
@Suite struct InputSourceTests {
    private static let limit = Duration.seconds(90)

    /// A program that reads its input to the end, then exits with 0.
    private static let reading = Script.program([.readInput, .exitStatus(0), .eof, .close])

    /// A started program at a server.
    private static func channel(_ server: LyingServer) throws -> Channel {
        let port = UInt16(clamping: server.port)
        let deadline = Deadline.after(limit)
        let transport = try Dialer(
            host: "127.0.0.1", port: port, deadline: deadline, interrupt: nil
        ).dial()
        let session = try Session(over: transport, interrupt: nil)
        try session.handshake(preferringKeyTypes: [], allowsLegacy: false, until: deadline)
        _ = try session.verifyHostKey(
            against: KnownHosts(files: [server.knownHostsFile]), name: "127.0.0.1", port: port,
            policy: .refuse, recordingIn: nil)
        let keys = LoginKeys(
            agentSocket: nil, identityFiles: [server.identityFile], identitiesOnly: true
        ) { _ in nil }
        try Login(session: session, user: server.user, keys: keys, deadline: deadline)
            .perform(sendingAhead: true)
        let channel = try Channel(on: session, until: deadline)
        let startup = Channel.Startup(pseudoTerminal: nil, command: "cat", preamble: [])
        _ = try channel.start(startup, pipelined: true, until: deadline)
        return channel
    }

    /// Moves input until the program has ended.
    private static func relay(_ source: InputSource, _ channel: Channel) throws {
        let deadline = Deadline.after(limit)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 16)
        defer { buffer.deallocate() }
        while channel.facts.exitStatus == nil {
            try source.send(to: channel)
            channel.session.flush()
            var entries = [source.pollEntry(channel) ?? pollfd(fd: -1, events: 0, revents: 0)]
            entries += channel.session.pollEntries
            try #require(wait(for: &entries, until: deadline))
            channel.session.transfer(entries[1...])
            if entries[0].revents != 0, let typed = source.read() { _ = source.noteRead(typed) }
            _ = try channel.read(.standardOutput, into: buffer)
        }
    }

    private static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [CInt] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    @Test func `bytes of ours go first, then stdin, then the end`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let (reader, writer) = try Self.pipe()
            var observed: [UInt8] = []
            let source = InputSource(
                reader.rawValue, ahead: Array("ahead,".utf8), isHeld: false
            ) { observed += $0 }
            try writer.write(Array("stdin".utf8))
            writer.close()
            try Self.relay(source, channel)
            #expect(server.record.input() == Array("ahead,stdin".utf8))
            #expect(observed == Array("stdin".utf8))
        }
    }

    @Test func `a file of any size arrives whole, through a small window`() throws {
        var script = Self.reading
        script.channel.window = 10_000
        try withLyingServer(script) { server in
            let channel = try Self.channel(server)
            var random = SeededGenerator(seed: 3)
            let bytes = random.bytes(700_000)
            let file = open(try server.folder.write(bytes, to: "input"), O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            let source = InputSource(file, ahead: [], isHeld: false) { _ in }
            try Self.relay(source, channel)
            #expect(server.record.input() == bytes)
        }
    }

    @Test func `without stdin there is only what goes ahead, and the end`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let source = InputSource(nil, ahead: Array("x".utf8), isHeld: false) { _ in }
            #expect(source.pollEntry(channel) == nil)
            try Self.relay(source, channel)
            #expect(server.record.input() == Array("x".utf8))
        }
    }

    @Test func `what is held is not read, and not ended`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let (reader, writer) = try Self.pipe()
            try writer.write(Array("later".utf8))
            writer.close()
            let source = InputSource(reader.rawValue, ahead: Array("a".utf8), isHeld: true) { _ in }
            #expect(source.pollEntry(channel) == nil)
            try source.send(to: channel)
            try server.record.waitFor("the command") { if case .exec = $0 { true } else { false } }
            #expect(server.record.inputCount() == 0)
            #expect(!server.record.events().contains(.inputEOF))
            source.isHeld = false
            try Self.relay(source, channel)
            #expect(server.record.input() == Array("alater".utf8))
        }
    }

    @Test func `what is inserted goes behind what was read`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let (reader, writer) = try Self.pipe()
            let source = InputSource(reader.rawValue, ahead: [], isHeld: false) { _ in }
            try writer.write(Array("typed,".utf8))
            #expect(source.read().map(Array.init) == Array("typed,".utf8))
            Array("inserted,".utf8).withUnsafeBytes { source.insert($0) }
            #expect(source.pollEntry(channel) == nil)
            try writer.write(Array("typed".utf8))
            writer.close()
            try Self.relay(source, channel)
            #expect(server.record.input() == Array("typed,inserted,typed".utf8))
        }
    }

    @Test func `commands to ccrun are taken out of what was read`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let (reader, writer) = try Self.pipe()
            let source = InputSource(reader.rawValue, ahead: [], isHeld: false) { _ in }
            source.escapes = EscapeFilter(UInt8(ascii: "~"))
            try writer.write(Array("~".utf8))
            #expect(source.read() == nil)
            // One byte makes two.
            try writer.write(Array("x".utf8))
            #expect(source.read().map(Array.init) == Array("~x".utf8))
            try source.send(to: channel)
            try writer.write(Array("\r~?y".utf8))
            #expect(source.read().map(Array.init) == Array("\ry".utf8))
            #expect(source.takeCommands() == [.help])
            writer.close()
            try Self.relay(source, channel)
            #expect(server.record.input() == Array("~x\ry".utf8))
        }
    }

    @Test func `stdin is left alone while the window is closed`() throws {
        try withLyingServer(.windowNeverOpens) { server in
            let channel = try Self.channel(server)
            let (reader, writer) = try Self.pipe()
            try writer.write(Array("first".utf8))
            let source = InputSource(reader.rawValue, ahead: [], isHeld: false) { _ in }
            #expect(source.pollEntry(channel) != nil)
            #expect(source.read().map(Array.init) == Array("first".utf8))
            try source.send(to: channel)
            // What was read waits; nothing more is taken from whoever has stdin after us.
            #expect(source.pollEntry(channel) == nil)
            #expect(server.record.inputCount() == 0)
        }
    }

    @Test func `a stdin that cannot be read is at its end`() throws {
        try withLyingServer(Self.reading) { server in
            let channel = try Self.channel(server)
            let source = InputSource(-1, ahead: [], isHeld: false) { _ in }
            #expect(source.read() == nil)
            try Self.relay(source, channel)
            #expect(server.record.inputCount() == 0)
            #expect(server.record.events().contains(.inputEOF))
        }
    }
}
