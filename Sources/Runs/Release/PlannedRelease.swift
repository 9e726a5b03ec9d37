package import Deployments
package import Transcripts

/// A release, decided down to the bytes that will be sent; nothing has been connected to.
package struct PlannedRelease: Sendable {
    /// A step on one of its hosts.
    package struct Command: Sendable {
        /// The host's place among `destinations`.
        let destination: Int
        package let host: HostAddress
        package let planned: PlannedCommand
        /// The test that decides whether the step is run there.
        package let condition: PlannedCommand?
    }

    package struct Step: Sendable {
        package let plan: ReleasePlan.Step
        /// One for each of its hosts; none where it is not to be run.
        package let commands: [Command]
    }

    package let run: RunID
    package let deployment: Deployment
    package let steps: [Step]
    /// The hosts that are connected to, the primary first.
    package let destinations: [(host: HostAddress, destination: Destination)]
    package let options: RunOptions
    package let stateFolder: String
    let lock: PlannedLock
    /// The rules of the inventory that were overridden for it.
    package var overriddenRules: [String] = []

    /// Decides a release.
    ///
    /// `environment`: this process's; see `RunPlan`, and CCRUN_LOCK_STALE. Throws `DeploymentsError` for
    /// what cannot be run.
    package init(
        _ plan: ReleasePlan, on deployment: Deployment, options: RunOptions,
        environment: [String: String]
    ) throws(DeploymentsError) {
        let run = RunID()
        let term = RunPlan.term(environment)
        var hosts = [deployment.hosts[0]]
        for host in plan.steps.flatMap({ $0.skipped == nil ? $0.hosts : [] })
        where !hosts.contains(host) {
            hosts.append(host)
        }
        for host in hosts {
            deployment.askAhead(
                about: host, options: options.endpoint, environment: environment,
                homeFolder: HomeFolder.path(environment))
        }
        var destinations: [(HostAddress, Destination)] = []
        for host in hosts {
            destinations.append(
                (
                    host,
                    try Destination(
                        host, of: deployment, options: options, environment: environment)
                ))
        }
        var steps: [Step] = []
        for step in plan.steps {
            var commands: [Command] = []
            for host in step.skipped == nil ? step.hosts : [] {
                let index = hosts.firstIndex(of: host) ?? 0
                let surrounded = destinations[index].1.surrounding(deployment)
                commands.append(
                    Command(
                        destination: index, host: host,
                        planned: try Self.command(
                            step, on: surrounded, at: host, run: run, options: options,
                            term: term),
                        condition: try Self.condition(
                            step, on: surrounded, at: host, run: run, options: options,
                            term: term)))
            }
            steps.append(Step(plan: step, commands: commands))
        }
        self.run = run
        self.deployment = deployment
        self.steps = steps
        self.destinations = destinations
        self.options = options
        stateFolder = StateFolder.resolve(environment: environment)
        lock = try PlannedLock(
            of: deployment, at: destinations[0].1, reason: "release", options: options,
            environment: environment)
    }

    private static func command(
        _ step: ReleasePlan.Step, on deployment: Deployment, at host: HostAddress, run: RunID,
        options: RunOptions, term: String
    ) throws(DeploymentsError) -> PlannedCommand {
        try PlannedCommand(
            step.request, on: deployment, at: host, run: run.description, step: step.number,
            environment: EnvironmentVariable.merging(
                step.step.environment, with: options.environment),
            usesTerminal: step.task?.expect.isEmpty == false, term: term,
            timeout: options.timeout ?? step.timeout, options: options,
            prompts: try PlannedPrompts(step.task, options: options, isAttended: false))
    }

    /// The test has the step's surroundings, and half a minute.
    private static func condition(
        _ step: ReleasePlan.Step, on deployment: Deployment, at host: HostAddress, run: RunID,
        options: RunOptions, term: String
    ) throws(DeploymentsError) -> PlannedCommand? {
        guard let condition = step.step.condition else { return nil }
        return try PlannedCommand(
            .shell(condition), on: deployment, at: host, run: run.description, step: step.number,
            environment: EnvironmentVariable.merging(
                step.step.environment, with: options.environment),
            usesTerminal: false, term: term, timeout: .seconds(30), options: options,
            prompts: try PlannedPrompts(nil, options: options, isAttended: false))
    }
}
