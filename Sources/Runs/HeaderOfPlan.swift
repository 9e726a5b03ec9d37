internal import Deployments
internal import SSH
internal import Transcripts

extension TranscriptHeader {
    /// What is known of a run before anything has been connected to.
    init(_ plan: RunPlan, started: Timestamp) {
        let size = RawTerminal.size
        let name = plan.deployment.name
        self.init(
            run: plan.run, started: started, width: size?.columns ?? 80, height: size?.rows ?? 24,
            title: plan.title.isEmpty ? "\(name)" : "\(name): \(plan.title)", command: plan.title,
            term: plan.command.term, app: name.app, dep: name.deployment,
            actorUser: HomeFolder.userName, actorHost: HomeFolder.hostName,
            targetHost: plan.endpoint.alias, targetPort: Int(plan.endpoint.port),
            targetUser: plan.endpoint.user, pseudoTerminal: plan.command.usesTerminal,
            inputRecorded: plan.options.recordsInput && plan.command.usesTerminal)
        task = plan.taskName
        overriddenRules = plan.overriddenRules
    }

    /// What is known of a job before anything has been connected to.
    init(_ plan: DetachedPlan, started: Timestamp) {
        let size = RawTerminal.size
        let name = plan.deployment.name
        self.init(
            run: plan.run, started: started, width: size?.columns ?? 80, height: size?.rows ?? 24,
            title: "\(name): \(plan.title)", command: plan.title, term: nil, app: name.app,
            dep: name.deployment, actorUser: HomeFolder.userName, actorHost: HomeFolder.hostName,
            targetHost: plan.endpoint.alias, targetPort: Int(plan.endpoint.port),
            targetUser: plan.endpoint.user, pseudoTerminal: false)
        task = plan.taskName
        overriddenRules = plan.overriddenRules
    }

    /// What is known of a release before anything has been connected to.
    init(_ plan: PlannedRelease, started: Timestamp) {
        let size = RawTerminal.size
        let name = plan.deployment.name
        let endpoint = plan.destinations[0].destination.endpoint
        self.init(
            run: plan.run, started: started, width: size?.columns ?? 80, height: size?.rows ?? 24,
            title: "\(name): release", command: "release", term: nil, app: name.app,
            dep: name.deployment, actorUser: HomeFolder.userName, actorHost: HomeFolder.hostName,
            targetHost: endpoint.alias, targetPort: Int(endpoint.port), targetUser: endpoint.user,
            pseudoTerminal: false)
        overriddenRules = plan.overriddenRules
    }
}
