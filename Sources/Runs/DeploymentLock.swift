internal import Deployments
internal import SSH

/// The lock of a deployment: held on its primary host for as long as this side keeps it alive.
///
/// A small program of ours on a channel of its own keeps it there (see `RemoteLock`); a line of input
/// is a heartbeat, and answered. Without them it goes stale, and somebody else may take it over.
final class DeploymentLock: Attendant {
    /// What came of trying to get it.
    enum Acquisition {
        case held(DeploymentLock)
        /// Somebody else has it.
        case busy(RemoteLock.Holder)
        /// The host cannot keep a lock; the text says why.
        case unusable(String)
    }

    /// How long the host may take to answer.
    private static let patience = Duration.seconds(10)

    private let lock: RemoteLock
    private let keeper: LockKeeper
    private let warn: (String) -> Void
    /// When each heartbeat was sent that has no answer yet.
    private var unanswered: [ContinuousClock.Instant] = []
    /// The moment of the last heartbeat that was answered: it was held then.
    private var lastSign = ContinuousClock.now
    private var isReleased = false
    private(set) var nextTurn = Deadline.never
    /// Why it is not held any more; nil while it is.
    private(set) var loss: String?

    private init(_ lock: RemoteLock, _ keeper: LockKeeper, warn: @escaping (String) -> Void) {
        self.lock = lock
        self.keeper = keeper
        self.warn = warn
    }

    /// Takes the lock, or waits for it as long as `wait` says; `waiting` hears who has it.
    static func acquire(
        _ plan: PlannedLock, run: String, over connection: Connection,
        warn: @escaping (String) -> Void, waiting: (RemoteLock.Holder) -> Void
    ) throws(SSHError) -> Acquisition {
        let script = plan.lock.keeper(
            run: run, owner: HomeFolder.actor, reason: plan.reason, wait: plan.wait)
        guard
            let line = RemoteCommand.auxiliary(
                script, on: plan.deployment, insideContainer: false)
        else { return .unusable("the command that would keep the lock is too long") }
        let held = DeploymentLock(
            plan.lock, try LockKeeper(line, over: connection), warn: warn)
        // The far side keeps to `wait` by itself; beyond it a stale lock takes its time.
        let patience = (plan.wait ?? .zero) + plan.lock.staleAfter + .seconds(30)
        return try held.awaitLock(until: .after(patience), waits: plan.wait != nil, waiting)
    }

    private func awaitLock(
        until deadline: Deadline, waits: Bool, _ waiting: (RemoteLock.Holder) -> Void
    ) throws(SSHError) -> Acquisition {
        var holder: RemoteLock.Holder?
        while true {
            for message in try keeper.messages() {
                switch message {
                case .held:
                    lastSign = .now
                    nextTurn = .after(lock.heartbeatInterval)
                    return .held(self)
                case .busy(let other):
                    holder = other
                    if waits { waiting(other) }
                case .timeout:
                    return holder.map { .busy($0) } ?? .unusable("the lock could not be taken")
                case .error(let reason): return .unusable(reason)
                case .alive, .lost, .released, .free: break
                }
            }
            if keeper.hasEnded {
                return holder.map { .busy($0) } ?? .unusable("sh on the host did not take it")
            }
            try keeper.turn("cannot lock the deployment", until: deadline)
        }
    }

    // MARK: - While it is held

    func attend() {
        guard loss == nil else { return nextTurn = .never }
        nextTurn = .after(lock.heartbeatInterval)
        keeper.exchange()
        do {
            try hear()
            if loss == nil { try beat() }
        } catch {
            lose(by: error)
        }
    }

    /// Makes sure that it is still held: the host is asked unless it has said so lately.
    ///
    /// Throws `interrupted` alone; whatever else comes in between counts as a loss.
    func confirm() throws(SSHError) -> Bool {
        guard loss == nil else { return false }
        keeper.exchange()
        do {
            try hear()
            if loss != nil || lastSign.duration(to: .now) < lock.heartbeatInterval {
                return loss == nil
            }
            let limit = Deadline.after(Self.patience)
            let asked = ContinuousClock.now
            try beat()
            while loss == nil, lastSign < asked {
                try keeper.send()
                try keeper.turn("cannot ask for the lock", until: limit)
                try hear()
            }
        } catch {
            if error.code == .interrupted { throw error }
            lose(by: error)
        }
        return loss == nil
    }

    private func beat() throws(SSHError) {
        unanswered.append(.now)
        try keeper.send(RemoteLock.heartbeat)
    }

    /// Takes in what the far side has said; throws where it says nothing any more.
    private func hear() throws(SSHError) {
        for message in try keeper.messages() { note(message) }
        if loss == nil, !isReleased { try keeper.checkIsThere() }
    }

    private func note(_ message: RemoteLock.Message) {
        switch message {
        case .alive:
            if !unanswered.isEmpty { lastSign = unanswered.removeFirst() }
        case .released: isReleased = true
        case .lost:
            loss = "the lock was taken away"
            nextTurn = .never
            warn("the lock of the deployment was taken away while it was held")
        case .error(let reason): warn("the lock could not be kept alive: \(reason)")
        case .held, .busy, .timeout, .free: break
        }
    }

    private func lose(by error: SSHError) {
        loss = "the lock was lost"
        nextTurn = .never
        warn("the lock of the deployment is not kept alive any more: \(error.message)")
    }

    // MARK: - Its end

    /// Gives the lock back, or leaves it to go stale where what it was taken for may still go on.
    ///
    /// False where somebody else could have had it meanwhile.
    @discardableResult
    func end(mayBeRunning: Bool) -> Bool {
        nextTurn = .never
        guard loss == nil else { return false }
        if !mayBeRunning { return release() }
        warn(
            "the lock is not given back, as the command may still be running; it goes stale after "
                + DurationText.format(lock.staleAfter))
        return true
    }

    /// No interrupt ends it: whoever interrupts a run wants its lock to be free.
    private func release() -> Bool {
        let limit = Deadline.after(Self.patience)
        do {
            try keeper.send(RemoteLock.releaseLine)
            while true {
                try hear()
                if isReleased || loss != nil { return isReleased }
                try keeper.turnUninterrupted(until: limit)
                try keeper.send()
            }
        } catch {
            warn("the lock was not given back (\(error.message)); it goes stale by itself")
            return lastSign.duration(to: .now) < lock.staleAfter
        }
    }
}
