extension RemoteLock {
    /// What a script of `RemoteLock` prints: a word, and for some more fields, separated by tabs.
    ///
    ///     held
    ///     busy      SINCE  RUN  OWNER  REASON  BEAT-AGE  HELD-FOR
    ///     released [SINCE  RUN  OWNER  REASON  BEAT-AGE  HELD-FOR]
    ///     timeout · lost · free · .
    ///     error     TEXT
    ///
    /// SINCE is in seconds since 1970, the last two in seconds, all by the clock of the host; a field
    /// that is not known is empty. BEAT-AGE is `never` for a lock taken by hand.
    package enum Message: Sendable, Equatable {
        /// The lock is ours.
        case held
        /// Somebody else has the lock; repeated by a waiting keeper when that changes.
        case busy(Holder)
        /// The wait is over without the lock; the last message.
        case timeout
        /// A waiting keeper makes sure that its client is still there; once the lock is held, the
        /// answer to a heartbeat.
        case alive
        /// The lock is not ours any more, by force or because it went stale; the last message.
        case lost
        /// The lock was given back, or taken away from the one named; the last message.
        case released(Holder?)
        /// Nobody has the lock.
        case free
        /// The lock cannot be had, which is the last message; after `held`, a heartbeat was not kept.
        case error(String)

        /// Reads one line without its end; nil for one that is none of these.
        package static func parse(_ line: some StringProtocol) -> Message? {
            let fields = RemoteLine.fields(of: line)
            let rest = fields.dropFirst()
            switch (fields[0], rest.count) {
            case ("held", 0): return .held
            case ("timeout", 0): return .timeout
            case (".", 0): return .alive
            case ("lost", 0): return .lost
            case ("free", 0): return .free
            case ("released", 0): return .released(nil)
            case ("released", 6...): return .released(Holder(rest))
            case ("busy", 6...): return .busy(Holder(rest))
            case ("error", 1...):
                return .error(RemoteLine.cleaned(rest.joined(separator: " "), limit: 512))
            default: return nil
            }
        }
    }

    /// Who has a lock, as the host tells it; the texts are fit to print.
    package struct Holder: Sendable, Equatable {
        /// The run that holds the lock; empty while it is being taken or given back.
        package let run: String
        /// The user who holds it, `user@host`.
        package let owner: String
        package let reason: String
        /// When it was taken, in seconds since 1970 by the clock of the host.
        package let since: Int?
        /// For how long it has been held, by that clock alone.
        package let heldFor: Duration?
        /// How long ago the last heartbeat was; nil where there is none.
        package let beatAge: Duration?
        /// Whether it was taken by hand, and so never goes stale.
        package let isManual: Bool

        package init(
            run: String,
            owner: String,
            reason: String,
            since: Int?,
            heldFor: Duration?,
            beatAge: Duration?,
            isManual: Bool = false
        ) {
            self.run = run
            self.owner = owner
            self.reason = reason
            self.since = since
            self.heldFor = heldFor
            self.beatAge = beatAge
            self.isManual = isManual
        }

        /// Reads six or more fields; a tab that somebody wrote into the reason stays a part of it.
        fileprivate init(_ fields: ArraySlice<Substring>) {
            let fields = Array(fields)
            let last = fields.count - 1
            self.init(
                run: RemoteLine.cleaned(fields[1], limit: 64),
                owner: RemoteLine.cleaned(fields[2], limit: RemoteLine.ownerLimit),
                reason: RemoteLine.cleaned(
                    fields[3...last - 2].joined(separator: " "), limit: RemoteLine.reasonLimit),
                since: RemoteLine.number(fields[0]),
                heldFor: RemoteLine.number(fields[last]).map { .seconds(max(0, $0)) },
                beatAge: RemoteLine.number(fields[last - 1]).map { .seconds(max(0, $0)) },
                isManual: fields[last - 1] == "never")
        }
    }
}
