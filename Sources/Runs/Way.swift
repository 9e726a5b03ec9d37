internal import Deployments
internal import LocalTerminal
internal import SSH

/// The way to a host: straight, through a jump host, or by a program of the user's.
final class Way {
    private let destination: Destination
    private let notices: Notices
    /// What logs in to the last host on the way, where there is one.
    private let jumpHost: Connector?

    init(to destination: Destination, notices: Notices, signals: SignalPipe) {
        self.destination = destination
        self.notices = notices
        jumpHost = destination.jumpHost.map {
            Connector($0, notices: notices, signals: signals)
        }
    }

    /// A connection that no session speaks on yet.
    ///
    /// Throws what a dial throws, and for a jump host whatever connecting to that one throws, with the
    /// host that could not be reached because of it.
    func reach(until deadline: Deadline, interrupt: Interrupt) throws(SSHError) -> Transport {
        let endpoint = destination.endpoint
        if let jumpHost { return try pass(through: jumpHost) }
        if case .command(let line) = endpoint.way {
            notices.detail("running the ProxyCommand \"\(line)\"")
            return try Transport(
                proxyCommand: line, address: "\(endpoint.alias) by its ProxyCommand",
                environment: destination.environment)
        }
        return try Dialer(
            host: endpoint.host, port: endpoint.port, deadline: deadline, interrupt: interrupt
        ).dial()
    }

    private func pass(through jumpHost: Connector) throws(SSHError) -> Transport {
        let endpoint = destination.endpoint
        let hosts = endpoint.jumpHosts.map(\.alias).joined(separator: ", ")
        do {
            let opening = Channel.Opening.forward(host: endpoint.host, port: endpoint.port)
            let (channel, _) = try jumpHost.openChannel(opening)
            return Transport(through: channel, address: "\(endpoint.host) through \(hosts)")
        } catch {
            // The refusal of the forward names both hosts already.
            guard error.code != .channel else { throw error }
            var error = error
            error.underlying = error.message
            error.attempted =
                "cannot connect to \"\(endpoint.alias)\" through \(hosts)"
            throw error
        }
    }
}
