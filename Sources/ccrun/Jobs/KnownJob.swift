internal import Deployments
internal import History
internal import Transcripts

/// A job that was started from here, as its transcript tells of it.
struct KnownJob {
    let transcript: Transcript
    let name: DeploymentName

    /// Nil where the transcript cannot be read, or names no deployment.
    init?(_ entry: HistoryEntry) {
        guard let transcript = try? Transcript.open(entry.path),
            let name = try? DeploymentName(parsing: entry.target)
        else { return nil }
        self.transcript = transcript
        self.name = name
    }

    var run: String { transcript.header.run.description }

    /// Whether its end was not seen yet, and nobody writes it down at this moment.
    var isOpen: Bool { transcript.state == .interrupted }

    /// The very host that it was started on, and as whom, whatever the inventory says by now.
    var host: HostAddress {
        let header = transcript.header
        return HostAddress(
            user: header.targetUser, name: header.targetHost,
            port: header.targetPort.flatMap { UInt16(exactly: $0) })
    }
}
