/// The lock that lets one run at a time work on a deployment; it lies on the primary host.
///
/// Its whole state is `$HOME/.ccrun/locks/APP.DEP/`, a folder with two files: `holder.RUN`, whose
/// lines are `since=`, `owner=` and `reason=`, and `beat`, with the time of the last heartbeat in
/// seconds since 1970, or `never` for a lock taken by hand. All times are the remote host's own.
///
/// Who makes the folder has the lock (`mkdir` fails where it is, POSIX.1-2017). Who takes a lock
/// away, be it the holder, a contender who finds it stale, or somebody by force, removes
/// `holder.RUN` first. Unlinking succeeds for one only, and as the name has the run in it, it can
/// never hit the lock of somebody who came in between. Only then the folder goes, with `rmdir`,
/// which fails where a new holder is in it. So there is no guard that a dead contender could leave
/// behind; a folder without a holder, of one who died half-way, goes stale like any other.
package struct RemoteLock: Sendable, Equatable {
    package let deployment: DeploymentName
    /// How long after its last heartbeat a lock may be taken over; in whole seconds on the host.
    package let staleAfter: Duration

    /// A line for the keeper's input that says that the client is alive.
    package static let heartbeat = Array("beat\n".utf8)
    /// The line for the keeper's input that gives the lock back.
    package static let releaseLine = Array("release\n".utf8)

    /// Names the lock of a deployment; a `staleAfter` of less than a second counts as one.
    package init(deployment: DeploymentName, staleAfter: Duration = .seconds(60)) {
        self.deployment = deployment
        self.staleAfter = max(staleAfter, .seconds(1))
    }

    /// How often the keeper wants to hear from its client.
    package var heartbeatInterval: Duration { staleAfter / 6 }

    /// Whether the last heartbeat is older than a lock of a living client can have.
    package func isStale(_ holder: Holder) -> Bool {
        holder.beatAge.map { $0 > staleAfter } ?? false
    }

    /// Composes the script that takes the lock and holds it for as long as its client wants.
    ///
    /// It prints messages, one a line (see `Message`). Where somebody else has the lock it tries
    /// again every second until `wait` is over; nil does not wait. Once it has printed `held`, every
    /// line of its standard input is a heartbeat, which it answers where the lock is still its
    /// client's, but `release` gives the lock back. The end of the
    /// input leaves the lock as it is, to go stale: the task may still be running. A keeper of the
    /// same run can go on with it until then.
    ///
    /// A lock counts as stale when its last heartbeat is older than `staleAfter` and none came in a
    /// quarter of that time, so that a host that was suspended, or whose clock was set, does not
    /// lose its locks; or when nothing about it changed in all of that time.
    package func keeper(run: String, owner: String, reason: String, wait: Duration?) -> String {
        script(run: run)
            .contending(owner: owner, reason: reason, wait: wait).keeping
    }

    /// Composes the script that takes the lock by hand, until it is released by hand.
    ///
    /// It prints `held`, or `busy` and `timeout`. Such a lock never goes stale.
    package func acquire(run: String, owner: String, reason: String) -> String {
        script(run: run)
            .contending(owner: owner, reason: reason, wait: nil).takingByHand
    }

    /// Composes the script that takes a lock away.
    ///
    /// Without force that is a lock of the same `owner`, taken by hand or gone stale; any other is
    /// left alone and reported as `busy`. Else it prints `released` with whose it was, or `free`.
    package func release(owner: String, isForced: Bool) -> String {
        script(run: "").releasing(owner: owner, isForced: isForced)
    }

    /// The script that prints `free`, or `busy` with who holds the lock.
    package var status: String {
        script(run: "").telling
    }

    private func script(run: String) -> RemoteLockScript {
        RemoteLockScript(
            folder: "\(deployment.app).\(deployment.deployment)", run: run, staleAfter: staleAfter)
    }
}
