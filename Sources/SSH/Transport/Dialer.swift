#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Connects to a name: every address of it, one started each 250 ms while the earlier ones are silent,
/// so that a dead first address costs little (RFC 8305, 5).
package struct Dialer {
    /// RFC 8305's recommended "Connection Attempt Delay".
    static let attemptDelay = Duration.milliseconds(250)

    /// Which addresses are tried, and from where.
    package struct Terms: Sendable {
        /// AF_INET or AF_INET6 where only that is to be used.
        package var family: CInt?
        /// The address here to connect from.
        package var bindAddress: String?

        package init(family: CInt? = nil, bindAddress: String? = nil) {
            self.family = family
            self.bindAddress = bindAddress
        }
    }

    let host: String
    let port: UInt16
    let terms: Terms
    let deadline: Deadline
    let interrupt: Interrupt?

    package init(
        host: String, port: UInt16, terms: Terms = Terms(), deadline: Deadline,
        interrupt: Interrupt?
    ) {
        self.host = host
        self.port = port
        self.terms = terms
        self.deadline = deadline
        self.interrupt = interrupt
    }

    private struct Attempt {
        let descriptor: CInt
        let address: SocketAddress
    }

    /// A connection to the first address that answers; throws `connect`, `timeout` or `interrupted`.
    package func dial() throws(SSHError) -> Transport {
        let local = try terms.bindAddress.map { name throws(SSHError) in
            try NameLookup.addresses(of: name, port: 0, until: deadline, interrupt: interrupt)
        }
        return try dial(try targets(), from: local)
    }

    /// The addresses of the host as numbers, in the order to try them; connects to nothing.
    ///
    /// Throws `nameLookup`, `timeout` or `interrupted`.
    package func addresses() throws(SSHError) -> [String] { try targets().map(\.text) }

    private func targets() throws(SSHError) -> [SocketAddress] {
        let all = try NameLookup.addresses(
            of: host, port: port, until: deadline, interrupt: interrupt)
        let addresses = all.filter { terms.family == nil || $0.family == terms.family }
        guard addresses.isEmpty else { return addresses }
        throw SSHError(
            .nameLookup, "cannot find the address of \"\(cleaned(host.utf8))\"",
            underlying: "none is of the family that AddressFamily asks for",
            hint: "see what \"ssh -G\" says about the host")
    }

    /// `local`: the addresses here, of which one of the same family is to be used.
    func dial(
        _ addresses: [SocketAddress], from local: [SocketAddress]? = nil
    ) throws(SSHError) -> Transport {
        var waiting = addresses[...]
        var attempts: [Attempt] = []
        defer { for attempt in attempts { close(attempt.descriptor) } }
        var failures: [(address: String, reason: String)] = []
        var nextStart = Deadline.after(.zero)
        while true {
            if let address = waiting.first, attempts.isEmpty || nextStart.hasPassed {
                waiting.removeFirst()
                switch start(address, from: local) {
                case .success(let attempt): attempts.append(attempt)
                case .failure(let failure): failures.append((address.text, failure.reason))
                }
                nextStart = .after(Self.attemptDelay)
                continue
            }
            if attempts.isEmpty { throw refused(failures) }
            let pause = waiting.isEmpty ? deadline : deadline.earlier(nextStart)
            for index in try decided(attempts, until: pause).reversed() {
                let attempt = attempts.remove(at: index)
                let error = pendingError(of: attempt.descriptor)
                if error == 0 {
                    return Transport(
                        Socket(descriptor: attempt.descriptor, address: attempt.address.text))
                }
                close(attempt.descriptor)
                failures.append((attempt.address.text, describe(errno: error)))
            }
            if deadline.hasPassed { throw timedOut(attempts.map(\.address.text)) }
        }
    }

    private struct StartFailure: Error {
        let reason: String
    }

    private func start(
        _ address: SocketAddress, from local: [SocketAddress]?
    ) -> Result<Attempt, StartFailure> {
        #if os(Linux)
            let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(address.family, type, 0)
        #else
            let descriptor = socket(address.family, SOCK_STREAM, 0)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #endif
        guard descriptor >= 0 else { return .failure(StartFailure(reason: describe(errno: errno))) }
        if let local {
            let own = local.first { $0.family == address.family }
            if own?.withSocketAddress({ bind(descriptor, $0, $1) }) != 0 {
                let reason = own == nil ? "it is of another family" : describe(errno: errno)
                close(descriptor)
                let name = cleaned((terms.bindAddress ?? "").utf8)
                return .failure(
                    StartFailure(reason: "cannot use the BindAddress \"\(name)\": \(reason)"))
            }
        }
        let result = address.withSocketAddress { connect(descriptor, $0, $1) }
        // EINTR means what EINPROGRESS means: the attempt goes on (connect(2)).
        if result == 0 || errno == EINPROGRESS || errno == EINTR {
            return .success(Attempt(descriptor: descriptor, address: address))
        }
        let reason = describe(errno: errno)
        close(descriptor)
        return .failure(StartFailure(reason: reason))
    }

    /// The indices of the attempts that are decided, one way or the other.
    private func decided(_ attempts: [Attempt], until pause: Deadline) throws(SSHError) -> [Int] {
        var entries = attempts.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
        if let interrupt {
            entries.append(pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0))
        }
        wait(for: &entries, until: pause)
        if interrupt != nil, entries.last?.revents != 0 {
            throw SSHError(.interrupted, "interrupted while connecting to \(place)")
        }
        return attempts.indices.filter { entries[$0].revents != 0 }
    }

    private func pendingError(of descriptor: CInt) -> CInt {
        var error: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    private var place: String { "\"\(cleaned(host.utf8))\" port \(port)" }

    private func refused(_ failures: [(address: String, reason: String)]) -> SSHError {
        var error = SSHError(
            .connect, "cannot connect to \(place)",
            underlying: failures.last?.reason ?? "the name has no address",
            hint: "check that the server runs and the port is right, or pass --port")
        if failures.count > 1 {
            error.details = failures.map { "tried \($0.address): \($0.reason)" }
        }
        return error
    }

    private func timedOut(_ pending: [String]) -> SSHError {
        SSHError(
            .timeout, "cannot connect to \(place)",
            underlying: "no answer from \(pending.joined(separator: ", ")) in time",
            hint: "check the network and the firewall, or allow more with --connect-timeout")
    }
}
