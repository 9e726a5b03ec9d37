internal import Deployments
internal import Runs

/// What a run would send, for people: `--dry-run` connects to nothing.
enum DryRun {
    static func text(_ plan: RunPlan) -> String {
        let endpoint = plan.endpoint
        var lines = [
            "deployment: \(plan.deployment.name)",
            "connect to: \(endpoint.host) port \(endpoint.port) as \(endpoint.user)",
            "terminal:   \(plan.usesTerminal ? "yes, TERM=\(plan.term)" : "no")",
            "exec:       \(plan.command.execLine)",
        ]
        if !plan.command.execLine.contains(plan.command.script) {
            lines.append("script:     \(plan.command.script)")
        }
        if plan.command.preamble.isEmpty { return lines.joined(separator: "\n") }
        lines.append("ahead of the program's input:")
        let preamble = String(decoding: plan.command.preamble, as: UTF8.self)
        lines += preamble.split(separator: "\n").map { "    \($0)" }
        return lines.joined(separator: "\n")
    }
}
