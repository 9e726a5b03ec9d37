package import Deployments
package import Transcripts

/// What happens in a release, in the order in which it does; every view is fed with these.
package enum ReleaseEvent: Sendable {
    case began(PlannedRelease)
    /// Somebody else has the lock, and this release waits for it.
    case waiting(RemoteLock.Holder)
    /// A step begins on a host; with `attempt` 2 and more it is tried again.
    case stepBegan(StepRun)
    /// A try that did not succeed, and will be followed by another one.
    case attemptFailed(StepResult)
    case stepEnded(StepResult)
    /// Not run: it was not asked for, or its test said no.
    case stepSkipped(StepRun, reason: String)
    case ended(ReleaseReport)
}

/// One step on one host.
package struct StepRun: Sendable, Equatable {
    /// From 1.
    package let number: Int
    package let count: Int
    package let name: String
    /// The host as the inventory has it; nil where the release has only one.
    package let host: String?
    /// The command as a person would type it; the test, where that came to no answer.
    package var command: String
    /// From 1.
    package var attempt = 1

    /// `2/4 migrate on web1`.
    package var label: String {
        "\(number)/\(count) \(name)" + (host.map { " on \($0)" } ?? "")
    }
}

/// How a step on one host ended.
package struct StepResult: Sendable, Equatable {
    package let step: StepRun
    package let outcome: Outcome
    package let duration: Duration
    /// A failure of it does not end the release.
    package let allowsFailure: Bool

    package var hasSucceeded: Bool { outcome.status == 0 && outcome.origin == .remote }
    package var endsRelease: Bool { !hasSucceeded && !allowsFailure }
}

/// How a release ended.
package struct ReleaseReport: Sendable {
    package let plan: PlannedRelease
    package let outcome: Outcome
    /// Each step that was run, on each of its hosts.
    package let results: [StepResult]
    /// The step that ended it; nil where all went well, or nothing was run.
    package let failed: StepResult?
    /// The steps that were to be run and were not, by name: `migrate`, `warm on web2`.
    package let notRun: [String]
    package let started: Timestamp
    package let duration: Duration
    /// The transcript's path, or nil when there is none.
    package let transcript: String?
}
