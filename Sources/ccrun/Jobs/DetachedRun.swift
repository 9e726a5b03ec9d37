internal import Deployments
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// Starts a job for `ccrun --detach`, and tells what came of it.
struct DetachedRun {
    let plan: DetachedPlan
    let notices: Notices
    let signals: SignalPipe

    /// Prints the id of the started job as the only line on stdout; ends with the status.
    func perform(to file: StatusFile?, asJSON: Bool) throws -> Never {
        let report = DetachedStart(plan, notices: notices, signals: signals).execute()
        let outcome = report.outcome
        if outcome.status == 0 {
            print(plan.run)
            notices.note("\"ccrun logs -f \(hint)\" shows what it writes")
        }
        let fields = StatusFields(
            outcome, run: plan.run.description, target: "\(plan.deployment.name)",
            host: plan.endpoint.alias, started: report.started.description,
            duration: report.duration, transcript: report.transcript)
        StatusReport(outcome, fields).deliver(to: file, asJSON: asJSON, notices)
        throw ExitStatus(value: outcome.status)
    }

    /// What names the job: without a transcript nothing here knows where it is.
    private var hint: String {
        plan.options.records ? plan.run.description : "\(plan.deployment.name) \(plan.run)"
    }
}
