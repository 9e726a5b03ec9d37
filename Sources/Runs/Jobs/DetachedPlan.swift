package import Deployments
package import Transcripts

/// A job, decided down to the bytes that start it; nothing has been connected to.
package struct DetachedPlan: Sendable {
    /// How long a job's output stays on its host after its end, unless something else is asked for.
    package static let defaultTTL = Duration.seconds(7 * 86_400)

    package let run: RunID
    package let deployment: Deployment
    package let destination: Destination
    /// What the user asked for, as history and transcript show it.
    package let title: String
    /// The task or process type that the command's first word named.
    let taskName: String?
    /// What starts the job, and ends once it is started.
    package let remote: RemoteCommand
    package let options: RunOptions
    package let stateFolder: String
    /// The rules of the inventory that were overridden for it.
    package var overriddenRules: [String] = []

    /// Decides a job.
    ///
    /// `ttl`: how long its output stays on the host after its end. `environment`: this process's.
    /// Throws `DeploymentsError` for what cannot go on without a connection, and as `RunPlan` does.
    package init(
        _ request: RemoteCommand.Request, on deployment: Deployment, options: RunOptions,
        ttl: Duration?, environment: [String: String]
    ) throws(DeploymentsError) {
        let (resolved, taskName, task) = deployment.resolve(request)
        if let obstacle = Self.obstacle(request, task, options) {
            throw DeploymentsError(
                .invalidCommand, "cannot detach this run on \"\(deployment.name)\"",
                because: obstacle.reason, hint: obstacle.hint)
        }
        let run = RunID()
        self.run = run
        self.deployment = deployment
        title = request.title
        self.taskName = taskName
        self.options = options
        destination = try Destination(
            try deployment.host(named: options.host), of: deployment, options: options,
            environment: environment)
        remote = try RemoteCommand(
            detaching: resolved, deployment: destination.surrounding(deployment),
            runID: run.description, title: request.title, ttl: ttl ?? Self.defaultTTL,
            environment: options.environment)
        stateFolder = StateFolder.resolve(environment: environment)
    }

    package var endpoint: Endpoint { destination.endpoint }

    /// What the run needs that nobody does for a job.
    private static func obstacle(
        _ request: RemoteCommand.Request, _ task: TaskDefinition?, _ options: RunOptions
    ) -> (reason: String, hint: String)? {
        if request == .loginShell {
            return ("a login shell needs somebody who types", "give a command")
        }
        if options.terminal == .always {
            return ("a job has no terminal", "leave out -t, or --detach")
        }
        if task?.exclusive == true {
            return (
                "the task \"\(task?.name ?? "")\" is exclusive, and its lock lives only as long as "
                    + "the ccrun that holds it", "run it without --detach"
            )
        }
        if task?.expect.isEmpty == false {
            return (
                "the task \"\(task?.name ?? "")\" asks questions, which nobody would answer",
                "run it without --detach"
            )
        }
        if options.timeout != nil || task?.timeout != nil {
            return (
                "nobody would be there to keep the time limit",
                "leave it out, and end the job with \"ccrun stop\" if it takes too long"
            )
        }
        if options.environment.contains(where: { $0.name == "HOME" }) {
            return (
                "jobs are kept in the home folder, and this one's would not be found again",
                "set HOME in the inventory, or inside the command"
            )
        }
        return nil
    }
}
