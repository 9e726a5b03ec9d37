#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH

/// When to look for an answer again and again, rather than to sleep until it comes.
///
/// A processor that has gone to sleep is slow to wake up, and has forgotten what it knew: for a server
/// nearby that is a good part of the time between a key and its echo.
struct EagerWait {
    /// Longer than an echo from the same network takes; at most so much of a processor costs one key.
    private static let limit = Duration.milliseconds(1)

    private var sent: ContinuousClock.Instant?
    private var wasAnswered = false
    /// Whether the last key was answered within the limit.
    private var isNear = true

    /// Lets a server on this machine have the processor: sending has often woken it up on ours.
    func giveWay() {
        if isNear { sched_yield() }
    }

    /// A key has just been given to the network.
    mutating func noteSent(at now: ContinuousClock.Instant = .now) {
        sent = now
    }

    /// What comes next need not be the answer to the key.
    mutating func forgetKey() {
        sent = nil
    }

    /// Something has come from the server; where that took longer, sleeping is as good from now on.
    mutating func noteAnswer(at now: ContinuousClock.Instant = .now) {
        guard let sent = sent.take() else { return }
        isNear = sent.duration(to: now) <= Self.limit
        wasAnswered = true
    }

    /// Until when not to sleep; nil where nothing is worth it.
    var deadline: Deadline? {
        guard isNear, let sent else { return nil }
        return Deadline(instant: sent + Self.limit)
    }

    /// Whether an answer may come at any moment, so that nothing else is to be begun.
    var isExpecting: Bool { deadline?.hasPassed == false }

    /// Whether a key was answered since the last call: the next is a while away.
    mutating func takeAnswer() -> Bool {
        defer { wasAnswered = false }
        return wasAnswered
    }
}
