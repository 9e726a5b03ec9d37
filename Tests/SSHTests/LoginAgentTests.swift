import Foundation
import Testing

@testable import SSH

@Suite(.enabled(if: KeyTool.isAgentHere && KeyTool.isSSHKeygenHere, "ssh-agent is not here"))
struct LoginAgentTests {
    let scratch: KeyScratch
    let agent: PrivateAgent

    init() throws {
        scratch = try KeyScratch()
        agent = try PrivateAgent(in: scratch)
    }

    private func client() throws -> AgentClient {
        try AgentClient(path: agent.path, deadline: .after(.seconds(30)))
    }

    private func addKey(_ kind: KeyKind, _ options: [String] = []) throws -> PublicKey {
        let name = "\(kind)"
        try agent.add(
            try scratch.makeKey(name, kind.arguments, comment: "the \(kind) key"), options)
        return try #require(PublicKey.parse(file: try scratch.read("\(name).pub")))
    }

    @Test func `an agent without keys lists none`() throws {
        #expect(try client().identities() == [])
    }

    @Test func `keys are listed in the order they were added, with their comments`() throws {
        let keys = try KeyKind.allCases.map { try addKey($0) }
        let client = try client()
        #expect(try client.identities() == keys)
        #expect(try client.identities() == keys)
        #expect(keys.first?.comment == "the ed25519 key")
    }

    @Test(arguments: KeyKind.allCases)
    func `OpenSSH takes the agent's signatures`(kind: KeyKind) throws {
        let key = try addKey(kind)
        let client = try client()
        let message = Array("a message to sign".utf8)
        let data = try SignatureWitness.signedData(for: message)
        for algorithm in kind.algorithms {
            let flags: UInt32 =
                switch algorithm {
                case .rsaSHA256: 2
                case .rsaSHA512: 4
                default: 0
                }
            let signature = try client.sign(data, with: key, flags: flags)
            #expect(signature.algorithm == algorithm.rawValue)
            let isAccepted = try SignatureWitness.accepts(
                signature.signature, algorithm.rawValue, by: key, over: message, in: scratch)
            #expect(isAccepted)
        }
    }

    @Test func `a key that the agent does not hold is refused, and the client goes on`() throws {
        let held = try addKey(.ed25519)
        let path = try scratch.makeKey("other", ["ed25519"])
        let other = try #require(try IdentityFile.load(path: path).publicKey)
        let client = try client()
        let error = #expect(throws: SSHError.self) {
            try client.sign([1, 2, 3], with: other, flags: 0)
        }
        #expect(error?.code == .agent)
        #expect(
            error?.message == "cannot sign with the agent at \"\(agent.path)\": the agent refused")
        #expect(try client.identities() == [held])
    }

    @Test func `a use that has to be confirmed, and is not, is refused`() throws {
        let key = try addKey(.ed25519, ["-c"])
        let client = try client()
        let error = #expect(throws: SSHError.self) {
            try client.sign([1, 2, 3], with: key, flags: 0)
        }
        #expect(error?.underlying == "the agent refused")
    }

    @Test func `a large message is signed whole`() throws {
        let key = try addKey(.ed25519)
        let data = [UInt8](repeating: 7, count: 200 << 10)
        let signature = try client().sign(data, with: key, flags: 0)
        #expect(signature.signature.count == 64)
    }
}
