#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Takes values out of a transcript after the fact: it is written anew, and the ledger tells.
///
/// The new file takes the old one's name in one step, and no copy of the old bytes stays.
package struct TranscriptScrub {
    /// How often each value stood there, in the order of the redactions.
    package private(set) var counts: [Int]

    /// The ledger's line about the new file; nil where nothing was found, and in a dry run.
    package private(set) var line: LedgerLine?

    /// Looks for values in a transcript, and takes them out unless it is a dry run.
    ///
    /// Throws `busy` where it is being recorded, `ledger` where that cannot be noted, and
    /// `unreadable` or `output`; the transcript is then as it was.
    package init(
        _ redactions: [Redaction], from path: String, isDryRun: Bool
    ) throws(TranscriptError) {
        let lock = try TranscriptLock(path)
        let transcript = try Transcript.open(path)
        var search = ScrubbedEvents(redactions, onlcr: transcript.header.onlcr) { _ in }
        _ = try TranscriptScrub.copy(transcript, to: &search)
        counts = search.counts
        guard !isDryRun, counts.contains(where: { $0 > 0 }) else { return }
        line = try TranscriptScrub.rewrite(transcript, without: redactions, counts)
        lock.release()
    }

    /// Everything but the last line, whose text it returns without the values.
    private static func copy(
        _ transcript: Transcript, to events: inout ScrubbedEvents
    ) throws(TranscriptError) -> (time: Int64, ending: Ending, input: (Int, String)?)? {
        try events.append(transcript.header)
        guard let (time, data) = try events.append(transcript),
            var ending = transcript.ending
        else { return nil }
        ending.reason = ending.reason.map { events.text($0) }
        ending.signal = ending.signal.map { events.text($0) }
        for index in ending.steps.indices {
            ending.steps[index].name = events.text(ending.steps[index].name)
            ending.steps[index].host = events.text(ending.steps[index].host)
        }
        return (time, ending, input(data))
    }

    /// What was piped in, as the last line tells of it.
    private static func input(_ data: [UInt8]) -> (Int, String)? {
        let json = data.withUnsafeBytes { JSONValue($0) }
        guard let count = json?["stdin"]?["bytes"]?.integer,
            let digest = json?["stdin"]?["sha256"]?.string
        else { return nil }
        return (count, digest)
    }

    private static func rewrite(
        _ transcript: Transcript, without redactions: [Redaction], _ counts: [Int]
    ) throws(TranscriptError) -> LedgerLine {
        guard let stateFolder = StateFolder.holding(transcript.path) else {
            throw TranscriptError(
                .ledger, attempted: "cannot rewrite \"\(transcript.path)\"",
                underlying: "it is in no state folder, and no ledger could tell")
        }
        let found = zip(redactions, counts).filter { $0.1 > 0 }.map(\.0)
        let file = try ReplacementFile(for: transcript.path)
        var events = ScrubbedEvents(found, onlcr: transcript.header.onlcr) {
            batch throws(TranscriptError) in try file.append(batch)
        }
        let end = try copy(transcript, to: &events)
        // From here on nobody else writes into the ledger: the last line tells its head.
        var ledger = try LedgerFile(in: stateFolder)
        if let end {
            var totals = RecordedTotals()
            totals.received = end.ending.received
            totals.lost = end.ending.lost
            totals.input = end.input.flatMap { input in
                // The digest of nothing but the value would confirm any guess of it.
                found.contains { $0.isDigest(input.1) } ? nil : input
            }
            totals.sha256 = file.sha256
            totals.previousHead = ledger.head
            try events.append(ending: end.ending.text(totals), at: end.time)
        }
        try file.check(without: found)
        try file.takePlace()
        return try ledger.append(.scrubbed, of: transcript.header.run, sha256: file.sha256)
    }
}

/// The lock that those who record a transcript hold.
package struct TranscriptLock: ~Copyable {
    private let descriptor: Int32

    /// Throws `busy` where somebody else has it; a file system without locks has nobody who has.
    init(_ path: String) throws(TranscriptError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw TranscriptError(
                .unreadable, attempted: "cannot open \"\(path)\"",
                underlying: explanation(of: errno))
        }
        guard TranscriptLock.take(descriptor) else {
            throw TranscriptError(
                .busy, attempted: "cannot rewrite \"\(path)\"",
                underlying: "it is being recorded",
                hint: "wait for the run's end")
        }
    }

    /// Locks an open file; false where a recorder has it.
    ///
    /// Whoever asks for a transcript's state has it for an instant, and so has a program that is being
    /// started, hence a second of patience. On a file system without locks nobody has it.
    package static func take(_ descriptor: Int32) -> Bool {
        let limit = ContinuousClock.now + .seconds(1)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { return true }
            guard ContinuousClock.now < limit else { return false }
            usleep(1000)
        }
        return true
    }

    /// Whether a recorder has it.
    static func isHeld(_ descriptor: Int32) -> Bool {
        guard take(descriptor) else { return true }
        flock(descriptor, LOCK_UN)
        return false
    }

    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Lets it go.
    consuming func release() {}
}
