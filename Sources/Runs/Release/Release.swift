package import LocalTerminal

internal import Deployments
internal import SSH
internal import Transcripts

/// A release from start to finish: connect, lock, the steps in order, one transcript, one status.
package final class Release {
    private let plan: PlannedRelease
    private let view: any ReleaseView
    private let notices: Notices
    private let signals: SignalPipe
    private let confirm: StepQuestion
    private let record: RunRecord
    private let hosts: ReleaseHosts
    private let runner: StepRunner
    private var results: [StepResult] = []
    /// The steps that were run on a host, or were not to be.
    private var settled = SettledSteps()

    package init(
        _ plan: PlannedRelease, view: any ReleaseView, notices: Notices, signals: SignalPipe,
        confirm: @escaping StepQuestion
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
        runner = StepRunner(
            plan, on: hosts, view: view, recorder: record.recorder, notices: notices,
            signals: signals)
    }

    /// Runs the steps, explains what went wrong, and leaves the transcript; never throws.
    package func execute() -> ReleaseReport {
        view.show(.began(plan))
        var outcome = perform()
        let hadLock = runner.endLock()
        if !hadLock, outcome.status == 0 {
            outcome = Outcome(
                .ccrun, status: 125,
                reason: "the lock was lost meanwhile, and something else may have run as well")
        }
        hosts.close()
        record.begin()
        let report = report(outcome)
        var ending = outcome.ending
        ending.steps = results.map { entry(of: $0) }
        record.finish(ending)
        view.show(.ended(report))
        let failure = runner.finishView(isInterrupted: outcome.isInterrupt)
        guard let failure, outcome.status == 0 else { return report }
        return self.report(.outputClosed(failure))
    }

    // MARK: - The story

    private func perform() -> Outcome {
        do {
            defer { record.note(hosts.discoveries) }
            try hosts.connectAll()
        } catch {
            return Outcome(explaining: error, notices, signals)
        }
        record.begin()
        if let refusal = record.refusal() ?? runner.takeLock() { return refusal }
        return runSteps()
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
            if let failed, failed.outcome.isInterrupt || runner.hasLostLock { break }
        }
        return failure?.outcome ?? Outcome(.remote, status: 0)
    }

    private func skip(_ step: PlannedRelease.Step) {
        guard let reason = step.plan.skipped else { return }
        view.show(.stepSkipped(stepRun(step, on: nil), reason: "\(reason)"))
    }

    /// Runs a step on its hosts, one after the other; the result that ends the release, if one does.
    private func run(_ step: PlannedRelease.Step) -> StepResult? {
        var question = step.plan.step.confirmation
        for command in step.commands {
            let stepRun = stepRun(step, on: command)
            settled.insert(step, command)
            if let obstacle = runner.obstacle() { return ended(stepRun, step, obstacle, .zero) }
            if let test = command.condition {
                let (isWanted, failed) = judge(stepRun, step, command, test)
                if let failed, failed.endsRelease { return failed }
                if !isWanted { continue }
            }
            if let asked = question {
                question = nil
                if let refusal = runner.ask(asked, confirm) {
                    return ended(stepRun, step, refusal, .zero)
                }
            }
            let result = attempts(stepRun, step, command)
            if result.endsRelease { return result }
        }
        return nil
    }

    /// Lets the test of a step decide: 1 means no, as test(1), grep(1) and false(1) have it.
    ///
    /// A test that comes to no answer is a failure of the step.
    private func judge(
        _ stepRun: StepRun, _ step: PlannedRelease.Step, _ command: PlannedRelease.Command,
        _ test: PlannedCommand
    ) -> (isWanted: Bool, failed: StepResult?) {
        let start = ContinuousClock.now
        let verdict = runner.verdict(of: test, on: command)
        var outcome = verdict.outcome
        switch (outcome.origin, outcome.status) {
        case (.remote, 0): return (true, nil)
        case (.remote, 1):
            view.show(.stepSkipped(stepRun, reason: "its test ended with status 1"))
            return (false, nil)
        case (.remote, let status):
            outcome = Outcome(
                .remote, status: status, reason: "its test exited with status \(status)")
        default: break
        }
        var stepRun = stepRun
        stepRun.command = step.plan.step.condition ?? stepRun.command
        begin(stepRun)
        runner.show(errors: verdict.errors)
        return (false, ended(stepRun, step, outcome, start.duration(to: .now)))
    }

    /// Runs a step on one host, as often as it may be tried.
    private func attempts(
        _ first: StepRun, _ step: PlannedRelease.Step, _ command: PlannedRelease.Command
    ) -> StepResult {
        var stepRun = first
        while true {
            begin(stepRun)
            let start = ContinuousClock.now
            let outcome = runner.run(command)
            let duration = start.duration(to: .now)
            let isLast = stepRun.attempt > step.plan.step.retry || !outcome.isWorthRetrying
            if outcome.status == 0 || isLast { return ended(stepRun, step, outcome, duration) }
            view.show(.attemptFailed(result(stepRun, step, outcome, duration)))
            if let number = runner.pause(.seconds(min(stepRun.attempt, 5))) {
                return ended(stepRun, step, .interrupted(by: number), duration)
            }
            stepRun.attempt += 1
        }
    }

    private func begin(_ stepRun: StepRun) {
        view.show(.stepBegan(stepRun))
        record.recorder.mark(stepRun.label)
    }

    // MARK: - Results

    private func ended(
        _ stepRun: StepRun, _ step: PlannedRelease.Step, _ outcome: Outcome, _ duration: Duration
    ) -> StepResult {
        let result = result(stepRun, step, outcome, duration)
        results.append(result)
        view.show(.stepEnded(result))
        return result
    }

    private func result(
        _ stepRun: StepRun, _ step: PlannedRelease.Step, _ outcome: Outcome, _ duration: Duration
    ) -> StepResult {
        // Of what is ccrun's own, a step may be refused or not be begun; interrupts and locks count.
        let mayBe = outcome.origin != .ccrun || outcome == .notConfirmed || outcome.wasTold
        return StepResult(
            step: stepRun, outcome: outcome, duration: duration,
            allowsFailure: step.plan.step.allowsFailure && mayBe)
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
        ReleaseReport(
            plan: plan, outcome: outcome, results: results,
            failed: results.first(where: \.endsRelease), notRun: settled.missing(of: plan.steps),
            started: record.started, duration: record.duration, transcript: record.path)
    }

    private func entry(of result: StepResult) -> Ending.Step {
        Ending.Step(
            name: result.step.name,
            host: result.step.host ?? "\(plan.destinations[0].host)",
            status: Int(result.outcome.status),
            milliseconds: Int(result.duration / .milliseconds(1)))
    }
}
