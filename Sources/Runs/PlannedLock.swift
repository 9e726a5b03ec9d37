internal import Deployments

/// The lock that a run or a release is to hold, and where.
struct PlannedLock: Sendable {
    let deployment: Deployment
    let lock: RemoteLock
    /// The primary host, which keeps it.
    let destination: Destination
    /// What others read who have to wait.
    let reason: String
    /// How long to wait for it; nil not at all.
    let wait: Duration?

    /// `known`: what is known of the primary host already, so that ssh is not asked about it again.
    ///
    /// Throws `DeploymentsError` for a host, or a CCRUN_LOCK_STALE, that cannot be.
    init(
        of deployment: Deployment, at known: Destination? = nil, reason: String,
        options: RunOptions,
        environment: [String: String]
    ) throws(DeploymentsError) {
        self.deployment = deployment
        lock = RemoteLock(
            deployment: deployment.name, staleAfter: try LockTerms.staleAfter(environment))
        if let known {
            destination = known
        } else {
            destination = try Destination(
                deployment.hosts[0], of: deployment, options: options, environment: environment)
        }
        self.reason = reason
        wait = options.lockWait
    }
}
