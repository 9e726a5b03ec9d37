package import Deployments
package import LocalTerminal

internal import SSH
internal import Transcripts

/// One question about a deployment's lock, put to its primary host: who has it, take it, give it back.
package struct LockQuery {
    package enum Question: Sendable {
        case status
        /// Takes it by hand: it stays until it is released, whatever becomes of this process.
        case acquire(reason: String)
        case release(isForced: Bool)
    }

    package enum Answer: Sendable, Equatable {
        /// Nobody has it.
        case free
        /// Somebody else has it, or whoever asked for the status reads who.
        case busy(RemoteLock.Holder)
        /// It is ours now.
        case held
        /// It was taken from this holder.
        case released(RemoteLock.Holder?)
        /// It could not be asked, which was explained; the status to exit with.
        case failed(CInt)
    }

    private let deployment: Deployment
    private let destination: Destination
    private let lock: RemoteLock
    private let notices: Notices
    private let signals: SignalPipe

    /// Throws `DeploymentsError` for a host that cannot be; `environment` is this process's.
    package init(
        of deployment: Deployment, options: RunOptions, environment: [String: String],
        notices: Notices, signals: SignalPipe
    ) throws(DeploymentsError) {
        self.deployment = deployment
        destination = try Destination(
            deployment.hosts[0], of: deployment, options: options, environment: environment)
        lock = RemoteLock(
            deployment: deployment.name, staleAfter: try LockTerms.staleAfter(environment))
        self.notices = notices
        self.signals = signals
    }

    /// Asks, and explains what went wrong.
    package func ask(_ question: Question) -> Answer {
        do {
            return try answer(to: question)
        } catch {
            if let number = signals.interrupt() { return .failed(128 + number) }
            notices.error(error)
            return .failed(255)
        }
    }

    /// What is to be said of a holder who shows no life any more; nil of one who does.
    package func remark(on holder: RemoteLock.Holder) -> String? {
        guard lock.isStale(holder), let age = holder.beatAge else { return nil }
        return "no sign of life for \(age.short), so the next one takes it over"
    }

    private func answer(to question: Question) throws(SSHError) -> Answer {
        let connection = try Connector(destination, notices: notices, signals: signals).connect()
        defer { connection.close() }
        guard
            let line = RemoteCommand.auxiliary(
                script(for: question), on: deployment, insideContainer: false)
        else { return refused("the text is too long") }
        let output = try connection.answer(to: line, until: deadline(of: question, connection))
            .output
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        var other: RemoteLock.Holder?
        for message in lines.compactMap({ RemoteLock.Message.parse($0) }) {
            switch message {
            case .held: return .held
            // Who had it before, where it turns out to be stale and is taken over.
            case .busy(let holder): other = holder
            case .released(let holder): return .released(holder)
            case .free: return .free
            case .error(let reason): return refused(reason)
            case .timeout, .alive, .lost: break
            }
        }
        if let other { return .busy(other) }
        return refused("the host gave no answer")
    }

    /// Whether a lock is stale shows only after a while.
    private func deadline(of question: Question, _ connection: Connection) -> Deadline {
        guard case .acquire = question else { return connection.phase }
        return .after(lock.staleAfter + .seconds(30))
    }

    private func script(for question: Question) -> String {
        switch question {
        case .status: lock.status
        case .acquire(let reason):
            lock.acquire(run: RunID().description, owner: HomeFolder.actor, reason: reason)
        case .release(let isForced): lock.release(owner: HomeFolder.actor, isForced: isForced)
        }
    }

    private func refused(_ reason: String) -> Answer {
        notices.error(
            "cannot ask for the lock of \"\(deployment.name)\": \(reason)",
            hint: "check the home folder of the account on the primary host")
        return .failed(125)
    }
}
