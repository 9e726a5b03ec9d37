extension Channel {
    /// What a channel is opened for.
    package enum Opening: Sendable, Equatable {
        /// A program (RFC 4254, 6.1).
        case session
        /// A connection from the server to another one (RFC 4254, 7.2).
        case forward(host: String, port: UInt16)

        /// What the request calls it.
        var type: String {
            switch self {
            case .session: "session"
            case .forward: "direct-tcpip"
            }
        }

        /// What the request says beyond what all of them do.
        var message: [UInt8] {
            guard case .forward(let host, let port) = self else { return [] }
            // Who it is for; `ssh -W` says the same, since nobody here has connected to anything.
            var writer = WireWriter()
            writer.string(host.utf8)
            writer.uint32(UInt32(port))
            writer.string("127.0.0.1".utf8)
            writer.uint32(65535)
            return writer.bytes
        }

        func attempted(at address: String) -> String {
            switch self {
            case .session: "cannot open a channel at \(address)"
            case .forward(let host, let port):
                "cannot connect to \"\(cleaned(host.utf8))\" port \(port) through \(address)"
            }
        }

        /// Says why the server has refused it.
        func explain(_ error: inout SSHError, _ wire: Wire) {
            error.code = .channel
            guard case .forward = self else { return }
            error.underlying = wire.openFailureReason ?? error.underlying
            error.hint =
                "check the name and port as seen from there, and AllowTcpForwarding and PermitOpen in "
                + "its sshd_config"
        }
    }
}
