#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import LocalTerminal
internal import SSH
internal import Transcripts

/// Runs the commands of a release, one after the other, under its lock.
final class StepRunner {
    /// What a test came to.
    struct Verdict {
        let outcome: Outcome
        /// What it said on its standard error, at most `mostKept` bytes of it.
        let errors: [UInt8]
    }

    private static let mostKept = 64 << 10

    private let plan: PlannedRelease
    private let view: any ReleaseView
    private let notices: Notices
    private let signals: SignalPipe
    private let recorder: Recorder
    private let hosts: ReleaseHosts
    private var lock: DeploymentLock?
    /// Whether a command may still be running of which nothing more is known.
    private var mayBeRunning = false
    /// Whether it was told that our output takes no more; what always runs is run without it.
    private var isOutputClosed = false

    init(
        _ plan: PlannedRelease, on hosts: ReleaseHosts, view: any ReleaseView, recorder: Recorder,
        notices: Notices, signals: SignalPipe
    ) {
        self.plan = plan
        self.hosts = hosts
        self.view = view
        self.recorder = recorder
        self.notices = notices
        self.signals = signals
    }

    // MARK: - The lock

    /// Takes the lock; why there is none, where it cannot be had.
    func takeLock() -> Outcome? {
        do {
            let acquisition = try DeploymentLock.acquire(
                plan.lock, run: plan.run.description, over: try hosts.primary(),
                warn: { [notices] in notices.warning($0) }
            ) { [view] in view.show(.waiting($0)) }
            if case .held(let lock) = acquisition { self.lock = lock }
            return LockText.outcome(acquisition, of: plan.deployment.name, notices)
        } catch {
            return Outcome(explaining: error, notices, signals)
        }
    }

    /// Gives the lock back, unless something may still be running; false where it was lost before.
    func endLock() -> Bool { lock?.end(mayBeRunning: mayBeRunning) ?? true }

    /// Whether nothing more can be run under the lock.
    var hasLostLock: Bool { lock?.loss != nil }

    /// What keeps anything more from being run: an interrupt, a lost lock, an output that is closed.
    func obstacle() -> Outcome? {
        if let number = signals.interrupt() { return .interrupted(by: number) }
        if let failure = view.output?.sink.failure, !isOutputClosed {
            isOutputClosed = true
            return .outputClosed(failure)
        }
        guard let lock else { return nil }
        do {
            if try lock.confirm() { return nil }
        } catch {
            if let number = signals.interrupt() { return .interrupted(by: number) }
        }
        return Outcome(
            .ccrun, status: 125,
            reason: "\(lock.loss ?? "the lock was lost"); nothing more is run")
    }

    // MARK: - Commands

    /// Runs a command whose output is shown and recorded.
    func run(_ command: PlannedRelease.Command) -> Outcome {
        // A step has no input, and its output goes where the view wants it.
        var streams = Execution.Streams()
        if view.passesOutput { streams.outputs = OutputSink.ofThisProcess }
        streams.observersSink = view.output?.sink
        if isOutputClosed {
            streams.outputs[.standardOutput] = nil
            streams.observersSink = nil
        }
        streams.observeOutput = { [view] bytes, stream in
            view.show(bytes, from: stream == .standardOutput ? .standardOutput : .standardError)
        }
        return run(command.planned, on: command.destination, streams, recorder)
    }

    /// Runs the test that decides about a step; its output is not shown yet.
    func verdict(of test: PlannedCommand, on command: PlannedRelease.Command) -> Verdict {
        var errors: [UInt8] = []
        var streams = Execution.Streams()
        streams.observeOutput = { bytes, stream in
            guard stream == .standardError else { return }
            errors += bytes.prefix(Self.mostKept - errors.count)
        }
        let outcome = run(test, on: command.destination, streams, .silent)
        return Verdict(outcome: outcome, errors: errors)
    }

    /// Shows and records what a test said that came to no answer.
    func show(errors: [UInt8]) {
        guard !errors.isEmpty else { return }
        errors.withUnsafeBytes { bytes in
            if view.passesOutput {
                let sink = OutputSink(STDERR_FILENO)
                sink.write(bytes)
                sink.drain(signals, attendants)
            }
            recorder.record(bytes, from: .standardError)
            view.show(bytes, from: .standardError)
        }
    }

    private func run(
        _ planned: PlannedCommand, on index: Int, _ streams: Execution.Streams, _ recorder: Recorder
    ) -> Outcome {
        var execution: Execution?
        let outcome: Outcome
        do {
            let new = try hosts.execution(of: planned, on: index, recorder: recorder)
            execution = new
            // A connection that had to be opened anew takes its time.
            if let obstacle = obstacle() { return obstacle }
            new.attendants = attendants
            try new.start()
            outcome = new.finish(streams)
            isOutputClosed = isOutputClosed || new.hasClosedOutput
        } catch {
            outcome = Outcome(
                explaining: error, notices, signals,
                mayBeRunning: execution?.mayBeStarted == true)
        }
        mayBeRunning = mayBeRunning || outcome.mayBeRunning
        return outcome
    }

    // MARK: - Waiting

    /// Puts the question of a step; why it is not to be run, where that is the answer.
    func ask(_ question: String, _ confirm: StepQuestion) -> Outcome? {
        let attendants = attendants
        let answer = confirm(question) {
            attendants.attend()
            return attendants.nextTurn.pollTimeout
        }
        switch answer {
        case .yes: return nil
        case .no: return .notConfirmed
        case .interrupted(let number): return .interrupted(by: number)
        }
    }

    /// Waits a while between two tries; the signal that ended it, if one did.
    func pause(_ duration: Duration) -> CInt? {
        let end = Deadline.after(duration)
        while !end.hasPassed {
            view.output?.sink.flush()
            var entries = [
                pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0)
            ]
            let next = end.earlier(attendants.nextTurn)
            if wait(for: &entries, until: next), let number = signals.interrupt() { return number }
            attendants.attend()
        }
        return nil
    }

    /// Writes what the view still has to say; why it cannot, if so.
    func finishView(isInterrupted: Bool) -> CInt? {
        guard let sink = view.output?.sink else { return nil }
        if isInterrupted { sink.flush() } else { sink.drain(signals) }
        return sink.failure
    }

    private var attendants: [any Attendant] {
        [ViewAttendant(view)] + (lock.map { [$0] } ?? [])
    }
}
