import Foundation
import TestServer
import Testing
import Transcripts

/// A server that lies about the end of a command: success is claimed for `exit-status 0` alone.
@Suite struct LyingEndingsTests {
    struct Ending: Sendable, CustomTestStringConvertible {
        let name: String
        let script: Script
        let expected: ExpectedEnd
        var output = ""
        var testDescription: String { name }
    }

    static let endings = [
        Ending(
            name: "close without a status", script: .closeWithoutStatus, expected: .disconnect,
            output: "partial\n"),
        Ending(
            name: "EOF and close without a status", script: .eofAndCloseWithoutStatus,
            expected: .disconnect, output: "partial\n"),
        Ending(
            name: "exit-signal TERM", script: .exitSignal("TERM", message: "bye"),
            expected: .signal("TERM", 15)),
        Ending(
            name: "exit-signal KILL, core dumped", script: .exitSignal("KILL", coreDumped: true),
            expected: .signal("KILL", 9)),
        Ending(
            name: "disconnect", script: .disconnectMidStream(), expected: .disconnect,
            output: "partial\n"),
        Ending(
            name: "end of the connection",
            script: .program([.output("partial\n"), .misbehave(.end)]),
            expected: .disconnect, output: "partial\n"),
        Ending(name: "status 3 and then 0", script: .statusTwice(3, 0), expected: .exit(3)),
        Ending(name: "status 0 and then 4", script: .statusTwice(0, 4), expected: .exit(4)),
        Ending(name: "status 4 and then 5", script: .statusTwice(4, 5), expected: .exit(4)),
        Ending(
            name: "a status after EOF", script: .statusAfterEOF(5), expected: .exit(5),
            output: "whole\n"),
        Ending(
            name: "data after the status", script: .dataAfterExitStatus(6), expected: .exit(6),
            output: "late\n"),
        Ending(
            name: "a status and EOF, and the connection ends without a close",
            script: .program([.output("whole\n"), .exitStatus(7), .eof, .misbehave(.end)]),
            expected: .exit(7), output: "whole\n"),
        Ending(
            name: "a status, and the connection ends before the output has",
            script: .program([.output("partial\n"), .exitStatus(0), .misbehave(.end)]),
            expected: .disconnect, output: "partial\n"),
        Ending(
            name: "a forged status", script: forgery, expected: .disconnect, output: "partial\n"),
        Ending(
            name: "keys renewed on the way",
            script: .program([.output("a\n"), .rekey, .output("b\n"), .exitStatus(0), .eof, .close]
            ),
            expected: .exit(0), output: "a\nb\n"),
    ]

    /// The client's first channel is its number 0.
    static let forgery = Script.program([
        .output("partial\n"),
        .misbehave(
            .forged(
                [98, 0, 0, 0, 0, 0, 0, 0, 11] + Array("exit-status".utf8) + [0, 0, 0, 0, 0])),
    ])

    @Test(arguments: endings)
    func `the status is what the server said, or 255`(ending: Ending) throws {
        try withLyingServer(ending.script) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(ending.expected.shellStatus), "\(result.errorOutput)")
            #expect(result.output == ending.output)
            // What a server says may not reach the terminal as it is.
            #expect(!result.standardError.contains { $0 < 0x20 && $0 != 0x0A })
            try place.expectTranscript(ending.expected)
        }
    }

    @Test func `an exit-signal that claims 4 GiB is no success`() throws {
        try withLyingServer(.oversizedExitSignal) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255), "\(result.errorOutput)")
            #expect(try place.transcript().ending?.status == nil)
        }
    }

    @Test func `a status above 255 is not cut to a small one`() throws {
        try withLyingServer(.honest(status: 256)) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("256"))
        }
    }

    @Test func `an unknown signal's name is no number`() throws {
        try withLyingServer(.exitSignal("\u{1B}[2JNONSENSE")) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255), "\(result.errorOutput)")
            #expect(!result.standardError.contains(0x1B))
        }
    }

    @Test func `a reset in the middle of the output keeps what had come`() throws {
        try withLyingServer(.resetMidStream(after: 100_000)) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"], output: .hashed)
            #expect(result.status == .exited(255))
            #expect(result.outputCount <= 100_000)
            let transcript = try place.expectTranscript(.disconnect)
            #expect(transcript.ending?.received[.standardOutput] == result.outputCount)
        }
    }

    /// Those that break the connection at once; the others are waited for until the time limit.
    private static let sudden: [Misbehaviour] = [
        .end, .reset, .disconnect(reason: 2, text: "no\u{1B}[2Jmore"), .badMAC, .oversizedPacket,
    ]

    @Test(arguments: Phase.allCases, Misbehaviour.samples)
    func `a fault in any phase is 255, and leaves a transcript`(
        phase: Phase, fault: Misbehaviour
    ) throws {
        try withLyingServer(.fault(fault, in: phase)) { server in
            let place = try Workplace(server)
            let mayWait = phase == .afterExec && !Self.sudden.contains(fault)
            let limit = ["--connect-timeout", "600ms", "--timeout", mayWait ? "300ms" : "60s"]
            let result = try place.run(limit + ["-t", "shop", "true"])
            let statuses: [Int32] = mayWait ? [255, 124] : [255]
            #expect(
                statuses.contains { result.status == .exited($0) },
                "\(result.status) \(result.errorOutput)")
            #expect(result.output.isEmpty)
            #expect(!result.standardError.contains { $0 < 0x20 && $0 != 0x0A })
            let transcript = try place.transcript()
            let ends = try #require(transcript.ending)
            #expect(ends.end == .disconnect || ends.end == .timeout)
            #expect(result.status == .exited(Int32(ends.shellStatus)))
        }
    }
}
