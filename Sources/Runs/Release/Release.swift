package import LocalTerminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import SSH
internal import Transcripts

/// A release from start to finish: connect, lock, the steps in order, one transcript, one status.
package final class Release {
    private let plan: PlannedRelease
    private let view: any ReleaseView
    private let notices: Notices
    private let signals: SignalPipe
    /// Asks the question of a step; false where the answer is no.
    private let confirm: (String) -> Bool
    private let record: RunRecord
    private let hosts: ReleaseHosts
    private var lock: DeploymentLock?
    private var results: [StepResult] = []
    /// The numbers of the steps that were run, or were not to be.
    private var settled: Set<Int> = []

    package init(
        _ plan: PlannedRelease, view: any ReleaseView, notices: Notices, signals: SignalPipe,
        confirm: @escaping (String) -> Bool
    ) {
        self.plan = plan
        self.view = view
        self.notices = notices
        self.signals = signals
        self.confirm = confirm
        record = RunRecord(plan.options, stateFolder: plan.stateFolder, notices: notices) {
            TranscriptHeader(plan, started: $0)
        }
        hosts = ReleaseHosts(plan, notices: notices, signals: signals)
    }

    /// Runs the steps, explains what went wrong, and leaves the transcript; never throws.
    package func execute() -> ReleaseReport {
        view.show(.began(plan))
        let outcome = perform()
        lock?.release()
        hosts.close()
        record.begin()
        let report = report(outcome)
        var ending = outcome.ending
        ending.steps = results.map { entry(of: $0) }
        record.finish(ending)
        view.show(.ended(report))
        return report
    }

    // MARK: - The story

    private func perform() -> Outcome {
        do {
            defer { record.note(hosts.discoveries) }
            try hosts.connectAll()
        } catch {
            return explained(error)
        }
        record.begin()
        if let refusal = record.refusal() ?? takeLock() { return refusal }
        return runSteps()
    }

    private func takeLock() -> Outcome? {
        do {
            let acquisition = try DeploymentLock.acquire(
                plan.lock, run: plan.run.description, over: try hosts.primary(),
                warn: { [notices] in notices.warning($0) }
            ) { [view] in view.show(.waiting($0)) }
            if case .held(let lock) = acquisition { self.lock = lock }
            return LockText.outcome(acquisition, of: plan.deployment.name, notices)
        } catch {
            return explained(error)
        }
    }

    private func runSteps() -> Outcome {
        var failure: StepResult?
        for step in plan.steps {
            if step.plan.skipped != nil || (failure != nil && !step.plan.step.runsAlways) {
                skip(step)
                continue
            }
            let failed = run(step)
            failure = failure ?? failed
            // Whoever interrupts wants an end, also of what would always run.
            if failed?.outcome.isInterrupt == true { break }
        }
        return failure?.outcome ?? Outcome(.remote, status: 0)
    }

    private func skip(_ step: PlannedRelease.Step) {
        guard let reason = step.plan.skipped else { return }
        settled.insert(step.plan.number)
        view.show(.stepSkipped(stepRun(step, on: nil), reason: "\(reason)"))
    }

    /// Runs a step on its hosts, one after the other; the result that ends the release, if one does.
    private func run(_ step: PlannedRelease.Step) -> StepResult? {
        for command in step.commands {
            let stepRun = stepRun(step, on: command)
            if lock?.isLost == true {
                return ended(
                    stepRun, step,
                    Outcome(
                        .ccrun, status: 125, reason: "the lock was taken away; nothing more is run"),
                    .zero)
            }
            if let question = step.plan.step.confirmation, !confirm(question) {
                return ended(
                    stepRun, step, Outcome(.ccrun, status: 125, reason: "it was not confirmed"),
                    .zero)
            }
            let result = attempts(stepRun, step, command)
            if let result, result.endsRelease { return result }
        }
        return nil
    }

    /// Runs a step on one host, as often as it may be tried; nil where its test says no.
    private func attempts(
        _ first: StepRun, _ step: PlannedRelease.Step, _ command: PlannedRelease.Command
    ) -> StepResult? {
        var stepRun = first
        if let condition = command.condition {
            let outcome = outcome(of: condition, on: command, isShown: false)
            if outcome.origin == .remote, outcome.status != 0 {
                settled.insert(first.number)
                view.show(
                    .stepSkipped(stepRun, reason: "its test ended with status \(outcome.status)"))
                return nil
            }
            guard outcome.origin == .remote else { return ended(stepRun, step, outcome, .zero) }
        }
        while true {
            view.show(.stepBegan(stepRun))
            record.recorder.mark(stepRun.label)
            let start = ContinuousClock.now
            let outcome = outcome(of: command.planned, on: command, isShown: true)
            let duration = start.duration(to: .now)
            let isLast = stepRun.attempt > step.plan.step.retry || !outcome.isWorthRetrying
            if outcome.status == 0 || isLast { return ended(stepRun, step, outcome, duration) }
            view.show(.attemptFailed(result(stepRun, step, outcome, duration)))
            if let number = pause(.seconds(min(stepRun.attempt, 5))) {
                return ended(stepRun, step, .interrupted(by: number), duration)
            }
            stepRun.attempt += 1
        }
    }

    private func outcome(
        of planned: PlannedCommand, on command: PlannedRelease.Command, isShown: Bool
    ) -> Outcome {
        do {
            let execution = try hosts.execution(
                of: planned, on: command.destination, recorder: isShown ? record.recorder : .silent)
            execution.attendants = attendants
            try execution.start()
            return execution.finish(isShown ? streams : Execution.Streams())
        } catch {
            return explained(error)
        }
    }

    /// A step has no input, and its output goes where the view wants it.
    private var streams: Execution.Streams {
        var streams = Execution.Streams()
        if view.passesOutput { streams.outputs = OutputSink.ofThisProcess }
        streams.observeOutput = { [view] bytes, stream in
            view.show(bytes, from: stream == .standardOutput ? .standardOutput : .standardError)
        }
        return streams
    }

    private var attendants: [any Attendant] {
        [ViewAttendant(view)] + (lock.map { [$0] } ?? [])
    }

    /// Waits a while between two tries; the signal that ended it, if one did.
    private func pause(_ duration: Duration) -> CInt? {
        let end = Deadline.after(duration)
        while !end.hasPassed {
            let next = attendants.reduce(end) { $0.earlier($1.nextTurn) }
            var entries = [
                pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0)
            ]
            if wait(for: &entries, until: next), let number = signals.interrupt() { return number }
            for one in attendants where one.nextTurn.hasPassed { one.attend() }
        }
        return nil
    }

    // MARK: - Results

    private func ended(
        _ stepRun: StepRun, _ step: PlannedRelease.Step, _ outcome: Outcome, _ duration: Duration
    ) -> StepResult {
        let result = result(stepRun, step, outcome, duration)
        results.append(result)
        settled.insert(stepRun.number)
        view.show(.stepEnded(result))
        return result
    }

    private func result(
        _ stepRun: StepRun, _ step: PlannedRelease.Step, _ outcome: Outcome, _ duration: Duration
    ) -> StepResult {
        StepResult(
            step: stepRun, outcome: outcome, duration: duration,
            allowsFailure: step.plan.step.allowsFailure && !outcome.isInterrupt)
    }

    private func stepRun(
        _ step: PlannedRelease.Step, on command: PlannedRelease.Command?
    ) -> StepRun {
        let host = plan.destinations.count > 1 ? command.map { "\($0.host)" } : nil
        return StepRun(
            number: step.plan.number, count: step.plan.count, name: step.plan.name, host: host,
            command: step.plan.request.title)
    }

    private func report(_ outcome: Outcome) -> ReleaseReport {
        return ReleaseReport(
            plan: plan, outcome: outcome, results: results,
            failed: results.first(where: \.endsRelease),
            notRun: plan.steps.map(\.plan).filter { !settled.contains($0.number) }.map(\.name),
            started: record.started, duration: record.duration, transcript: record.path)
    }

    private func entry(of result: StepResult) -> Ending.Step {
        Ending.Step(
            name: result.step.name,
            host: result.step.host ?? "\(plan.destinations[0].host)",
            status: Int(result.outcome.status),
            milliseconds: Int(result.duration / .milliseconds(1)))
    }

    private func explained(_ error: SSHError) -> Outcome {
        Outcome(explaining: error, notices, signals)
    }
}
