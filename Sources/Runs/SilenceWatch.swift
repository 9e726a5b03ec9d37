#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import SSH

/// Moves a session's bytes, and sees to it that some come now and then while a command runs.
struct SilenceWatch {
    private let channel: Channel
    private var silence: Silence

    init(_ channel: Channel) {
        self.channel = channel
        silence = channel.session.silence
        silence.hear(at: .now)
    }

    /// When the server is to be asked for a sign of life, or given up.
    var nextTurn: Deadline { silence.nextTurn }

    /// Moves bytes as poll(2) said; returns why the connection counts as lost, where it does.
    mutating func transfer(_ entries: ArraySlice<pollfd>) -> String? {
        let unread = channel.unreadCount
        channel.session.transfer(entries)
        let now = ContinuousClock.now
        if channel.unreadCount > unread {
            hear(at: now)
            return nil
        }
        guard silence.nextTurn.hasPassed, !channel.networkHasEnded else { return nil }
        switch silence.step(
            at: now, backlog: channel.backlog, acknowledged: channel.acknowledgedCount)
        {
        case .nothing: return nil
        case .ask:
            channel.ping()
            return nil
        case .giveUp:
            // The poll(2) before may have been cut short by a signal.
            channel.session.exchange()
            guard channel.unreadCount == unread else {
                hear(at: now)
                return nil
            }
            return "no sign of life for \(DurationText.format(silence.limit))"
        }
    }

    private mutating func hear(at now: ContinuousClock.Instant) {
        silence.hear(at: now)
        guard channel.pingIsOut else { return }
        // Not in its turn: where nobody reads our output, it would stand behind that.
        channel.allow(nil)
        channel.collectPing()
    }
}
