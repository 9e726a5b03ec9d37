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
    }

    private let plan: RunPlan
    private let notices: Notices
    private let signals: SignalPipe
    private let recorder: Recorder
    private let started = Timestamp.now
    private let clock = ContinuousClock.now
    private var header: TranscriptHeader
    private var hasBegunRecording = false
    private var inputDigest = InputDigest()

    /// `signals`: the process's signals, as bytes.
    package init(_ plan: RunPlan, notices: Notices, signals: SignalPipe) {
        self.plan = plan
        self.notices = notices
        self.signals = signals
        recorder = Recorder(stateFolder: plan.stateFolder, clock: clock) { notices.warning($0) }
        header = TranscriptHeader(plan, started: started)
    }

    /// Runs the command, explains what went wrong, and leaves the transcript; never throws.
    package func execute() -> Report {
        let outcome: Outcome
        do {
            outcome = try converse()
        } catch {
            outcome = explained(error)
        }
        beginRecording()
        let transcript = recorder.path
        if plan.options.records {
            if inputDigest.byteCount > 0 {
                recorder.noteInput(byteCount: inputDigest.byteCount, sha256: inputDigest.sha256)
            }
            recorder.finish(outcome.ending)
        }
        return Report(
            plan: plan, outcome: outcome, started: started, duration: clock.duration(to: .now),
            transcript: transcript)
    }

    // MARK: - The story

    private func converse() throws(SSHError) -> Outcome {
        let connection = try connect()
        let (lock, refusal) = try takeLock(over: connection)
        if let refusal {
            connection.close()
            return refusal
        }
        let execution = try Execution(
            plan.command, on: connection, recorder: recorder, signals: signals, notices: notices)
        if plan.options.recordsStrictly {
            // The first line tells which terminal there is, and has to be there before the command is.
            try execution.obtainTerminal()
            header.pseudoTerminal = execution.hasTerminal
            beginRecording()
            guard recorder.waitUntilHeaderIsDurable() else {
                connection.close()
                return withoutTranscript
            }
        }
        try execution.start()
        if !hasBegunRecording { header.pseudoTerminal = execution.hasTerminal }
        beginRecording()
        if plan.command.usesTerminal, !execution.hasTerminal {
            notices.warning("the server gave no terminal; the command runs without one")
        }
        execution.attendants = lock.map { [$0] } ?? []
        let outcome = execution.finish(streams)
        lock?.release()
        connection.close()
        return outcome
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
        let connector = Connector(plan.destination, notices: notices, signals: signals) {
            [self] discoveries in
            header.targetAddress = discoveries.address
            header.hostKeyFingerprint = discoveries.hostKeyFingerprint
            // Whether there is a terminal is known where none is asked for.
            if !plan.command.usesTerminal { beginRecording() }
        }
        do {
            return try connector.connect()
        } catch {
            header.targetAddress = connector.discoveries.address
            header.hostKeyFingerprint = connector.discoveries.hostKeyFingerprint
            throw error
        }
    }

    private var streams: Execution.Streams {
        var streams = Execution.Streams()
        streams.input = plan.options.ignoresInput ? nil : STDIN_FILENO
        streams.observeInput = { [self] bytes in
            if !plan.command.usesTerminal { inputDigest.add(bytes) }
        }
        streams.outputs = OutputSink.ofThisProcess
        return streams
    }

    // MARK: - Recording

    /// Creates the transcript as soon as its first line is known, at the latest at the end.
    private func beginRecording() {
        guard plan.options.records, !hasBegunRecording else { return }
        hasBegunRecording = true
        recorder.begin(header)
    }

    /// `--record=strict`: what cannot be recorded is not run.
    private var withoutTranscript: Outcome {
        let reason = "there is no transcript to record into; nothing was run"
        notices.error(
            reason, hint: "make \(plan.stateFolder) writable, or run without --record=strict")
        return Outcome(.ccrun, status: 125, reason: reason, wasTold: true)
    }

    // MARK: - Ends

    private func explained(_ error: SSHError) -> Outcome {
        // An interrupt at a question comes out as a key that was not accepted or not unlocked.
        if let number = signals.interrupt() { return .interrupted(by: number) }
        notices.error(error)
        return Outcome(.transport, status: 255, reason: error.message, wasTold: true)
    }
}
