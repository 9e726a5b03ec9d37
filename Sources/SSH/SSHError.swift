/// What went wrong between here and the server: what was attempted, why it did not work, what to do.
package struct SSHError: Error, Sendable, CustomStringConvertible {
    /// The kinds that callers tell apart; texts are for people only.
    package enum Code: Sendable, Equatable {
        case nameLookup, connect, timeout, interrupted
        case protocolError, algorithms
        case hostKeyUnknown, hostKeyChanged, hostKeyRevoked, knownHosts
        case loginRefused, identity, wrongPassphrase, agent
        case channel, requestRefused, connectionLost, unsupported
        /// The server did not take to requests sent ahead; the same works one at a time.
        case pipeliningRefused
    }

    package var code: Code
    /// Lower case, user values in double quotes: `cannot connect to "app/default" at 10.0.0.7:22`.
    package var attempted: String
    /// The reason as the system, the library or the server gave it, cleaned of control characters.
    package var underlying: String?
    /// Lines that stand between the message and the hint: fingerprints, what was tried.
    package var details: [String]
    package var hint: String?

    package init(
        _ code: Code, _ attempted: String, underlying: String? = nil, details: [String] = [],
        hint: String? = nil
    ) {
        self.code = code
        self.attempted = attempted
        self.underlying = underlying
        self.details = details
        self.hint = hint
    }

    /// The first line of the message.
    package var message: String {
        underlying.map { "\(attempted): \($0)" } ?? attempted
    }

    package var description: String { message }
}
