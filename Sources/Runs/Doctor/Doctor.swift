package import Deployments
package import LocalTerminal

internal import SSH

/// Goes the way of a run step by step, and tells how far one gets; changes nothing over there.
package final class Doctor {
    private let host: HostAddress
    private let deployment: Deployment
    private let destination: Destination
    private let options: RunOptions
    private let notices: Notices
    private let signals: SignalPipe
    private let tell: (Finding) -> Void
    private var told: Set<Finding.Step> = []
    /// What a run would have ended with at the first step that fails.
    package private(set) var status: Int32 = 0

    /// `environment` is this process's; `tell` gets each finding as soon as there is one.
    ///
    /// Throws `DeploymentsError` for a host that cannot be.
    package init(
        of deployment: Deployment, options: RunOptions, environment: [String: String],
        notices: Notices, signals: SignalPipe, tell: @escaping (Finding) -> Void
    ) throws(DeploymentsError) {
        host = try deployment.host(named: options.host)
        destination = try Destination(
            host, of: deployment, options: options, environment: environment)
        self.deployment = deployment
        self.options = options
        self.notices = notices
        self.signals = signals
        self.tell = tell
    }

    package var endpoint: Endpoint { destination.endpoint }

    /// Takes all steps; the ones behind a failure that need it are told as not tried.
    package func examine() {
        report(.inventory, .passed, described)
        do throws(SSHError) {
            try lookUp()
            let connection = try connect()
            defer { connection.close() }
            try examine(connection)
        } catch {
            fail(error)
        }
        for step in Finding.Step.allCases where !told.contains(step) { report(step, .untried) }
    }

    private var described: String {
        let source = deployment.position.map { "\($0.file):\($0.line)" } ?? "without an inventory"
        return "\(deployment.name) is \(endpoint.user)@\(endpoint.host) port \(endpoint.port) "
            + "(\(source))"
    }

    // MARK: - The way there

    private func lookUp() throws(SSHError) {
        guard case .direct = endpoint.way else {
            return report(.lookup, .passed, "left to \(otherWay)")
        }
        let dialer = Dialer(
            host: endpoint.host, port: endpoint.port, terms: endpoint.dialTerms,
            deadline: .after(destination.phaseLimit),
            interrupt: Interrupt(descriptor: signals.interruptDescriptor))
        let addresses = try dialer.addresses()
        report(.lookup, .passed, addresses.joined(separator: ", "))
    }

    /// What leads to the host, where that is no connection from here.
    private var otherWay: String {
        let hosts = endpoint.jumpHosts.map(\.alias)
        return hosts.isEmpty
            ? "the ProxyCommand" : "the jump host \(hosts.joined(separator: ", then "))"
    }

    private func connect() throws(SSHError) -> Connection {
        let connector = Connector(destination, notices: notices, signals: signals)
        connector.isExamining = true
        var last = ContinuousClock.now
        connector.reached = { [self] milestone in
            note(milestone, after: last.duration(to: .now))
            last = .now
        }
        do {
            let connection = try connector.connect()
            report(.channel, .passed, "open")
            return connection
        } catch {
            var error = error
            if error.details.isEmpty { error.details = connector.tried.map { "tried \($0)" } }
            throw error
        }
    }

    private func note(_ milestone: Connector.Milestone, after time: Duration) {
        let taken = Self.milliseconds(time)
        switch milestone {
        case .connected(let address?):
            report(.tcp, .passed, "\(address) port \(endpoint.port), in \(taken)")
        case .connected(nil):
            report(.tcp, .passed, "by \(otherWay), in \(taken)")
        case .agreed(let session):
            report(.identification, .passed, session.serverIdentification ?? "?")
            report(
                .algorithms, .passed,
                session.agreedAlgorithms.joined(separator: ", ")
                    + ", in \(taken)")
        case .trusted(let key, let line?):
            report(.hostKey, .passed, "\(key.summary), known from \(line.place)")
        case .trusted(let key, nil):
            report(.hostKey, .passed, "\(key.summary), new; a run would record it")
        case .loggedIn(let tried):
            report(
                .login, .passed, "as \"\(endpoint.user)\", in \(taken)",
                details: tried.map { "tried \($0)" })
        }
    }

    // MARK: - What is there

    private func examine(_ connection: Connection) throws(SSHError) {
        let channel = try connection.channel()
        let request = PseudoTerminal(
            term: "xterm", size: WindowSize(columns: 80, rows: 24), modes: [])
        if try channel.obtain(request, until: connection.phase) {
            report(.terminal, .passed, "granted")
        } else {
            report(
                .terminal, .failed, "the server gives none",
                hint: "check PermitTTY in its sshd_config; without -t a run needs none",
                status: 255)
        }
        let trip = roundTrip(channel)
        channel.close()
        try RemoteExamination(
            of: deployment, at: host, over: connection, options: options, notices: notices,
            signals: signals, tell: { [self] in report($0) }
        ).perform()
        if let trip {
            report(.roundTrip, .passed, Self.milliseconds(trip))
        } else {
            report(.roundTrip, .failed, "the server does not answer", status: 255)
        }
    }

    /// The shortest of some, as nothing is faster than the line.
    private func roundTrip(_ channel: Channel) -> Duration? {
        var best: Duration?
        for _ in 0..<5 {
            let start = ContinuousClock.now
            channel.ping()
            channel.settlePing(until: .after(destination.phaseLimit))
            if channel.pingIsOut { return nil }
            let taken = start.duration(to: .now)
            best = min(best ?? taken, taken)
        }
        return best
    }

    // MARK: - Telling

    /// What has broken off is the first step of the way that was not told of.
    private func fail(_ error: SSHError) {
        if let number = signals.interrupt() {
            status = 128 + number
            return report(firstUntold, .failed, "interrupted", status: 128 + number)
        }
        report(
            firstUntold, .failed, error.message, details: error.details, hint: error.hint,
            status: 255)
    }

    private var firstUntold: Finding.Step {
        Finding.Step.allCases.first { !told.contains($0) } ?? .roundTrip
    }

    private func report(
        _ step: Finding.Step, _ state: Finding.State, _ text: String = "", details: [String] = [],
        hint: String? = nil, status: Int32 = 0
    ) {
        report(Finding(step, state, text, details: details, hint: hint, status: status))
    }

    private func report(_ finding: Finding) {
        told.insert(finding.step)
        if status == 0 { status = finding.status }
        tell(finding)
    }

    static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        if tenths == 0 { return "less than 0.1 ms" }
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
