/// A connection to an ssh-agent (draft-miller-ssh-agent), which keeps private keys and signs with them.
///
/// Not Sendable: the thread that owns the session owns it.
package final class AgentClient {
    /// OpenSSH's bound for a message (authfd.c, MAX_AGENT_REPLY_LEN).
    static let largestReply = 256 << 10
    /// OpenSSH's bound for the keys an agent may list (authfd.c, MAX_AGENT_IDENTITIES).
    static let mostIdentities = 2048

    /// The draft's message numbers, as far as they are used here.
    private enum Message {
        static let requestIdentities: UInt8 = 11
        static let identitiesAnswer: UInt8 = 12
        static let signRequest: UInt8 = 13
        static let signResponse: UInt8 = 14
        /// SSH_AGENT_FAILURE, and the numbers that old agents had for it.
        static let failures: Set<UInt8> = [5, 30, 102]
    }

    /// A signature as an agent makes it, its algorithm's name apart.
    package struct Signature: Sendable, Equatable {
        /// What the agent says it used: an old one answers `ssh-rsa` whatever the flags were.
        package let algorithm: String
        /// The inner signature, as `PrivateKey.sign` returns it.
        package let signature: [UInt8]
        /// What follows it: the flags and the counter of a security key (PROTOCOL.u2f).
        package var rest: [UInt8] = []

        /// The whole of it, as a request holds it (RFC 4252, 7).
        var blob: [UInt8] {
            var writer = WireWriter()
            writer.string(algorithm.utf8)
            writer.raw(afterName)
            return writer.bytes
        }

        /// All but the name.
        var afterName: [UInt8] {
            var writer = WireWriter()
            writer.string(signature)
            writer.raw(rest)
            return writer.bytes
        }
    }

    /// When every exchange has to be over; may be moved on, since a user may have to confirm a key's use.
    package var deadline: Deadline

    private let path: String
    private let interrupt: Interrupt?
    private let socket: AgentSocket
    /// Set by the first exchange that broke off: what comes after it would answer the wrong question.
    private var isBroken = false

    /// Connects to the agent's socket; throws `agent`, or `interrupted` when the user wants out.
    package init(path: String, deadline: Deadline, interrupt: Interrupt? = nil) throws(SSHError) {
        self.path = path
        self.deadline = deadline
        self.interrupt = interrupt
        do throws(AgentSocket.Problem) {
            socket = try AgentSocket.connected(
                to: path, until: deadline, interrupt: interrupt)
        } catch {
            throw Self.explained(error, "cannot reach the agent at \"\(path)\"")
        }
    }

    /// The public keys that the agent can sign with; those it lists in a form unknown to us are left out.
    package func identities() throws(SSHError) -> [PublicKey] {
        let attempted = "cannot list the keys of the agent at \"\(path)\""
        let garbage = SSHError(.agent, attempted, underlying: "its answer cannot be read")
        var request = WireWriter()
        request.byte(Message.requestIdentities)
        var answer = WireReader(try exchange(request.bytes, attempted))
        guard answer.readByte() == Message.identitiesAnswer, let count = answer.readUInt32() else {
            throw garbage
        }
        guard count <= Self.mostIdentities else {
            throw SSHError(.agent, attempted, underlying: "it lists \(count) keys")
        }
        var keys: [PublicKey] = []
        for _ in 0..<count {
            guard let blob = answer.readString(), let comment = answer.readString() else {
                throw garbage
            }
            let text = String(decoding: comment, as: UTF8.self)
            if let key = PublicKey(blob: blob, comment: text) { keys.append(key) }
        }
        guard answer.isAtEnd else { throw garbage }
        return keys
    }

    /// Signs data with a key of the agent's.
    ///
    /// The flags 2 and 4 ask an RSA key for SHA-256 and SHA-512 (its signature flags); other keys have none.
    /// Throws `agent`, or `interrupted` when the user wants out.
    package func sign(
        _ data: [UInt8], with key: PublicKey, flags: UInt32
    ) throws(SSHError) -> Signature {
        let attempted = "cannot sign with the agent at \"\(path)\""
        let garbage = SSHError(.agent, attempted, underlying: "its answer cannot be read")
        var request = WireWriter()
        request.byte(Message.signRequest)
        request.string(key.blob)
        request.string(data)
        request.uint32(flags)
        var answer = WireReader(try exchange(request.bytes, attempted))
        guard answer.readByte() == Message.signResponse, let blob = answer.readString(),
            answer.isAtEnd
        else { throw garbage }
        var signature = WireReader(blob)
        guard let algorithm = signature.readName(), let bytes = signature.readString(),
            !bytes.isEmpty
        else { throw garbage }
        // A flag and a counter of four bytes; other keys have neither.
        let isSecurityKey = LoginAlgorithms.needsTouch(algorithm)
        guard let rest = signature.readBytes(isSecurityKey ? 5 : 0), signature.isAtEnd else {
            throw garbage
        }
        return Signature(algorithm: algorithm, signature: bytes, rest: rest)
    }

    /// Sends one message and returns the answer, its type in the first byte; a failure is thrown.
    private func exchange(_ message: [UInt8], _ attempted: String) throws(SSHError) -> [UInt8] {
        guard !isBroken else {
            throw SSHError(.agent, attempted, underlying: "an earlier exchange broke off")
        }
        let answer: [UInt8]
        do throws(AgentSocket.Problem) {
            isBroken = true
            answer = try answerToMessage(message)
            isBroken = false
        } catch {
            throw Self.explained(error, attempted)
        }
        guard let type = answer.first, !Message.failures.contains(type) else {
            throw SSHError(.agent, attempted, underlying: "the agent refused")
        }
        return answer
    }

    private func answerToMessage(_ message: [UInt8]) throws(AgentSocket.Problem) -> [UInt8] {
        var framed = WireWriter()
        framed.string(message)
        try socket.sendAll(framed.bytes, until: deadline, interrupt: interrupt)
        var header = WireReader(
            try socket.receive(exactly: 4, until: deadline, interrupt: interrupt))
        guard let count = header.readUInt32(), (1...Self.largestReply).contains(Int(count)) else {
            throw .other("its answer has an impossible length")
        }
        return try socket.receive(exactly: Int(count), until: deadline, interrupt: interrupt)
    }

    private static func explained(_ problem: AgentSocket.Problem, _ attempted: String) -> SSHError {
        switch problem {
        case .interrupted: SSHError(.interrupted, attempted, underlying: "interrupted")
        case .other(let reason): SSHError(.agent, attempted, underlying: reason)
        }
    }
}
