import TestServer
import Testing

@testable import SSH

/// One remote program on a channel: its start, its streams, its end.
@Suite struct ChannelTests {
    private static let terminal = PseudoTerminal(
        term: "xterm-256color", size: WindowSize(columns: 100, rows: 30),
        modes: [TerminalMode(opcode: 53, value: 0), TerminalMode(opcode: 1, value: 3)])

    // MARK: - Start

    @Test(arguments: [true, false], [true, false])
    func `a program starts the same way, pipelined or one at a time`(
        pipelined: Bool, withTerminal: Bool
    ) throws {
        let script = Script.program([
            .output("out"), .errorOutput("err"), .readInput, .eof, .exitStatus(9), .close,
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel(sendingAhead: pipelined)
            let started = try channel.start(
                Channel.Startup(
                    pseudoTerminal: withTerminal ? Self.terminal : nil,
                    command: "caf\u{e9} 'x'\n", preamble: Array("A=1\n.\n".utf8)),
                pipelined: pipelined, until: .after(generous))
            #expect(started == .init(hasPseudoTerminal: withTerminal, preambleCount: 6))
            #expect(channel.sendEndOfInput())
            let transcript = try channel.readAll()
            #expect(transcript.output == Array("out".utf8))
            #expect(transcript.errorOutput == Array("err".utf8))
            #expect(transcript.facts.exitStatus == 9)
            #expect(transcript.facts.isClosed)
            #expect(channel.hasEnded)
            #expect(server.record.commands() == ["caf\u{e9} 'x'\n"])
            #expect(server.record.input() == Array("A=1\n.\n".utf8))
            let requests = server.record.ptyRequests()
            #expect(requests.map(\.term) == (withTerminal ? ["xterm-256color"] : []))
            #expect(requests.map(\.columns) == (withTerminal ? [100] : []))
            #expect(requests.map(\.rows) == (withTerminal ? [30] : []))
            #expect(requests.map(\.modes) == (withTerminal ? [[53: 0, 1: 3]] : []))
        }
    }

    @Test(arguments: [true, false])
    func `a refused terminal is no error: the program runs without`(pipelined: Bool) throws {
        var script = Script.honest(status: 2, output: "plain")
        script.channel.grantsPTY = false
        try withLyingServer(script) { server in
            let conversation = LoginSessionConversation(
                pipelined: pipelined, pseudoTerminal: Self.terminal)
            let result = try conversation.perform(with: server)
            #expect(result.started.hasPseudoTerminal == false)
            #expect(result.transcript.output == Array("plain".utf8))
            #expect(result.transcript.facts.exitStatus == 2)
        }
    }

    @Test(arguments: [true, false], [true, false])
    func `a refused command is an error`(pipelined: Bool, withTerminal: Bool) throws {
        var script = Script.honest()
        script.channel.grantsExec = false
        script.channel.grantsPTY = !withTerminal
        try withLyingServer(script) { server in
            let conversation = LoginSessionConversation(
                pipelined: pipelined, pseudoTerminal: withTerminal ? Self.terminal : nil,
                preamble: [1, 2, 3])
            let error = conversation.error(with: server)
            #expect(error?.code == .requestRefused)
            #expect(
                error?.message == "cannot run the command at 127.0.0.1: the server refused to")
            #expect(error?.hint?.contains("ForceCommand") == true)
        }
    }

    @Test(arguments: [true, false])
    func `a refused channel is an error with what the library knows`(pipelined: Bool) throws {
        var script = Script.honest()
        script.channel.refusal = (reason: 1, text: "no\u{1b}[2J shells")
        try withLyingServer(script) { server in
            let error = LoginSessionConversation(pipelined: pipelined).error(with: server)
            #expect(error?.code == .channel, "\(error?.message ?? "no error")")
            #expect(error?.attempted == "cannot open a channel at 127.0.0.1")
            #expect(error?.underlying?.contains("\u{1b}") == false)
        }
    }

    @Test(arguments: [0, 1, 10, 4_999, 5_000, 5_001] as [UInt32])
    func `of a preamble goes out what the window allows, and the rest is known`(window: UInt32)
        throws
    {
        var script = Script.program([.readInput, .exitStatus(0), .eof, .close])
        script.channel.window = window
        script.channel.adjustsWindow = false
        try withLyingServer(script) { server in
            let preamble = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
            let channel = try server.channel()
            let started = try channel.start(command: "x", preamble: preamble)
            let expected = min(5_000, Int(window))
            #expect(started.preambleCount == expected)
            channel.session.flush()
            try server.record.waitForInput(count: expected)
            #expect(server.record.input() == Array(preamble.prefix(expected)))
        }
    }

