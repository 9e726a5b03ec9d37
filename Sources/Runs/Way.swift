internal import Deployments
internal import LocalTerminal
internal import SSH

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The way to a host: straight, through a jump host, or by a program of the user's.
final class Way {
    private let destination: Destination
    private let notices: Notices
    /// What logs in to the last host on the way, where there is one.
    private let jumpHost: Connector?
    /// The session with that one: where the way is taken again, nobody has to log in there twice.
    private var jumpSession: Session?
    /// Whether nothing is to be recorded on the way.
    var isExamining = false {
        didSet { jumpHost?.isExamining = isExamining }
    }

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
    func reach(interrupt: Interrupt) throws(SSHError) -> Transport {
        let endpoint = destination.endpoint
        if let jumpHost { return try pass(through: jumpHost) }
        if case .command(let line) = endpoint.way {
            notices.detail("running the ProxyCommand \"\(line)\"")
            return try Transport(
                proxyCommand: line, address: "\(endpoint.alias) by its ProxyCommand",
                environment: destination.environment)
        }
        for attempt in 1..<max(endpoint.connectionAttempts, 1) {
            do {
                return try dial(interrupt)
            } catch {
                guard error.code == .connect || error.code == .timeout else { throw error }
                notices.detail("attempt \(attempt) of \(endpoint.connectionAttempts): \(error)")
                try pause(interrupt)
            }
        }
        return try dial(interrupt)
    }

    private func dial(_ interrupt: Interrupt) throws(SSHError) -> Transport {
        let endpoint = destination.endpoint
        return try Dialer(
            host: endpoint.host, port: endpoint.port, terms: endpoint.dialTerms,
            deadline: .after(destination.phaseLimit), interrupt: interrupt
        ).dial()
    }

    /// The second between two attempts (ssh_config(5), ConnectionAttempts).
    private func pause(_ interrupt: Interrupt) throws(SSHError) {
        var entries = [pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)]
        let end = Deadline.after(.seconds(1))
        while !end.hasPassed {
            wait(for: &entries, until: end)
            if entries[0].revents == 0 { continue }
            throw SSHError(
                .interrupted, "interrupted while connecting to \"\(destination.endpoint.alias)\"")
        }
    }

    /// A channel of the jump host's that leads to this host.
    private func channel(of jumpHost: Connector) throws(SSHError) -> Channel {
        let endpoint = destination.endpoint
        let opening = Channel.Opening.forward(host: endpoint.host, port: endpoint.port)
        if let session = jumpSession, !session.hasEnded {
            return try Channel(opening, on: session, until: .after(destination.phaseLimit))
        }
        let (channel, _) = try jumpHost.openChannel(opening)
        jumpSession = channel.session
        return channel
    }

    private func pass(through jumpHost: Connector) throws(SSHError) -> Transport {
        let endpoint = destination.endpoint
        let hosts = endpoint.jumpHosts.map(\.alias).joined(separator: ", ")
        do {
            let channel = try channel(of: jumpHost)
            return Transport(
                through: channel, of: endpoint.jumpHosts.last?.alias ?? hosts,
                address: "\(endpoint.host) through \(hosts)")
        } catch {
            var error = error
            if error.code == .channel {
                // The last host is there, and cannot connect to this one.
                error.code = .connect
                error.attempted =
                    "cannot connect to \"\(endpoint.host)\" port \(endpoint.port) through \(hosts)"
            } else {
                error.underlying = error.message
                error.attempted = "cannot connect to \"\(endpoint.alias)\" through \(hosts)"
            }
            throw error
        }
    }
}

extension Endpoint {
    /// What AddressFamily and BindAddress say, for a dial.
    var dialTerms: Dialer.Terms {
        let family: CInt? =
            switch addressFamily {
            case .any: nil
            case .inet: AF_INET
            case .inet6: AF_INET6
            }
        return Dialer.Terms(family: family, bindAddress: bindAddress)
    }

    /// What Ciphers and the like allow.
    var algorithmLimits: AlgorithmLimits {
        AlgorithmLimits(
            keyExchange: algorithms.keyExchange, hostKeys: algorithms.hostKeys,
            ciphers: algorithms.ciphers, codes: algorithms.codes)
    }
}
