/// A release before it begins: every step with its hosts and the exact text that runs there.
package struct ReleasePlan: Sendable {
    /// Why a step is in the plan and does not run.
    package enum SkipReason: Sendable, Equatable, CustomStringConvertible {
        /// It comes before the step of that name, with which the release begins.
        case beforeStart(String)
        /// Other steps were chosen.
        case notSelected
        /// It was left out by name.
        case skipped

        package var description: String {
            switch self {
            case .beforeStart(let name): "before --from \(ShellQuoting.quoted(name))"
            case .notSelected: "not in --only"
            case .skipped: "--skip"
            }
        }
    }

    package struct Step: Sendable {
        /// The place in the release, from 1 on.
        package let number: Int
        /// How many steps the release has, those that are skipped included.
        package let count: Int
        package let step: ReleaseStep
        /// The task it names; nil for a process type and for a command.
        package let task: TaskDefinition?
        /// The shell text that runs.
        package let request: RemoteCommand.Request
        /// Where it runs, in this order.
        package let hosts: [HostAddress]
        package let skipped: SkipReason?

        package var name: String { step.name }

        /// The limit of one attempt: the step's own, else that of its task.
        package var timeout: Duration? { step.timeout ?? task?.timeout }
    }

    /// A step that a rule forbids.
    package struct Denial: Sendable {
        package let step: Step
        package let rule: DenyRule
    }

    package let steps: [Step]

    /// Plans the deployment's `release`, or else the process type `release` of its Procfile.
    ///
    /// Throws `noRelease` where there is neither, `unknownTask` for a step that names nothing, even
    /// one that is skipped, and what `ReleaseSelection` throws.
    package init(
        for deployment: Deployment,
        selection: ReleaseSelection = ReleaseSelection()
    ) throws(DeploymentsError) {
        let release = try Self.release(of: deployment)
        let reasons = try selection.skipReasons(for: release, of: deployment.name)
        var steps: [Step] = []
        for (index, step) in release.enumerated() {
            let (request, task) = try Self.resolve(step, on: deployment)
            steps.append(
                Step(
                    number: index + 1, count: release.count, step: step, task: task,
                    request: request,
                    hosts: step.hosts == .all
                        ? deployment.hosts : Array(deployment.hosts.prefix(1)),
                    skipped: reasons[index]))
        }
        self.steps = steps
    }

    /// The steps that are to run, and that a rule forbids; their conditions count as well.
    package func denied(by rules: [DenyRule]) -> [Denial] {
        steps.filter { $0.skipped == nil }.compactMap { step in
            var readings = CommandReadings.of(
                .shell(step.step.action.text), resolved: step.request)
            if let condition = step.step.condition {
                readings += CommandReadings.of(.shell(condition), resolved: .shell(condition))
            }
            return rules.first { $0.fits(readings) }.map { Denial(step: step, rule: $0) }
        }
    }

    private static func release(of deployment: Deployment) throws(DeploymentsError) -> [ReleaseStep]
    {
        if !deployment.release.isEmpty { return deployment.release }
        if let type = deployment.processTypes.first(where: { $0.name == "release" }) {
            // As a command: a task may have the same name, and means something else.
            return [ReleaseStep(.run(type.command), name: type.name)]
        }
        let name = deployment.tasks.first.map(\.name)
        let steps = name.map { "[\($0)]" } ?? "[{run: COMMAND}]"
        let place = deployment.position.map { "in \($0.file)" } ?? "in \(Inventory.fileName)"
        throw DeploymentsError(
            .noRelease, "cannot release \(QuotedText.quoted("\(deployment.name)"))",
            because: "there is no \"release\" for it, in the inventory or in a Procfile",
            hint: "write \"release: \(steps)\" \(place), or \"release: COMMAND\" in the Procfile")
    }

    private static func resolve(
        _ step: ReleaseStep,
        on deployment: Deployment
    ) throws(DeploymentsError) -> (RemoteCommand.Request, TaskDefinition?) {
        guard case .task(let text) = step.action else {
            return (.shell(step.action.text), nil)
        }
        let resolved = deployment.resolve(.shell(text))
        if resolved.taskName != nil { return (resolved.request, resolved.task) }
        let name = text.prefix { !$0.isWhitespace }
        let names = deployment.tasks.map(\.name) + deployment.processTypes.map(\.name)
        let reason = "no task or process type is named \(QuotedText.quoted(name))"
        let hint =
            EditDistance.hint(for: String(name), among: names)
            ?? "a step that is a command is written \"run: \(text)\""
        guard let position = step.position else {
            throw DeploymentsError(
                .unknownTask, "cannot release \(QuotedText.quoted("\(deployment.name)"))",
                because: reason, hint: hint)
        }
        throw DeploymentsError(.unknownTask, at: position, because: reason, hint: hint)
    }
}
