import Foundation
import Testing

@testable import SSH

@Suite struct LoginLyingAgentTests {
    let scratch: KeyScratch

    init() throws {
        scratch = try KeyScratch()
    }

    private func client(
        _ agent: LyingAgent, within time: Duration = .seconds(30)
    ) throws -> AgentClient {
        try AgentClient(path: agent.path, deadline: .after(time))
    }

    private func framed(_ message: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.string(message)
        return writer.bytes
    }

    /// A right answer with two keys, and one more of a kind that nobody knows.
    private func identitiesAnswer() throws -> (bytes: [UInt8], keys: [PublicKey]) {
        let keys = try [SampleKey.ed25519(1), SampleKey.rsa(2)].map {
            try #require(PublicKey(blob: $0.blob, comment: "red\u{1B}[31m key"))
        }
        var message = WireWriter()
        message.byte(12)
        message.uint32(3)
        for blob in keys.map(\.blob) + [[0, 0, 0, 1]] {
            message.string(blob)
            message.string("red\u{1B}[31m key".utf8)
        }
        return (framed(message.bytes), keys)
    }

    @Test(arguments: [1, 3, 1000])
    func `an answer is read in whatever pieces it comes`(size: Int) throws {
        let (bytes, keys) = try identitiesAnswer()
        let agent = try LyingAgent(in: scratch, .bytes(bytes, pieces: size))
        #expect(try client(agent).identities() == keys)
        #expect(keys.first?.comment == "red[31m key")
    }

    @Test func `an answer cut anywhere is an error, and ends the conversation`() throws {
        let (bytes, _) = try identitiesAnswer()
        for count in stride(from: 0, to: bytes.count, by: 5) {
            let scratch = try KeyScratch()
            let agent = try LyingAgent(in: scratch, .bytes(Array(bytes[..<count]), pieces: 1000))
            let client = try client(agent)
            let error = #expect(throws: SSHError.self) { try client.identities() }
            #expect(error?.code == .agent)
            #expect(error?.underlying == "it closed the connection", "cut at \(count)")
            let next = #expect(throws: SSHError.self) { try client.identities() }
            #expect(next?.underlying == "an earlier exchange broke off")
        }
    }

