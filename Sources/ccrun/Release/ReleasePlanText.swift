internal import Deployments
internal import Runs

/// What a release would do, for people: `--plan` connects to nothing.
struct ReleasePlanText {
    private let release: PlannedRelease

    init(_ release: PlannedRelease) {
        self.release = release
    }

    var text: String {
        var lines = ["release of \(release.deployment.name)"]
        for (host, destination) in release.destinations {
            let endpoint = destination.endpoint
            lines.append(
                "  host \(host): \(endpoint.host) port \(endpoint.port) as \(endpoint.user)")
        }
        for step in release.steps { lines += self.lines(of: step) }
        return lines.joined(separator: "\n")
    }

    private func lines(of step: PlannedRelease.Step) -> [String] {
        let plan = step.plan
        var lines = [
            "\(plan.number). \(plan.name)\(plan.skipped.map { " (left out: \($0))" } ?? "")"
        ]
        if plan.skipped == nil {
            lines.append(
                "   on:      \(step.commands.map { "\($0.host)" }.joined(separator: ", "))")
        }
        lines.append("   command: \(plan.request.title)")
        if let condition = plan.step.condition { lines.append("   when:    \(condition)") }
        let settings = settings(of: plan)
        if !settings.isEmpty {
            lines.append("   with:    \(settings.joined(separator: ", "))")
        }
        if let first = step.commands.first {
            lines.append("   exec:    \(first.planned.remote.execLine)")
        }
        return lines
    }

    private func settings(of plan: ReleasePlan.Step) -> [String] {
        let step = plan.step
        var settings: [String] = []
        if let timeout = release.options.timeout ?? plan.timeout {
            settings.append("timeout \(DurationText.format(timeout))")
        }
        if step.retry > 0 { settings.append("retry \(step.retry)") }
        if step.allowsFailure { settings.append("failure allowed") }
        if step.runsAlways { settings.append("always run") }
        if let question = step.confirmation { settings.append("confirm \"\(question)\"") }
        // Names only: a value may be a secret.
        if !step.environment.isEmpty {
            settings.append("environment \(step.environment.map(\.name).joined(separator: " "))")
        }
        return settings
    }
}
