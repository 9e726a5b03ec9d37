/// What a client did, as the server saw it.
package enum ClientEvent: Sendable, Equatable {
    case connected
    case identification(String)
    /// The client's lists of key exchanges and host keys, and its ciphers towards the server.
    case algorithms(keyExchange: [String], hostKeys: [String], ciphers: [String])
    /// Keys were exchanged; more than once when the keys were renewed.
    case keysExchanged(cipher: String, mac: String)
    case service(String)
    case loginAttempt(LoginAttempt)
    /// The answers to keyboard-interactive prompts.
    case answers([String])
    case channelOpened(kind: String)
    case environment(name: String, value: String)
    case pty(PTYRequest)
    case shell
    case exec([UInt8])
    case windowChange(columns: Int, rows: Int)
    case signal(String)
    /// Any other channel or global request.
    case request(String)
    /// A message of this number on a channel that the server has opened, or wanted to.
    case onOwnChannel(UInt8)
    case inputEOF
    case channelClosed
    case disconnect(reason: UInt32, text: String)
    /// The script's fault for this phase came to pass.
    case wronged(in: Phase)
    /// The script's tampering with a message of this number came to pass.
    case tampered(with: UInt8)
    /// The connection is over; the reason is ours, for people to read.
    case ended(String)
}

/// One SSH_MSG_USERAUTH_REQUEST (RFC 4252 §5).
package struct LoginAttempt: Sendable, Equatable, CustomStringConvertible {
    package var user: String
    package var method: String
    /// The public key's algorithm, as the request names it.
    package var algorithm: String?
    package var keyBlob: [UInt8]?
    /// Whether there was a signature, as opposed to the question whether the key would do.
    package var isSigned = false
    /// Whether the signature fits; only looked at for ssh-ed25519.
    package var isSignatureValid: Bool?
    package var password: String?

    package var description: String {
        let key = [algorithm, keyBlob.map(keyFingerprint)].compactMap(\.self)
        let validity = isSignatureValid.map { $0 ? "valid" : "invalid" } ?? "unchecked"
        let signature = isSigned ? ["\(validity) signature"] : []
        return ([user, method] + key + signature).joined(separator: " ")
    }
}

/// A request for a pseudo-terminal (RFC 4254 §6.2).
package struct PTYRequest: Sendable, Equatable {
    package var term: String
    package var columns: Int
    package var rows: Int
    /// By opcode (RFC 4254 §8).
    package var modes: [UInt8: UInt32]
}

/// All that clients did, in order, by connection; a test reads it and waits for more.
package final class ClientRecord: Sendable {
    /// How much of a connection's input is kept; the rest is counted.
    private static let inputLimit = 4 << 20

    private struct Connection {
        var events: [ClientEvent] = []
        var input: [UInt8] = []
        var inputCount = 0
    }

    private let connections = Watched<[Connection]>([])

    /// How many connections there were.
    package var count: Int { connections.withLock(\.count) }

    /// What happened on one connection; 0 is the first, and one that is still to come is empty.
    package func events(_ connection: Int = 0) -> [ClientEvent] {
        connections.withLock { $0.indices.contains(connection) ? $0[connection].events : [] }
    }

    /// The input of the program, up to 4 MiB of it.
    package func input(_ connection: Int = 0) -> [UInt8] {
        connections.withLock { $0.indices.contains(connection) ? $0[connection].input : [] }
    }

    /// How many bytes of input there were.
    package func inputCount(_ connection: Int = 0) -> Int {
        connections.withLock { $0.indices.contains(connection) ? $0[connection].inputCount : 0 }
    }

    // MARK: - Parts of it

    package func loginAttempts(_ connection: Int = 0) -> [LoginAttempt] {
        events(connection).compactMap {
            if case .loginAttempt(let attempt) = $0 { attempt } else { nil }
        }
    }

    /// The commands asked for, as text.
    package func commands(_ connection: Int = 0) -> [String] {
        events(connection).compactMap {
            guard case .exec(let command) = $0 else { return nil }
            return String(decoding: command, as: UTF8.self)
        }
    }

    package func environment(_ connection: Int = 0) -> [String: String] {
        events(connection).reduce(into: [:]) { result, event in
            if case .environment(let name, let value) = event { result[name] = value }
        }
    }

    package func ptyRequests(_ connection: Int = 0) -> [PTYRequest] {
        events(connection).compactMap { if case .pty(let request) = $0 { request } else { nil } }
    }

    // MARK: - Waiting

    /// Waits for an event that `matches`, and returns it.
    @discardableResult
    package func waitFor(
        _ awaited: String, connection: Int = 0, timeout: Duration = .seconds(60),
        _ matches: (ClientEvent) -> Bool
    ) throws -> ClientEvent {
        let found = connections.wait(timeout) { all in
            all.indices.contains(connection) ? all[connection].events.first(where: matches) : nil
        }
        guard let found else { throw missing(awaited, connection, timeout) }
        return found
    }

    /// Waits for this very event.
    package func waitFor(
        _ event: ClientEvent, connection: Int = 0, timeout: Duration = .seconds(60)
    ) throws {
        try waitFor("\(event)", connection: connection, timeout: timeout) { $0 == event }
    }

    /// Waits until a connection is over.
    package func waitForEnd(connection: Int = 0, timeout: Duration = .seconds(60)) throws {
        try waitFor("the connection's end", connection: connection, timeout: timeout) {
            if case .ended = $0 { true } else { false }
        }
    }

    /// Waits until the program was given this many bytes of input.
    package func waitForInput(
        count: Int, connection: Int = 0, timeout: Duration = .seconds(60)
    ) throws {
        let reached = connections.wait(timeout) { all in
            all.indices.contains(connection) && all[connection].inputCount >= count ? true : nil
        }
        guard reached == true else { throw missing("\(count) bytes", connection, timeout) }
    }

    // MARK: - Writing it

    /// Begins a connection, and returns its number.
    func begin() -> Int {
        connections.withLock {
            $0.append(Connection(events: [.connected]))
            return $0.count - 1
        }
    }

    func add(_ event: ClientEvent, to connection: Int) {
        connections.withLock { $0[connection].events.append(event) }
    }

    func add(input: [UInt8], to connection: Int) {
        connections.withLock {
            $0[connection].inputCount += input.count
            let room = Self.inputLimit - $0[connection].input.count
            $0[connection].input += input.prefix(room)
        }
    }

    private func missing(_ awaited: String, _ connection: Int, _ timeout: Duration)
        -> TestServerError
    {
        let seen = events(connection).map { "\($0)" }.joined(separator: "\n")
        return .deadline(awaited, after: timeout, seen: seen)
    }
}
