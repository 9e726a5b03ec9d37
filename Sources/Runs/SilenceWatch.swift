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
    /// Whether something has come that `settle` is to be told of.
    private var hasHeard = false

    init(_ channel: Channel) {
        self.channel = channel
        silence = channel.session.silence
        silence.hear(at: .now)
    }

    /// When the server is to be asked for a sign of life, or given up.
    var nextTurn: Deadline { silence.nextTurn }

    /// Counts from now on again: what came meanwhile may have been heard by others.
    mutating func restart() {
        if !channel.pingIsOut { silence.hear(at: .now) }
    }

    /// Moves bytes as poll(2) said; returns why the connection counts as lost, where it does.
    ///
    /// Where something has come, that is shown first: `settle` does the rest.
    mutating func transfer(_ entries: ArraySlice<pollfd>) -> String? {
        let unread = channel.unreadCount
        channel.session.transfer(entries)
        if channel.unreadCount > unread {
            hasHeard = true
            return nil
        }
        guard silence.nextTurn.hasPassed, !channel.networkHasEnded else { return nil }
        switch silence.step(
            at: .now, backlog: channel.backlog, acknowledged: channel.acknowledgedCount)
        {
        case .nothing: return nil
        case .ask:
            channel.ping()
            return nil
        case .giveUp:
            // The poll(2) before may have been cut short by a signal.
            channel.session.exchange()
            guard channel.unreadCount == unread else {
                hasHeard = true
                return nil
            }
            return "no sign of life for \(DurationText.format(silence.limit))"
        }
    }

    /// Takes what has come for the sign of life it is, before the next wait.
    mutating func settle() {
        guard hasHeard else { return }
        hasHeard = false
        silence.hear(at: .now)
        guard channel.pingIsOut else { return }
        // Not in its turn: where nobody reads our output, it would stand behind that.
        channel.allow(nil)
        channel.collectPing()
    }
}
