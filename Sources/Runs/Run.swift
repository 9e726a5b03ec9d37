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

/// One run, from start to finish: dial, verify the host key, log in, start, relay, record.
package final class Run {
    /// How a run went, for `--json` and `--status-file`.
    package struct Report: Sendable {
        package let plan: RunPlan
        package let outcome: Outcome
        package let started: Timestamp
        package let duration: Duration
        /// The transcript's path, or nil when there is none.
        package let transcript: String?
        /// Whether the command's output has left a line on stderr without its end.
        package let leavesLineOpen: Bool
    }

    private let plan: RunPlan
    private let notices: Notices
    private let signals: SignalPipe
    private let record: RunRecord
    private var inputDigest = InputDigest()
    private var errorLine = ErrorLine()

    /// `signals`: the process's signals, as bytes.
    package init(_ plan: RunPlan, notices: Notices, signals: SignalPipe) {
        self.plan = plan
        self.notices = notices
        self.signals = signals
        record = RunRecord(plan.options, stateFolder: plan.stateFolder, notices: notices) {
            TranscriptHeader(plan, started: $0)
        }
    }

    /// Runs the command, explains what went wrong, and leaves the transcript; never throws.
    package func execute() -> Report {
        let outcome: Outcome
        do {
            outcome = try converse()
        } catch {
            outcome = Outcome(explaining: error, notices, signals)
        }
        record.begin()
        let transcript = record.path
        if inputDigest.byteCount > 0 {
            record.recorder.noteInput(
                byteCount: inputDigest.byteCount, sha256: inputDigest.sha256)
        }
        record.finish(outcome.ending)
        return Report(
            plan: plan, outcome: outcome, started: record.started, duration: record.duration,
            transcript: transcript, leavesLineOpen: errorLine.isOpen)
    }

    // MARK: - The story

    private func converse() throws(SSHError) -> Outcome {
        let connection = try connect()
        defer { connection.close() }
        let (lock, refusal) = try takeLock(over: connection)
        if let refusal { return refusal }
        var execution: Execution?
        let outcome: Outcome
        do {
            let new = try Execution(
                plan.command, on: connection, recorder: record.recorder, signals: signals,
                notices: notices)
            execution = new
            new.attendants = lock.map { [$0] } ?? []
            outcome = try run(new)
        } catch {
            outcome = Outcome(
                explaining: error, notices, signals,
                mayBeRunning: execution?.mayBeStarted == true)
        }
        lock?.end(mayBeRunning: outcome.mayBeRunning)
        return outcome
    }

    private func run(_ execution: Execution) throws(SSHError) -> Outcome {
        if plan.options.recordsStrictly {
            // The first line tells which terminal there is, and has to be there before the command is.
            try execution.obtainTerminal()
            record.header.pseudoTerminal = execution.hasTerminal
            if let refusal = record.refusal() { return refusal }
        }
        try execution.start()
        record.header.pseudoTerminal = execution.hasTerminal
        record.begin()
        if plan.command.usesTerminal, !execution.hasTerminal {
            notices.warning("the server gave no terminal; the command runs without one")
        }
        return execution.finish(streams)
    }

    /// The lock of an exclusive task, over a connection of its own where another host keeps it.
    private func takeLock(
        over connection: Connection
    ) throws(SSHError) -> (DeploymentLock?, refusal: Outcome?) {
        guard let planned = plan.lock else { return (nil, nil) }
        let isHere = planned.destination.endpoint == plan.destination.endpoint
        let keeper =
            isHere
            ? connection
            : try Connector(planned.destination, notices: notices, signals: signals).connect()
        let acquisition = try DeploymentLock.acquire(
            planned, run: plan.run.description, over: keeper,
            warn: { [notices] in notices.warning($0) }
        ) { [notices] holder in
            notices.note("waiting for the lock, held \(LockText.description(of: holder))")
        }
        guard case .held(let lock) = acquisition else {
            return (nil, LockText.outcome(acquisition, of: plan.deployment.name, notices))
        }
        return (lock, nil)
    }

    private func connect() throws(SSHError) -> Connection {
        let connector = Connector(
            plan.destination, notices: notices, signals: signals,
            trusted: { [record] in record.note($0) },
            loggingIn: { [self] in
                // Whether there is a terminal is known where none is asked for.
                if !plan.command.usesTerminal { record.begin() }
            })
        connector.isInteractive = plan.command.usesTerminal
        do {
            return try connector.connect()
        } catch {
            record.note(connector.discoveries)
            throw error
        }
    }

    private var streams: Execution.Streams {
        var streams = Execution.Streams()
        streams.input = plan.options.ignoresInput ? nil : STDIN_FILENO
        streams.observeInput = { [self] bytes in
            if plan.command.usesTerminal {
                record.recorder.recordInput(bytes)
            } else {
                inputDigest.add(bytes)
            }
        }
        streams.outputs = OutputSink.ofThisProcess
        streams.observeOutput = { [self] in errorLine.take($0, $1) }
        return streams
    }
}
