/// Writes batches into a transcript's file, and lives through the times when the disk takes none.
///
/// What is lost in such an outage is counted. The first thing written after it is a gap that tells
/// how much is missing and why.
struct SteadyWriter: ~Copyable {
    private struct Outage {
        let reason: String
        let nextAttempt: ContinuousClock.Instant
        /// Output bytes that no gap in the file tells of yet.
        var lost: Int
    }

    private(set) var file: RecordingFile
    let header: TranscriptHeader
    private let retryDelay: Duration
    private let warn: (String) -> Void
    private var outage: Outage?
    private var toldLost = 0
    private var hasWarned = false

    init(
        _ file: consuming RecordingFile, header: TranscriptHeader, retryDelay: Duration,
        warn: @escaping (String) -> Void
    ) {
        self.file = file
        self.header = header
        self.retryDelay = retryDelay
        self.warn = warn
    }

    /// Whether the last attempt to write worked.
    var isWorking: Bool {
        outage == nil
    }

    /// Output bytes that outages have cost so far.
    var lost: Int {
        toldLost + (outage?.lost ?? 0)
    }

    /// Writes the header and starts to bring it to the disk.
    mutating func begin(_ encoder: inout EventEncoder) {
        encoder.header(header)
        flush(&encoder, at: .now)
        file.startSync()
    }

    /// Whether it makes sense to encode more: during an outage only when an attempt is due and works.
    mutating func canWrite(
        _ encoder: inout EventEncoder, at now: ContinuousClock.Instant, time: Int64
    )
        -> Bool
    {
        guard let outage else { return true }
        guard now >= outage.nextAttempt else { return false }
        resume(&encoder, at: now, time: time)
        return self.outage == nil
    }

    /// Counts output bytes that were not even tried, since the disk takes nothing.
    mutating func lose(_ count: Int) {
        outage?.lost += count
    }

    /// Tries to write again, if need be; the gap comes first, and before it a header that is missing.
    mutating func resume(
        _ encoder: inout EventEncoder, at now: ContinuousClock.Instant, time: Int64
    ) {
        guard let past = outage.take() else { return }
        if file.size == 0 { encoder.header(header) }
        encoder.gap(of: past.lost, reason: past.reason, at: time)
        flush(&encoder, at: now)
        if outage == nil {
            toldLost += past.lost
        } else {
            outage?.lost += past.lost
        }
    }

    /// Writes what the encoder has ready; its batch is empty then, come what may.
    mutating func flush(_ encoder: inout EventEncoder, at now: ContinuousClock.Instant) {
        guard !encoder.batch.isEmpty else { return }
        var kept = 0
        do {
            try file.append(encoder.batch, kept: &kept)
            try file.syncSoon(now: now)
        } catch {
            if kept < encoder.batch.count { endure(error, &encoder, kept: kept, at: now) }
            warnOnce(error)
        }
        encoder.batch.removeAll()
    }

    /// Brings what was written to the disk before it returns.
    mutating func syncNow() {
        do {
            try file.syncNow()
        } catch {
            warnOnce(error)
        }
    }

    /// Waits until the header is on the disk; false if it could not be written.
    mutating func waitUntilHeaderIsDurable() -> Bool {
        file.size > 0 && file.waitUntilHeaderIsDurable()
    }

    /// Has what goes on beside this thread end.
    mutating func stopSync() {
        file.stopSync()
    }

    /// Says again, at the end, that something is missing.
    func warnOfLoss(hasEnding: Bool) {
        if file.isGone {
            return warn("the transcript \"\(file.path)\" was deleted while it was recorded")
        }
        guard hasWarned else { return }
        if lost > 0 {
            warn(
                "the transcript is incomplete: \(lost) bytes of output are missing in \"\(file.path)\""
            )
        } else if !hasEnding {
            warn("the transcript is incomplete: its end is missing in \"\(file.path)\"")
        }
    }

    private mutating func endure(
        _ failure: RecordingFile.Failure, _ encoder: inout EventEncoder, kept: Int,
        at now: ContinuousClock.Instant
    ) {
        let lost = encoder.batch.represented(from: kept) + encoder.dropTails()
        outage = Outage(
            reason: explanation(of: failure.errorNumber), nextAttempt: now + retryDelay,
            lost: (outage?.lost ?? 0) + lost)
    }

    private mutating func warnOnce(_ failure: RecordingFile.Failure) {
        guard !hasWarned else { return }
        hasWarned = true
        warn(
            "the transcript has gaps from here on: \(failure.message)\n"
                + "hint: the run goes on, and recording resumes once there is room")
    }
}
