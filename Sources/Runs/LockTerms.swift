package import Deployments

/// What the environment says about locks.
package enum LockTerms {
    /// How long a lock that shows no life is respected: CCRUN_LOCK_STALE, else one minute.
    ///
    /// Throws `DeploymentsError` for a text that is no duration.
    package static func staleAfter(
        _ environment: [String: String]
    ) throws(DeploymentsError) -> Duration {
        guard let text = environment["CCRUN_LOCK_STALE"], !text.isEmpty else { return .seconds(60) }
        return try DurationText.parse(text)
    }
}
