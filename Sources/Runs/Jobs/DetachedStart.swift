package import LocalTerminal
package import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import SSH

/// Starts a job, and leaves a transcript that has a header and no end yet.
package final class DetachedStart {
    /// How the start went.
    package struct Report: Sendable {
        package let plan: DetachedPlan
        /// Status 0 says that the host has told of the started job.
        package let outcome: Outcome
        package let started: Timestamp
        package let duration: Duration
        /// The transcript's path, or nil when there is none.
        package let transcript: String?
    }

    /// How long the host may take to read the environment and a script, and to start the job.
    private static let patience = Duration.seconds(120)

    private let plan: DetachedPlan
    private let notices: Notices
    private let signals: SignalPipe
    private let record: RunRecord
    /// Whether there is a job, as far as can be known here.
    private var mayBeRunning = false

    package init(_ plan: DetachedPlan, notices: Notices, signals: SignalPipe) {
        self.plan = plan
        self.notices = notices
        self.signals = signals
        record = RunRecord(plan.options, stateFolder: plan.stateFolder, notices: notices) {
            TranscriptHeader(plan, started: $0)
        }
    }

    /// Starts the job, and explains what went wrong; never throws.
    package func execute() -> Report {
        let outcome: Outcome
        do {
            outcome = try converse()
        } catch {
            outcome = Outcome(explaining: error, notices, signals)
        }
        record.begin()
        let transcript = record.path
        // Before anybody learns of the job: its transcript is free for whoever sees its end.
        if mayBeRunning { record.leave() } else { record.finish(outcome.ending) }
        return Report(
            plan: plan, outcome: outcome, started: record.started, duration: record.duration,
            transcript: transcript)
    }

    private func converse() throws(SSHError) -> Outcome {
        let connection = try connect()
        defer { connection.close() }
        record.header.isDetached = true
        if let refusal = record.refusal() { return refusal }
        record.begin()
        let (channel, input) = try start(over: connection)
        let output = CommandOutput(
            to: [.standardError: OutputSink(STDERR_FILENO)], recorder: .silent)
        var said: [UInt8] = []
        output.observe = { bytes, stream in
            if stream == .standardOutput { said += bytes }
        }
        let end = Relay(channel, input: input, output: output, signals: signals)
            .run(until: .after(Self.patience))
        return outcome(of: end, channel.facts, RemoteJob.Started(parsing: said))
    }

    private func start(over connection: Connection) throws(SSHError) -> (Channel, InputSource) {
        let channel = try connection.channel()
        let remote = plan.remote
        mayBeRunning = true
        do {
            let start = try channel.start(
                Channel.Startup(
                    pseudoTerminal: nil, command: remote.execLine, preamble: remote.preamble),
                pipelined: connection.isPipelining, until: connection.phase)
            let input = InputSource(
                nil, ahead: Array(remote.preamble.dropFirst(start.preambleCount)), isHeld: false,
                observe: { _ in })
            return (channel, input)
        } catch {
            mayBeRunning = error.code != .requestRefused
            throw error
        }
    }

    private func outcome(
        of end: Relay.End, _ facts: ChannelFacts, _ started: RemoteJob.Started?
    ) -> Outcome {
        if let started, started.run == plan.run.description {
            return Outcome(.remote, status: 0)
        }
        let rest = "whether the job was started is not known"
        let hint = "\"ccrun jobs \(plan.deployment.name)\" tells"
        switch end {
        case .remoteEnded where facts.exitStatus != nil && facts.exitStatus != 0:
            mayBeRunning = false
            let status = facts.exitStatus ?? 0
            return Outcome(
                .ccrun, status: 125,
                reason: "the job was not started, as the host answered with status \(status)")
        case .interrupted(let number):
            let name = SignalNames.name(of: number)
            return Outcome(
                .ccrun, status: 128 + number, signal: name,
                reason: "interrupted by \(name ?? "signal \(number)"); \(rest)", hint: hint)
        case .lost(let reason):
            return Outcome(
                .transport, status: 255, reason: "the connection was lost (\(reason)); \(rest)",
                hint: hint)
        case .timedOut, .remoteEnded, .unanswered, .outputClosed, .dropped:
            return Outcome(
                .transport, status: 255, reason: "the host did not answer; \(rest)", hint: hint)
        }
    }

    private func connect() throws(SSHError) -> Connection {
        let connector = Connector(plan.destination, notices: notices, signals: signals)
        defer { record.note(connector.discoveries) }
        return try connector.connect()
    }
}
