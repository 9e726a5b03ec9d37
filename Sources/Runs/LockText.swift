package import Deployments

internal import Transcripts

/// What is said about a lock.
package enum LockText {
    /// The error and the hint where somebody else holds the lock.
    private static func refusal(
        _ holder: RemoteLock.Holder, of name: DeploymentName
    ) -> (message: String, hint: String) {
        (
            "\"\(name)\" is locked \(description(of: holder))",
            "wait for it with --lock-wait 15m, look again with \"ccrun lock \(name)\", or take it "
                + "away with \"ccrun lock \(name) release --force\""
        )
    }

    /// What a run comes to that did not get the lock; explains it.
    static func outcome(
        _ acquisition: DeploymentLock.Acquisition, of name: DeploymentName, _ notices: Notices
    ) -> Outcome? {
        let reason: String
        let hint: String
        switch acquisition {
        case .held: return nil
        case .busy(let holder): (reason, hint) = refusal(holder, of: name)
        case .unusable(let why):
            reason = "cannot lock \"\(name)\": \(why)"
            hint = "check the home folder of the account on the primary host"
        }
        notices.error("\(reason); nothing was run", hint: hint)
        return Outcome(.ccrun, status: 125, reason: reason, wasTold: true)
    }

    /// `by ana@laptop for 3m05s: release (run 01KAM…)`.
    package static func description(of holder: RemoteLock.Holder) -> String {
        var text = holder.owner.isEmpty ? "by somebody" : "by \(holder.owner)"
        if let since = holder.since {
            text += " since \(LocalTime.text(Timestamp(milliseconds: Int64(since) * 1000)))"
        }
        if let age = holder.heldFor { text += ", for \(age.short)" }
        if !holder.reason.isEmpty { text += ": \(holder.reason)" }
        if !holder.run.isEmpty, !holder.isManual { text += " (run \(holder.run))" }
        return text
    }
}