    @Test func `a preamble longer than one packet goes out whole`() throws {
        var script = Script.program([.readInput, .exitStatus(0), .eof, .close])
        script.channel.maximumPacket = 1_000
        try withLyingServer(script) { server in
            var random = TestServer.SeededGenerator(seed: 7)
            let preamble = random.bytes(100_000)
            let channel = try server.channel()
            let started = try channel.start(command: "x", preamble: preamble)
            #expect(started.preambleCount == 100_000)
            channel.session.flush()
            #expect(channel.sendEndOfInput())
            #expect(try channel.readAll().facts.exitStatus == 0)
            #expect(server.record.input() == preamble)
        }
    }

    // MARK: - Input

    @Test func `a window that never opens takes nothing, and the channel still has room`() throws {
        try withLyingServer(.windowNeverOpens) { server in
            let channel = try server.channel()
            let started = try channel.start(command: "x", preamble: [1])
            #expect(started.preambleCount == 0)
            #expect(try channel.write([1, 2, 3]) == 0)
            #expect(channel.hasRoom)
            #expect(channel.sendEndOfInput())
            // The end of the input needs no window.
            #expect(try channel.readAll().facts.exitStatus == 0)
            #expect(server.record.inputCount() == 0)
        }
    }

    @Test func `the end of the input leaves the output open`() throws {
        let script = Script.program([
            .readInput, .output("after the end"), .errorOutput("here too"), .exitStatus(0), .eof,
            .close,
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            try channel.start(command: "x")
            #expect(try channel.write(Array("input".utf8)[...]) == 5)
            #expect(channel.sendEndOfInput())
            let transcript = try channel.readAll()
            #expect(transcript.output == Array("after the end".utf8))
            #expect(transcript.errorOutput == Array("here too".utf8))
            #expect(server.record.input() == Array("input".utf8))
            #expect(server.record.events().contains(.inputEOF))
        }
    }

    @Test func `nothing is nothing to write`() throws {
        try withLyingServer(.windowNeverOpens) { server in
            let channel = try server.channel()
            #expect(try channel.write([]) == 0)
        }
    }

    @Test(arguments: [80, 100_000])
    func `a new size is told`(columns: Int) throws {
        let script = Script.program([
            .awaitRequest("window-change"), .exitStatus(0), .eof, .close,
        ])
        try withLyingServer(script) { server in
            let channel = try server.channel()
            _ = try channel.start(
                .init(pseudoTerminal: Self.terminal, command: "x", preamble: []), pipelined: true,
                until: .after(generous))
            #expect(channel.resize(to: WindowSize(columns: columns, rows: 25)))
            #expect(try channel.readAll().facts.exitStatus == 0)
            #expect(server.record.events().contains(.windowChange(columns: columns, rows: 25)))
        }
    }

    @Test func `forty programs run one after the other on a connection`() throws {
        try withSSHD { server in
            let session = try server.channel().session
            for index in 0..<40 as Range<UInt32> {
                let channel = try Channel(on: session, until: .after(generous))
                try channel.start(command: "printf \(index); exit \(index)")
                let result = try channel.readAll()
                #expect(result.output == Array("\(index)".utf8))
                #expect(result.facts.exitStatus == index)
            }
        }
    }

    // MARK: - Output

    @Test func `both streams come whole, however they are mixed`() throws {
        var random = TestServer.SeededGenerator(seed: 11)
        let (first, second) = (random.bytes(300_000), random.bytes(200_000))
        var steps: [Step] = []
        for index in 0..<10 {
            steps.append(.output(Array(first[(index * 30_000)..<((index + 1) * 30_000)])))
            steps.append(.errorOutput(Array(second[(index * 20_000)..<((index + 1) * 20_000)])))
        }
        try withLyingServer(.program(steps + [.eof, .exitStatus(1), .close])) { server in
            let result = try LoginSessionConversation().perform(with: server)
            #expect(result.transcript.output == first)
            #expect(result.transcript.errorOutput == second)
            #expect(result.transcript.facts.exitStatus == 1)
        }
    }

    @Test func `keys that are exchanged anew do not disturb the streams`() throws {
        let script = Script.program([
            .output("before "), .rekey, .output("after"), .errorOutput("error"), .eof,
            .exitStatus(4), .close,
        ])
        try withLyingServer(script) { server in
            let result = try LoginSessionConversation().perform(with: server)
            #expect(result.transcript.output == Array("before after".utf8))
            #expect(result.transcript.errorOutput == Array("error".utf8))
            #expect(result.transcript.facts.exitStatus == 4)
        }
    }
}
