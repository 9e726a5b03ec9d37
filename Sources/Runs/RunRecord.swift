internal import Transcripts

/// The transcript of a run, where one is to be kept; never in the run's way.
///
/// It is created once its first line is known, and at the latest with its last one, so that a run that
/// comes to nothing leaves one too.
final class RunRecord {
    let recorder: Recorder
    let started = Timestamp.now
    /// The first line; changes count until `begin`.
    var header: TranscriptHeader
    private let clock = ContinuousClock.now
    private let options: RunOptions
    private let stateFolder: String
    private let notices: Notices
    private var hasBegun = false

    /// `header` is told when the run has started.
    init(
        _ options: RunOptions, stateFolder: String, notices: Notices,
        header: (Timestamp) -> TranscriptHeader
    ) {
        self.options = options
        self.stateFolder = stateFolder
        self.notices = notices
        self.header = header(started)
        recorder = Recorder(stateFolder: stateFolder, clock: clock) { notices.warning($0) }
        if options.records { redact() }
    }

    /// Keeps the secrets that are known here out of the transcript.
    private func redact() {
        var redactions: [Redaction] = []
        for (name, secret) in options.secrets.sorted(by: { $0.key < $1.key }) {
            if let redaction = secret.withBytes({ Redaction($0, named: name) }) {
                redactions.append(redaction)
            } else {
                notices.warning(
                    "the secret \(name) has fewer than \(Redaction.leastSize) bytes, too few to be "
                        + "kept out of the transcript where the command shows it")
            }
        }
        guard !redactions.isEmpty else { return }
        recorder.redact(redactions)
        header.redact(redactions)
    }

    /// Since the run has started.
    var duration: Duration { clock.duration(to: .now) }

    /// The transcript's path, or nil when there is none.
    var path: String? { recorder.path }

    /// Takes up what was found out on the way to the host.
    func note(_ discoveries: Connector.Discoveries) {
        header.targetAddress = discoveries.address
        header.hostKeyFingerprint = discoveries.hostKeyFingerprint
    }

    func begin() {
        guard options.records, !hasBegun else { return }
        hasBegun = true
        recorder.begin(header)
    }

    /// With `--record=strict`, why nothing may be run: the first line cannot be brought to the disk.
    ///
    /// It has begun by then.
    func refusal() -> Outcome? {
        guard options.recordsStrictly else { return nil }
        begin()
        if recorder.waitUntilHeaderIsDurable() { return nil }
        let reason = "there is no transcript to record into; nothing was run"
        notices.error(reason, hint: "make \(stateFolder) writable, or run without --record=strict")
        return Outcome(.ccrun, status: 125, reason: reason, wasTold: true)
    }

    /// Writes down how it ended.
    func finish(_ ending: Ending) {
        begin()
        guard options.records else { return }
        recorder.finish(ending)
        sign()
    }

    /// Signs what was recorded, where that was asked for; without a signature the run is no other.
    private func sign() {
        guard let key = options.signingKey, let path else { return }
        do throws(TranscriptSignature.Failure) {
            guard let line = recorder.ledgerLine else {
                throw TranscriptSignature.Failure(reason: "it has no line in the ledger")
            }
            try TranscriptSignature(of: line, beside: path, environment: key.environment)
                .sign(with: key.path)
        } catch {
            notices.warning("the transcript of \(header.run) is not signed: \(error.reason)")
        }
    }

    /// Leaves it without an end: the run goes on, as a job.
    func leave() {
        begin()
        recorder.leave()
    }
}

extension Recorder {
    /// One that writes nothing.
    static var silent: Recorder { Recorder(stateFolder: "", clock: .now) { _ in } }
}
