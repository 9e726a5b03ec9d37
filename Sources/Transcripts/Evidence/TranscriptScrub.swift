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
        // Reading and saving all of it takes its time, and the ledger is locked for a moment only.
        try file.check(without: found)
        try file.save()
        // From here on nobody else writes into the ledger: the last line tells its head.
        var ledger = try LedgerFile(in: stateFolder)
        let before = ledger.last
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
            try file.checkNew(without: found)
        }
        let line = try ledger.append(
            .scrubbed, of: transcript.header.run, sha256: file.sha256)
        do {
            try file.takePlace()
        } catch {
            ledger.takeBack(line, before: before)
            throw error
        }
        return line
    }
}
