internal import Deployments
internal import SSH

/// The lock of a deployment: held on its primary host for as long as this side keeps it alive.
///
/// A small program of ours on a channel of its own keeps it there (see `RemoteLock`); a line of input
/// is a heartbeat. Without them it goes stale, and somebody else may take it over.
final class DeploymentLock: Attendant {
    /// What came of trying to get it.
    enum Acquisition {
        case held(DeploymentLock)
        /// Somebody else has it.
        case busy(RemoteLock.Holder)
        /// The host cannot keep a lock; the text says why.
        case unusable(String)
    }

    private let lock: RemoteLock
    private let channel: Channel
    private let reader: ChannelReader
    private let warn: (String) -> Void
    private var pending: [UInt8] = []
    private(set) var nextTurn = Deadline.never
    /// Whether it was taken away.
    private(set) var isLost = false

    private init(
        _ lock: RemoteLock, over connection: Connection, keeper: String,
        warn: @escaping (String) -> Void
    ) throws(SSHError) {
        self.lock = lock
        self.warn = warn
        channel = try connection.start(keeper)
        reader = ChannelReader(channel)
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
        let held = try DeploymentLock(plan.lock, over: connection, keeper: line, warn: warn)
        // The far side keeps to `wait` by itself; beyond it a stale lock takes its time.
        let patience = (plan.wait ?? .zero) + plan.lock.staleAfter + .seconds(30)
        return try held.awaitLock(until: .after(patience), waits: plan.wait != nil, waiting)
    }

    private func awaitLock(
        until deadline: Deadline, waits: Bool, _ waiting: (RemoteLock.Holder) -> Void
    ) throws(SSHError) -> Acquisition {
        var holder: RemoteLock.Holder?
        while true {
            for message in try messages() {
                switch message {
                case .held:
                    nextTurn = .after(lock.heartbeatInterval)
                    return .held(self)
                case .busy(let other):
                    holder = other
                    if waits { waiting(other) }
                case .timeout:
                    return holder.map { .busy($0) } ?? .unusable("the lock could not be taken")
                case .error(let reason): return .unusable(reason)
                case .waiting, .lost, .released, .free: break
                }
            }
            if channel.facts.isClosed {
                return holder.map { .busy($0) } ?? .unusable("sh on the host did not take it")
            }
            try channel.session.turn(
                "cannot lock the deployment at \(channel.session.address)", until: deadline)
        }
    }

    // MARK: - While it is held

    func attend() {
        nextTurn = .after(lock.heartbeatInterval)
        channel.session.exchange()
        do {
            for message in try messages() { note(message) }
            if !isLost { _ = try channel.write(RemoteLock.heartbeat[...]) }
        } catch {
            // The commands on this connection end by the same loss, and tell of it.
            nextTurn = .never
        }
        channel.session.flush()
    }

    private func note(_ message: RemoteLock.Message) {
        switch message {
        case .lost:
            isLost = true
            nextTurn = .never
            warn("the lock of the deployment was taken away while it was held")
        case .error(let reason): warn("the lock could not be kept alive: \(reason)")
        default: break
        }
    }

    /// Gives the lock back, as far as the connection still does.
    func release() {
        guard !isLost else { return }
        nextTurn = .never
        do {
            _ = try channel.write(RemoteLock.releaseLine[...])
            while !channel.facts.isClosed {
                if try messages().contains(where: \.isRelease) { return }
                try channel.session.turn("cannot give the lock back", until: .after(.seconds(10)))
            }
        } catch {
            warn("the lock was not given back (\(error.message)); it goes stale by itself")
        }
    }

    /// The whole lines that have come.
    private func messages() throws(SSHError) -> [RemoteLock.Message] {
        pending += try reader.read()
        var messages: [RemoteLock.Message] = []
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: pending[..<end], as: UTF8.self)
            pending.removeSubrange(...end)
            if let message = RemoteLock.Message.parse(line) { messages.append(message) }
        }
        return messages
    }
}

extension RemoteLock.Message {
    fileprivate var isRelease: Bool {
        if case .released = self { true } else { false }
    }
}
