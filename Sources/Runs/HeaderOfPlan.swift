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
            term: plan.term, app: name.app, dep: name.deployment,
            actorUser: HomeFolder.userName, actorHost: HomeFolder.hostName,
            targetHost: plan.endpoint.alias, targetPort: Int(plan.endpoint.port),
            targetUser: plan.endpoint.user, pseudoTerminal: plan.usesTerminal)
    }
}
