internal import Deployments
internal import Runs

/// What a run would send, for people: `--dry-run` connects to nothing.
enum DryRun {
    static func text(_ plan: RunPlan) -> String {
        text(
            plan.command.remote, plan.deployment, plan.endpoint,
            terminal: plan.command.usesTerminal ? "yes, TERM=\(plan.command.term)" : "no")
    }

    static func text(_ plan: DetachedPlan) -> String {
        text(plan.remote, plan.deployment, plan.endpoint, terminal: "no, detached")
    }

    private static func text(
        _ remote: RemoteCommand, _ deployment: Deployment, _ endpoint: Endpoint, terminal: String
    ) -> String {
        var lines = ["deployment: \(deployment.name)", "connect to: \(endpoint.place)"]
        lines += endpoint.via.map { "via:        \($0)" }
        lines += ["terminal:   \(terminal)", "exec:       \(remote.execLine)"]
        if !remote.execLine.contains(remote.script) {
            lines.append("script:     \(remote.script)")
        }
        if remote.preamble.isEmpty { return lines.joined(separator: "\n") }
        lines.append("ahead of the program's input:")
        let preamble = String(decoding: remote.preamble, as: UTF8.self)
        lines += preamble.split(separator: "\n").map { "    \($0)" }
        return lines.joined(separator: "\n")
    }
}

extension Endpoint {
    /// The address and the user, for people.
    var place: String { "\(host) port \(port) as \(user)" }

    /// What lies on the way, the first thing to connect to first.
    var via: [String] {
        switch way {
        case .direct: []
        case .through(let last): last.via + [last.place]
        case .command(let line): ["ProxyCommand \(line)"]
        }
    }
}
