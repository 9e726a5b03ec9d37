#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Writes the transcript of one run while it goes on; used from the thread that runs it.
///
/// Nothing here throws, and nothing waits for a disk but `waitUntilHeaderIsDurable`, `mark` and
/// `finish`: a run outlives its recording. What could not be recorded is counted, warned about, and
/// marked in the file by a gap.
package final class Recorder {
    /// 256 MiB: of what is longer, head and tail are kept.
    package static let defaultCap = 256 << 20

    private var stateFolder: String
    private let start: ContinuousClock.Instant
    private let limits: RecorderLimits
    private let warn: (String) -> Void

    private var writer: SteadyWriter?
    private var encoder = EventEncoder(onlcr: false)
    private var batchStarted: ContinuousClock.Instant?
    private var totals = RecordedTotals()
    /// The time of all that is recorded, where it is not that of the clock.
    private var pinnedTime: Int64?

    private var redactions: [Redaction] = []
    /// What replaces values that may not be recorded, for each stream its own; empty without any.
    private var redactors: [OutputStream: Redactor] = [:]

    /// What keeps secrets out of the input; nil where input is not recorded.
    private var inputMask: InputMask?
    private var inputRedactor: Redactor?

    /// What follows once the head has reached its size.
    private var tail: TailRing?

    /// Prepares to record; nothing is written before `begin`.
    ///
    /// `start` is the time 0 of the transcript, `cap` the size in bytes that its file is kept
    /// within. `warn` is given whole messages without a prefix; a second line, where there is one,
    /// begins with `hint: `.
    package convenience init(
        stateFolder: String, clock start: ContinuousClock.Instant, cap: Int = Recorder.defaultCap,
        warn: @escaping (String) -> Void
    ) {
        let limits = RecorderLimits(cap: cap)
        self.init(stateFolder: stateFolder, clock: start, limits: limits, warn: warn)
    }

    init(
        stateFolder: String, clock start: ContinuousClock.Instant, limits: RecorderLimits,
        warn: @escaping (String) -> Void
    ) {
        self.stateFolder = stateFolder
        self.start = start
        self.limits = limits
        self.warn = warn
    }

    /// The transcript's file; nil before `begin`, and where none could be created.
    package private(set) var path: String?

    /// The run's line in the ledger; nil before `finish`, and where it has got none.
    package private(set) var ledgerLine: LedgerLine?

    /// Whether what is recorded reaches the file: false without one, and while the disk is full.
    package var isRecording: Bool {
        writer?.isWorking ?? false
    }

    // MARK: - The story of a run

    /// Creates the file with its header, and starts to bring both to the disk.
    package func begin(_ header: TranscriptHeader) {
        encoder = EventEncoder(onlcr: header.onlcr)
        inputMask = header.inputRecorded ? InputMask() : nil
        do {
            let file = try RecordingFile(
                of: header.run, in: stateFolder, syncDelay: limits.syncDelay)
            path = file.path
            writer = SteadyWriter(
                file, header: header, retryDelay: limits.retryDelay, warn: warn)
        } catch {
            warn(
                "this run is not recorded: \(error.message)\n"
                    + "hint: make the folder writable, or name another one in XDG_STATE_HOME")
            return
        }
        writer?.begin(&encoder)
    }

    /// Waits until the header is on the disk; false if it cannot be.
    package func waitUntilHeaderIsDurable() -> Bool {
        writer?.waitUntilHeaderIsDurable() ?? false
    }

    /// Takes output as it was received, of any length.
    package func record(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        totals.received[stream, default: 0] += bytes.count
        // What was typed stands ahead of what came of it; its echo is part of the output anyway.
        if stream == .standardOutput { inputMask?.shown(bytes) { takeInput($0) } }
        guard redactors[stream] != nil else { return take(bytes, .output(stream)) }
        redactors[stream]?.take(bytes) { take($0, .output(stream)) }
    }

    /// Keeps values out of all output that is recorded from now on.
    package func redact(_ redactions: [Redaction]) {
        guard !redactions.isEmpty else { return }
        self.redactions = redactions
        for stream in OutputStream.allCases { redactors[stream] = Redactor(redactions) }
        inputRedactor = Redactor(redactions)
    }

    /// The text of a message about the run, without values that no transcript may hold.
    package func withoutSecrets(_ text: String) -> String {
        Redactor.text(text, without: redactions)
    }

    /// Records what could have become a value that may not be.
    private func recordHeld() {
        for stream in OutputStream.allCases {
            redactors[stream]?.flush { take($0, .output(stream)) }
        }
    }

    /// Takes what was typed; it is recorded where the header says so, and once it has echoed.
    package func recordInput(_ bytes: UnsafeRawBufferPointer) {
        inputMask?.typed(bytes) { takeInput($0) }
    }

    private func takeInput(_ bytes: UnsafeRawBufferPointer) {
        guard inputRedactor != nil else { return take(bytes, .input) }
        inputRedactor?.take(bytes) { take($0, .input) }
    }

    /// The window of the remote terminal has a new size.
    package func resize(columns: Int, rows: Int) {
        var text = "\(columns)x\(rows)"
        text.withUTF8 { take(UnsafeRawBufferPointer($0), .resize) }
    }

    /// A step of a release begins; what came before it is on the disk when this returns.
    package func mark(_ label: String) {
        recordHeld()
        var text = withoutSecrets(label)
        text.withUTF8 { take(UnsafeRawBufferPointer($0), .marker) }
        flush(at: .now)
        writer?.syncNow()
    }

    /// Notes what was piped into the run, of which the transcript keeps no more than this.
    package func noteInput(byteCount: Int, sha256: String) {
        totals.input = (byteCount, sha256)
    }

    /// When `flushIfDue` is to be called at the latest; nil while nothing waits.
    package var flushDeadline: ContinuousClock.Instant? {
        batchStarted.map { $0 + limits.batchDelay }
    }

    /// Whether something waits for `flushIfDue`.
    package var hasUnsaved: Bool { batchStarted != nil }

    /// Writes what waits, if it has waited long enough, or if this is a good moment.
    package func flushIfDue(early isGoodMoment: Bool = false) {
        let now = ContinuousClock.now
        guard let flushDeadline, isGoodMoment || now >= flushDeadline else { return }
        flush(at: now)
    }

    /// Writes all that is left and how the run ended, brings it to the disk, and closes the file.
    ///
    /// `end` is when that was, counted from the start; now unless it is given.
    package func finish(_ ending: Ending, at end: Duration? = nil) {
        guard writer != nil else { return }
        inputMask?.finish { takeInput($0) }
        inputRedactor?.flush { take($0, .input) }
        recordHeld()
        let now = ContinuousClock.now
        let time = time(at: now)
        writer?.stopSync()
        appendTail(at: now)
        encoder.flushTails(at: time)
        flush(at: now)
        writer?.resume(&encoder, at: now, time: time)
        if let end { pinnedTime = Recorder.microseconds(end) }
        let isWhole = append(ending, at: now)
        writer?.syncNow()
        writer?.warnOfLoss(hasEnding: isWhole)
        writer = nil
    }

    /// Closes the file without an end: the run goes on, as a job.
    package func leave() {
        recordHeld()
        flush(at: .now)
        writer?.stopSync()
        writer?.syncNow()
        writer = nil
    }

    // MARK: - The story of a job

    /// Opens the transcript of a job, to write down what it did while nobody looked.
    ///
    /// What is recorded then stands at the time 0, as nobody saw when it came. False where there is
    /// nothing to do: there is no such file, it has its end, or somebody else is at it.
    package func complete(_ transcript: Transcript) -> Bool {
        do {
            let file = try RecordingFile(
                completing: transcript.path, syncDelay: limits.syncDelay)
            encoder = EventEncoder(onlcr: transcript.header.onlcr)
            pinnedTime = 0
            path = file.path
            stateFolder = StateFolder.holding(file.path) ?? ""
            writer = SteadyWriter(
                file, header: transcript.header, retryDelay: limits.retryDelay, warn: warn)
            return true
        } catch {
            if ![EWOULDBLOCK, EEXIST, ENOENT].contains(error.errorNumber) { warn(error.message) }
            return false
        }
    }

    /// Whether nothing of what was recorded is missing because the disk did not take it.
    package var isWhole: Bool {
        isRecording && writer?.lost == 0
    }

    // MARK: - Private

    private func time(at now: ContinuousClock.Instant) -> Int64 {
        pinnedTime ?? Recorder.microseconds(start.duration(to: now))
    }

    static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ kind: RecordedKind) {
        guard writer != nil, !bytes.isEmpty else { return }
        let now = ContinuousClock.now
        let time = time(at: now)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(limits.pieceSize))
            rest = rest.dropFirst(piece.count)
            if tail != nil {
                tail?.push(piece, kind, at: time)
            } else if writer?.canWrite(&encoder, at: now, time: time) == true {
                encoder.append(piece, kind, at: time)
                settle(at: now, time: time)
            } else {
                writer?.lose(kind.outputCount(of: piece.count))
            }
        }
    }

    /// Writes the batch when it is large enough, and turns to the tail when the head is.
    private func settle(at now: ContinuousClock.Instant, time: Int64) {
        if encoder.batch.count >= limits.batchSize { flush(at: now) }
        if !encoder.batch.isEmpty && batchStarted == nil { batchStarted = now }
        guard let size = writer?.file.size, size + encoder.batch.count >= limits.headSize else {
            return
        }
        encoder.flushTails(at: time)
        flush(at: now)
        if isRecording { tail = TailRing(capacity: limits.tailCapacity) }
    }

    private func flush(at now: ContinuousClock.Instant) {
        batchStarted = nil
        writer?.flush(&encoder, at: now)
    }

    /// Writes the tail of a run that has outgrown its transcript, after a gap for what is between.
    private func appendTail(at now: ContinuousClock.Instant) {
        guard var tail = tail.take() else { return }
        if tail.lost > 0 {
            let time = tail.oldestTime ?? time(at: now)
            encoder.gap(of: tail.lost, reason: RecorderLimits.capReason, at: time)
            totals.lost = tail.lost
        }
        while tail.pop({ encoder.append($0, $1, at: $2) }) {
            if encoder.batch.count >= limits.batchSize { flush(at: now) }
        }
    }

    /// Writes the two lines that end a transcript; whether they are in the file.
    private func append(_ ending: Ending, at now: ContinuousClock.Instant) -> Bool {
        guard let size = writer?.file.size, size > 0 else { return false }
        let time = time(at: now)
        encoder.event(.status, String(ending.shellStatus), at: time)
        flush(at: now)
        totals.lost += writer?.lost ?? 0
        totals.sha256 = writer?.file.sha256 ?? ""
        var ledger = EndingLedger(in: stateFolder, warn: warn)
        totals.previousHead = ledger.head
        encoder.event(.ending, ending.without(redactions).text(totals), at: time)
        flush(at: now)
        guard isRecording, let file = writer?.file.sha256, let run = writer?.header.run else {
            return false
        }
        ledgerLine = ledger.note(run, sha256: file)
        return true
    }
}
