package import Transcripts

/// Which runs are asked for; what is nil or empty asks for all.
package struct HistoryFilter: Sendable, Equatable {
    package enum Status: Sendable, Equatable {
        /// Ended with status 0.
        case succeeded
        /// Ended with any other.
        case failed
        case running
        case interrupted
        case detached
        case unreadable
        /// Ended with this very status.
        case exactly(Int)

        /// Reads `ok`, `failed`, `running`, `interrupted`, `detached`, `unreadable` or a number up to 255.
        package init?(_ text: String) {
            switch text {
            case "ok": self = .succeeded
            case "failed": self = .failed
            case "running": self = .running
            case "interrupted": self = .interrupted
            case "detached": self = .detached
            case "unreadable": self = .unreadable
            default:
                let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
                guard isNumber, let number = Int(text), number < 256 else { return nil }
                self = .exactly(number)
            }
        }
    }

    package var app: String?
    package var deployment: String?

    /// The first moment that counts.
    package var since: Timestamp?

    /// The first moment that does not count any more.
    package var until: Timestamp?
    package var status: Status?

    /// The name of a task that was run by itself, or as a step of a release.
    package var task: String?

    /// Who ran it: `ana`, or `ana@laptop`.
    package var user: String?

    /// Only jobs that went on without a connection, but for those that could not be started.
    package var isJob = false

    /// The beginning that the run ids have in common.
    package var prefix = ""

    package init() {}

    /// Whether anything is asked for at all.
    package var isEmpty: Bool { self == HistoryFilter() }

    /// Whether a run's id alone says that it counts: it tells when the run was begun.
    func includes(_ run: RunID) -> Bool {
        if let since, run.started < since { return false }
        if let until, run.started >= until { return false }
        return prefix.isEmpty || run.description.hasPrefix(prefix)
    }

    /// Whether a run counts.
    func includes(_ entry: HistoryEntry) -> Bool {
        guard includes(entry.run), app == nil || app == entry.app,
            deployment == nil || deployment == entry.deployment
        else { return false }
        if isJob, !entry.isDetached || entry.end == .cancelled { return false }
        if let task, entry.task != task, !entry.steps.contains(task) { return false }
        if let user, user != entry.user, user != "\(entry.user)@\(entry.userHost)" { return false }
        return status.map { $0.includes(entry) } ?? true
    }
}

extension HistoryFilter.Status {
    fileprivate func includes(_ entry: HistoryEntry) -> Bool {
        switch self {
        case .succeeded: entry.state == .ended && entry.status == 0
        case .failed: entry.state == .ended && entry.status != 0
        case .running: entry.state == .running
        case .interrupted: entry.state == .interrupted
        case .detached: entry.state == .detached
        case .unreadable:
            if case .unreadable = entry.state { true } else { false }
        case .exactly(let number): entry.state == .ended && entry.status == number
        }
    }
}
