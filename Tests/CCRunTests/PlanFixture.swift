import Deployments
import Runs

/// A plan of a run that is never run: nothing of the user's goes into it.
func planned(
    _ request: RemoteCommand.Request, terminal: RunOptions.TerminalChoice = .never,
    _ change: (inout Deployment) -> Void = { _ in }
) throws -> RunPlan {
    var deployment = Deployment(
        adHoc: try DeploymentName(parsing: "shop"),
        host: try HostAddress(parsing: "deploy@web1.example.com:2222"))
    change(&deployment)
    var options = RunOptions()
    options.terminal = terminal
    return try RunPlan(
        request, on: deployment, options: options,
        environment: ["HOME": "/nonexistent", "PATH": "/nonexistent", "TERM": "vt100"])
}
