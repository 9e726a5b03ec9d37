internal import LocalTerminal
internal import SSH
internal import Transcripts

/// The connections of a release, one a host.
final class ReleaseHosts {
    private let plan: PlannedRelease
    private let notices: Notices
    private let signals: SignalPipe
    private var connections: [Connection?]
    /// What was found out about the primary on the way there.
    private(set) var discoveries = Connector.Discoveries()

    init(_ plan: PlannedRelease, notices: Notices, signals: SignalPipe) {
        self.plan = plan
        self.notices = notices
        self.signals = signals
        connections = plan.destinations.map { _ in nil }
    }

    /// Connects to every host, so that none turns out to be out of reach between two steps.
    func connectAll() throws(SSHError) {
        for index in connections.indices { _ = try connection(index) }
    }

    func primary() throws(SSHError) -> Connection { try connection(0) }

    /// A command that is about to run on a host.
    ///
    /// A connection that was lost while another host had its turn is opened anew: nothing was running
    /// on it.
    func execution(
        of command: PlannedCommand, on index: Int, recorder: Recorder
    ) throws(SSHError) -> Execution {
        do {
            return try execution(of: command, on: try connection(index), recorder)
        } catch {
            guard error.code == .connectionLost, index > 0 else { throw error }
            notices.detail("the connection to \(plan.destinations[index].host) was lost; again")
            connections[index] = nil
            return try execution(of: command, on: try connection(index), recorder)
        }
    }

    func close() {
        for connection in connections { connection?.close() }
    }

    private func execution(
        of command: PlannedCommand, on connection: Connection, _ recorder: Recorder
    ) throws(SSHError) -> Execution {
        try Execution(
            command, on: connection, recorder: recorder, signals: signals, notices: notices)
    }

    private func connection(_ index: Int) throws(SSHError) -> Connection {
        if let connection = connections[index] { return connection }
        let connector = Connector(
            plan.destinations[index].destination, notices: notices, signals: signals)
        defer { if index == 0 { discoveries = connector.discoveries } }
        let connection = try connector.connect()
        connections[index] = connection
        return connection
    }
}
