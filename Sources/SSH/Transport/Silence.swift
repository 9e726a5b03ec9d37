/// How long a server may say nothing: after a while it is asked for a sign of life, and given up when
/// none comes.
///
/// The kernel asks the machine behind the socket on its own; this also notices a server that hangs, and
/// a link behind a proxy that is gone.
package struct Silence: Sendable {
    /// ssh_config(5)'s ServerAliveInterval and ServerAliveCountMax, here with defaults that tell of a lost
    /// connection within 15 s.
    package static let usualInterval = Duration.seconds(7)
    package static let usualCount = 1

    /// What is to be done.
    package enum Step: Equatable, Sendable {
        case nothing
        /// Ask for a sign of life.
        case ask
        /// Give the connection up, unless something has come by now.
        case giveUp
    }

    /// A turn that comes later than this found us stopped, or the machine asleep.
    private static let mostLate = Duration.seconds(2)
    /// More than this to be sent takes its time on a slow line, and the question stands behind it, in bytes.
    private static let muchBacklog = 16 << 10

    package let interval: Duration
    /// After which silence the connection counts as lost.
    package let limit: Duration
    private var isAsked = false
    private var due: ContinuousClock.Instant
    /// What was acknowledged at the last step, where a backlog stood ahead of the question.
    private var acknowledged: Int?

    /// `interval`: after which silence the server is asked; it has that long `count` times to answer.
    package init(
        interval: Duration = usualInterval, count: Int = usualCount,
        now: ContinuousClock.Instant = .now
    ) {
        self.interval = interval
        limit = interval * (max(0, count) + 1)
        due = now + interval
    }

    /// When the next step is due.
    package var nextTurn: Deadline { Deadline(instant: due) }

    /// Something has come from the server.
    package mutating func hear(at now: ContinuousClock.Instant) {
        isAsked = false
        due = now + interval
    }

    /// What is to be done now; after `giveUp` it is asked for again where something came after all.
    ///
    /// `backlog`: the bytes that are still to be sent and acknowledged; `acknowledged`: how many ever
    /// were, nil where nobody knows. A server that takes in a long input slowly has no time to answer.
    package mutating func step(
        at now: ContinuousClock.Instant, backlog: Int, acknowledged count: Int?
    ) -> Step {
        guard now >= due else { return .nothing }
        let isLate = due.duration(to: now) > Self.mostLate
        defer { due = now + (limit - interval) }
        guard isAsked else {
            isAsked = true
            acknowledged = backlog > Self.muchBacklog ? count : nil
            return .ask
        }
        // Asked just before a stop, it may have been heard by nobody: it has its time again.
        if isLate { return .nothing }
        if let before = acknowledged, let count, count > before {
            acknowledged = count
            return .nothing
        }
        return .giveUp
    }
}