    @Test func `a message cut inside its frame is an error`() throws {
        let (bytes, _) = try identitiesAnswer()
        for count in stride(from: 1, to: bytes.count - 4, by: 7) {
            let scratch = try KeyScratch()
            let message = framed(Array(bytes.dropFirst(4).prefix(count)))
            let agent = try LyingAgent(in: scratch, .bytes(message, pieces: 1000))
            let error = #expect(throws: SSHError.self) { try client(agent).identities() }
            #expect(error?.underlying == "its answer cannot be read", "cut at \(count)")
        }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0], "its answer has an impossible length"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 12], "its answer has an impossible length"),
            ([0, 4, 0, 1, 12], "its answer has an impossible length"),
            ([0, 0, 0, 1, 12], "its answer cannot be read"),
            ([0, 0, 0, 5, 12, 0, 0, 8, 1], "it lists 2049 keys"),
            ([0, 0, 0, 5, 12, 0, 0, 0, 1], "its answer cannot be read"),
            ([0, 0, 0, 6, 12, 0, 0, 0, 0, 0], "its answer cannot be read"),
            ([0, 0, 0, 5, 14, 0, 0, 0, 0], "its answer cannot be read"),
            ([0, 0, 0, 1, 5], "the agent refused"),
            ([0, 0, 0, 1, 30], "the agent refused"),
            ([0, 0, 0, 1, 102], "the agent refused"),
        ] as [([UInt8], String)])
    func `a wrong answer is told for what it is`(bytes: [UInt8], reason: String) throws {
        let agent = try LyingAgent(in: scratch, .bytes(bytes, pieces: 1000))
        let error = #expect(throws: SSHError.self) { try client(agent).identities() }
        #expect(error?.code == .agent)
        #expect(error?.underlying == reason)
    }

    @Test(
        arguments: [
            [], [0, 0, 0, 0], [0, 0, 0, 3, 1, 2, 3], [0, 0, 0, 1, 0x41, 0, 0, 0, 0],
            [0, 0, 0, 1, 0x41, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 0x0A, 0, 0, 0, 1, 1],
            [0xFF, 0xFF, 0xFF, 0xFF, 0x41],
        ] as [[UInt8]])
    func `a signature that is none is an error`(blob: [UInt8]) throws {
        var message = WireWriter()
        message.byte(14)
        message.string(blob)
        let agent = try LyingAgent(in: scratch, .bytes(framed(message.bytes), pieces: 1000))
        let key = try #require(PublicKey(blob: try SampleKey.ed25519(1).blob))
        let error = #expect(throws: SSHError.self) {
            try client(agent).sign([1], with: key, flags: 0)
        }
        #expect(error?.underlying == "its answer cannot be read")
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `noise does no harm`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let noise = (0..<Int.random(in: 1..<300, using: &numbers)).map { _ in
            UInt8.random(in: .min ... .max, using: &numbers)
        }
        let agent = try LyingAgent(
            in: scratch, .bytes(framed([12, 0, 0, 0, 2] + noise), pieces: 64))
        let error = #expect(throws: SSHError.self) { try client(agent).identities() }
        #expect(error?.code == .agent, "seed \(seed)")
    }

    @Test(arguments: [[], [0, 0], [0, 0, 0, 5, 12]] as [[UInt8]])
    func `an agent that falls silent costs no more than the deadline`(bytes: [UInt8]) throws {
        let agent = try LyingAgent(in: scratch, .stall(after: bytes))
        let error = #expect(throws: SSHError.self) {
            try client(agent, within: .milliseconds(100)).identities()
        }
        #expect(error?.code == .agent)
        #expect(error?.underlying == "no answer in time")
    }

    @Test func `an agent that lets nobody in costs no more than the deadline`() throws {
        let agent = try LyingAgent(in: scratch, .deaf)
        var waiting: [AgentClient] = []
        let error = #expect(throws: SSHError.self) {
            // The queue of a socket that was to have none still takes one or two.
            for _ in 0..<10 { waiting.append(try client(agent, within: .milliseconds(100))) }
        }
        #expect(
            error?.message
                == "cannot reach the agent at \"\(agent.path)\": no answer in time")
    }

    @Test func `the user can leave while the agent is silent`() throws {
        let agent = try LyingAgent(in: scratch, .stall(after: []))
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: [2])
        let client = try AgentClient(
            path: agent.path, deadline: .never,
            interrupt: Interrupt(descriptor: pipe.fileHandleForReading.fileDescriptor))
        let error = #expect(throws: SSHError.self) { try client.identities() }
        #expect(error?.code == .interrupted)
    }

    @Test func `an agent that hangs up at once is told`() throws {
        let agent = try LyingAgent(in: scratch, .closed)
        let error = #expect(throws: SSHError.self) { try client(agent).identities() }
        #expect(error?.code == .agent)
    }

    @Test func `a socket that is not there, and a file that is none, are told`() throws {
        let missing = #expect(throws: SSHError.self) {
            try AgentClient(path: scratch.file("none"), deadline: .never)
        }
        #expect(
            missing?.message == "cannot reach the agent at \"\(scratch.file("none"))\": "
                + "no such file or directory")
        let file = try scratch.write("", to: "file")
        let refused = #expect(throws: SSHError.self) {
            try AgentClient(path: file, deadline: .never)
        }
        #expect(refused?.underlying == "connection refused")
        let long = #expect(throws: SSHError.self) {
            try AgentClient(
                path: "/" + String(repeating: "x", count: 200), deadline: .never)
        }
        #expect(long?.underlying == "the path is longer than a socket's may be")
    }
}
