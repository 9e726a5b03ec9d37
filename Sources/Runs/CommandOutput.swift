#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH
internal import Transcripts

/// What a remote command writes, on its way to all who take it here.
///
/// Bytes go to the terminal first and untouched; the recorder gets a copy, and then the observer.
final class CommandOutput {
    private var sinks: OutputSinks
    private let recorder: Recorder
    /// Sees each chunk of output after it was passed on.
    var observe: (UnsafeRawBufferPointer, Channel.Stream) -> Void = { _, _ in }
    /// Looks for questions in the output, where somebody wants them answered or noticed.
    var prompts: PromptWatcher?
    private var readyMark: ReadyMark?

    /// `observersSink` is what `observe` writes to, to be waited for as the others are; `readyMark`
    /// what the far side says ahead of the command's own output, not to be shown.
    init(
        to sinks: [Channel.Stream: OutputSink], observersSink: OutputSink? = nil,
        recorder: Recorder, readyMark: ReadyMark? = nil
    ) {
        self.sinks = OutputSinks(sinks, observers: observersSink)
        self.recorder = recorder
        self.readyMark = readyMark
    }

    /// What a piece of output asks of the input.
    struct Demands {
        /// What the prompts in it are to be answered with, in this order.
        var replies: [PromptWatcher.Reply] = []
        /// Whether it held the mark by which the far side says that it reads now.
        var isReady = false
    }

    /// Passes on what has come, but for the mark.
    func take(_ bytes: UnsafeRawBufferPointer, of stream: Channel.Stream) -> Demands {
        guard readyMark != nil, stream == .standardOutput else {
            return pass(bytes, stream)
        }
        let shown = readyMark?.filter(bytes) ?? []
        var demands = shown.withUnsafeBytes { pass($0, stream) }
        demands.isReady = readyMark?.wasSeen == true
        if demands.isReady { readyMark = nil }
        return demands
    }

    /// Passes on what could have been the beginning of the mark, when no more comes.
    func takeEnd() {
        guard let held = readyMark?.remainder() else { return }
        _ = held.withUnsafeBytes { pass($0, .standardOutput) }
    }

    private func pass(_ bytes: UnsafeRawBufferPointer, _ stream: Channel.Stream) -> Demands {
        guard bytes.count > 0 else { return Demands() }
        sinks.write(bytes, of: stream)
        recorder.record(bytes, from: stream == .standardOutput ? .standardOutput : .standardError)
        observe(bytes, stream)
        return Demands(replies: prompts?.see(bytes, at: .now) ?? [])
    }

    // MARK: - Waiting for those who read

    var hasRoom: Bool { sinks.hasRoom }

    /// What poll(2) is to watch; none while nothing waits.
    var pollEntries: [pollfd] { sinks.pollEntries }

    /// Writes what waits, as far as it goes.
    func flush() { sinks.flush() }

    /// Why our standard output takes no more, told once: then the command's end is waited for.
    func takeFailure() -> CInt? { sinks.takeFailure() }

    // MARK: - The recording

    /// The terminal has another size from here on.
    func noteSize(_ size: WindowSize) {
        recorder.resize(columns: size.columns, rows: size.rows)
    }

    /// Whether something that was recorded is not in its file yet.
    var hasUnsavedRecording: Bool { recorder.hasUnsaved }

    /// When what was recorded is to be in its file.
    var recordingDeadline: Deadline { Deadline(instant: recorder.flushDeadline) }

    /// Saves it where that moment has come; `early`: or where there is time for it now.
    func saveRecordingIfDue(early: Bool) { recorder.flushIfDue(early: early) }
}
