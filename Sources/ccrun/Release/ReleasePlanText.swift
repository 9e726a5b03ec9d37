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
            lines.append("  host \(host): \(endpoint.place)")
            lines += endpoint.via.map { "    via \($0)" }
        }
        lines += surroundings.map { "  \($0.name): \($0.value)" }
        for step in release.steps { lines += self.lines(of: step) }
        return lines.joined(separator: "\n")
    }

    /// What every step has around it.
    private var surroundings: [(name: String, value: String)] {
        let deployment = release.deployment
        let wait = release.options.lockWait.map { ", waited for up to \(DurationText.format($0))" }
        // Names only: a value may be a secret.
        let names = EnvironmentVariable.merging(
            deployment.environment, with: release.options.environment
        ).map(\.name).joined(separator: " ")
        let all: [(String, String?)] = [
            ("directory", deployment.directory), ("env file", deployment.envFile),
            ("before", deployment.before), ("through", deployment.through),
            ("environment", names.isEmpty ? nil : names),
            ("lock", "held on \(deployment.hosts[0]) to the end\(wait ?? "")"),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
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
        return release.options.verbosity == .verbose ? lines + sent(for: step) : lines
    }

    /// What `exec` will carry, the same on every host or not.
    private func sent(for step: PlannedRelease.Step) -> [String] {
        var lines: [String] = []
        for command in step.commands {
            let new = [
                command.condition.map { "   test:    \($0.remote.execLine)" },
                "   exec:    \(command.planned.remote.execLine)",
            ].compactMap(\.self)
            lines += new.filter { !lines.contains($0) }
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
