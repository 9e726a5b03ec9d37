internal import Deployments
internal import Runs
internal import Transcripts

/// What is said of a release, line by line; every view says the same.
enum ReleaseText {
    static func began(_ plan: PlannedRelease) -> String {
        let count = plan.steps.count { $0.plan.skipped == nil }
        let steps = count == 1 ? "1 step" : "\(count) steps"
        let hosts = plan.destinations.map { "\($0.host)" }.joined(separator: ", ")
        return "release of \(plan.deployment.name): \(steps) on \(hosts), run \(plan.run)"
    }

    static func waiting(_ holder: RemoteLock.Holder) -> String {
        "waiting for the lock, held \(LockText.description(of: holder))"
    }

    static func began(_ step: StepRun) -> String {
        "step \(step.label)\(step.attempt > 1 ? ", try \(step.attempt)" : ""): \(step.command)"
    }

    static func failedAttempt(_ result: StepResult) -> String {
        "step \(result.step.label) \(how(result.outcome)) after \(result.duration.short), trying again"
    }

    static func ended(_ result: StepResult) -> String {
        if result.hasSucceeded {
            return "step \(result.step.label) done in \(result.duration.short)"
        }
        let rest = result.allowsFailure ? ", which it may" : ""
        if result.outcome.origin == .ccrun, !result.outcome.isInterrupt {
            let reason = result.outcome.reason.map { ": \($0)" } ?? ""
            return "step \(result.step.label) was not run\(reason)\(rest)"
        }
        return
            "step \(result.step.label) \(how(result.outcome)) after \(result.duration.short)\(rest)"
    }

    static func skipped(_ step: StepRun, _ reason: String) -> String {
        "step \(step.label) skipped: \(reason)"
    }

    /// The summary: one line where all went well, else what failed, what was not run, what to do.
    ///
    /// The last line says where the status came from.
    static func ended(_ report: ReleaseReport) -> [String] {
        let name = report.plan.deployment.name
        guard let failed = report.failed else {
            if report.outcome.status == 0 {
                return ["release of \(name) done in \(report.duration.short)"]
            }
            let outcome = report.outcome
            if !report.results.isEmpty {
                return [
                    "release of \(name) done in \(report.duration.short), but "
                        + outcome.explanation
                ]
            }
            return [
                "release of \(name) not begun"
                    + (outcome.wasTold
                        ? ", status \(outcome.status)" : ": \(outcome.explanation)")
            ]
        }
        let step = failed.step
        let host = step.host ?? "\(report.plan.destinations[0].host)"
        var lines = ["the command was: \(step.command)"]
        if !report.notRun.isEmpty {
            lines.append("not run: \(report.notRun.joined(separator: ", "))")
        }
        if let hint = failed.outcome.hint { lines.append("hint: \(hint)") }
        lines.append("hint: \(advice(report.plan, failed))")
        lines.append(
            "release of \(name) stopped at step \(step.number) \"\(step.name)\" on \(host) after "
                + "\(failed.duration.short): \(failed.outcome.explanation)")
        return lines
    }

    /// How to run what is left: with the same selection, and without values, which may be secret.
    private static func advice(_ plan: PlannedRelease, _ failed: StepResult) -> String {
        let left = plan.steps.map(\.plan).filter { $0.number >= failed.step.number }
        let command = "ccrun release \(plan.deployment.name)"
        if plan.steps.contains(where: { $0.plan.skipped == .notSelected }) {
            let only = left.filter { $0.skipped == nil }.map { " --only \(reference(to: $0))" }
            return "once that is mended, run it again with \"\(command)\(only.joined())\""
        }
        let from = left.first.map { " --from \(reference(to: $0))" } ?? ""
        let skip = left.filter { $0.skipped == .skipped }.map { " --skip \(reference(to: $0))" }
        return "once that is mended, go on with \"\(command)\(from)\(skip.joined())\""
    }

    /// A step as an option names it: by its name where no shell reads anything into that.
    private static func reference(to step: ReleasePlan.Step) -> String {
        let isPlain = ShellQuoting.quoted(step.name) == step.name
        return isPlain && step.name.first?.isLetter == true ? step.name : "\(step.number)"
    }

    /// `exited with status 3`, `died of signal KILL`, `timed out`.
    static func how(_ outcome: Outcome) -> String {
        switch outcome.origin {
        case .remote: "exited with status \(outcome.status)"
        case .signal: "died of signal \(outcome.signal ?? "?")"
        case .timeout: "ran out of time"
        case .transport: "was lost"
        case .ccrun: "was interrupted"
        }
    }
}
