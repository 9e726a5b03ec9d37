internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs
internal import SSH
internal import Transcripts

/// A release on a terminal: a line a step with its time and its last line of output; the whole output
/// of a step that fails.
final class LiveReleaseView: ReleaseView {
    /// How much of a step's output is kept for the case that it fails, in bytes; the latest.
    private static let mostKept = 256 << 10
    private static let spinner = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏").map(String.init)
    private static let frame = Duration.milliseconds(100)

    private struct Current {
        let step: StepRun
        let start = ContinuousClock.now
        var output: [UInt8] = []
        var isCut = false
    }

    private let paint: Paint
    private let write: (String) -> Void
    private var current: Current?
    private var frames = 0
    private(set) var nextTurn = Deadline.never

    /// `write` takes what goes to the terminal, which is stderr.
    init(paint: Paint, write: @escaping (String) -> Void = Notices.toStandardError) {
        self.paint = paint
        self.write = write
    }

    let passesOutput = false

    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        guard var current = current.take() else { return }
        current.output += bytes
        if current.output.count > 2 * Self.mostKept {
            current.output.removeFirst(current.output.count - Self.mostKept)
            current.isCut = true
        }
        self.current = current
    }

    func turn() {
        nextTurn = .after(Self.frame)
        frames += 1
        draw()
    }

    func show(_ event: ReleaseEvent) {
        switch event {
        case .began(let plan): say(ReleaseText.began(plan))
        case .waiting(let holder): say(ReleaseText.waiting(holder))
        case .stepBegan(let step):
            current = Current(step: step)
            nextTurn = .after(Self.frame)
            draw()
        case .attemptFailed(let result):
            end(paint.warning("↻"), ReleaseText.failedAttempt(result))
        case .stepEnded(let result): end(result)
        case .stepSkipped(let step, let reason):
            say("\(paint.faint("-")) \(step.label) \(paint.faint("skipped: \(reason)"))")
        case .ended(let report):
            for line in ReleaseText.ended(report) { say(line) }
        }
    }

    // MARK: - Drawing

    private func end(_ result: StepResult) {
        if result.hasSucceeded {
            let label = result.step.label
            return end(paint.good("✓"), "\(label) \(paint.faint(result.duration.short))")
        }
        let kept = current
        end(result.allowsFailure ? paint.warning("!") : paint.bad("✗"), ReleaseText.ended(result))
        guard let kept, !kept.output.isEmpty else { return }
        if kept.isCut { write(paint.faint("… (the beginning is in the transcript)") + "\n") }
        write(String(decoding: kept.output, as: UTF8.self))
        if kept.output.last != UInt8(ascii: "\n") { write("\n") }
    }

    private func end(_ mark: String, _ text: String) {
        current = nil
        nextTurn = .never
        write("\r\u{1b}[K\(mark) \(text)\n")
    }

    private func say(_ line: String) {
        write("\r\u{1b}[K\(line)\n")
    }

    /// The line of the step that runs, no wider than the terminal.
    private func draw() {
        guard let current else { return }
        let width = Terminal.standardError.size?.columns ?? 80
        let seconds = current.start.duration(to: .now).short
        let label = CleanText.fitted("\(current.step.label) \(seconds)", to: width - 3)
        let room = width - 5 - CleanText.columns(of: label)
        let last = room > 8 ? CleanText.fitted(lastLine(current.output), to: room) : ""
        write(
            "\r\u{1b}[K\(Self.spinner[frames % Self.spinner.count]) \(label)  \(paint.faint(last))")
    }

    /// The last line of the output that is not empty, cleaned of everything that moves a cursor.
    private func lastLine(_ output: [UInt8]) -> String {
        let ends: Set<UInt8> = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        let line = output.suffix(2048).split(whereSeparator: ends.contains)
            .last { $0.contains { $0 > 0x20 } }
        return PlainText.of(String(decoding: line ?? [], as: UTF8.self))
    }
}
