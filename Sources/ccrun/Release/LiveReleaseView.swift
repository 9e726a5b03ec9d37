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

    /// Clears the line that is being drawn, and what a narrower window has made of it.
    ///
    /// The cursor waits at the line's beginning, where a terminal keeps it when it wraps lines anew.
    private static let clearing = "\r\u{1b}[J"

    private struct Current {
        let step: StepRun
        let start = ContinuousClock.now
        /// Lines and their colours: nothing else of a step's reaches the terminal.
        var output: [UInt8] = []
        var filters: [OutputStream: TerminalFilter] = [:]
        var isCut = false

        /// Takes what was received, and forgets the first lines of what is more than enough.
        mutating func take(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
            filters[stream, default: TerminalFilter(.colouredLines)]
                .filter(Array(bytes), into: &output)
            guard output.count > 2 * mostKept else { return }
            output.removeFirst(output.count - mostKept)
            if let end = output.firstIndex(of: UInt8(ascii: "\n")) { output.removeFirst(end + 1) }
            isCut = true
        }

        /// What ends the colours that the output has left on.
        var undoing: [UInt8] { filters.values.first { !$0.undoing.isEmpty }?.undoing ?? [] }
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

    /// Writes what is said meanwhile, above the line that is being drawn.
    static func interject(_ line: String) { Notices.toStandardError(clearing + line) }

    let passesOutput = false

    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        current?.take(bytes, from: stream)
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
        write(String(decoding: kept.output + kept.undoing, as: UTF8.self))
        if kept.output.last != UInt8(ascii: "\n") { write("\n") }
    }

    private func end(_ mark: String, _ text: String) {
        current = nil
        nextTurn = .never
        write("\(Self.clearing)\(mark) \(text)\n")
    }

    private func say(_ line: String) {
        write("\(Self.clearing)\(line)\n")
    }

    /// The line of the step that runs, narrower than the terminal.
    private func draw() {
        guard let current else { return }
        let width = Terminal.standardError.size?.columns ?? 80
        let seconds = current.start.duration(to: .now).short
        let label = CleanText.line("\(current.step.label) \(seconds)")
        var line = Self.spinner[frames % Self.spinner.count]
        if width > 4 { line += " " + CleanText.fitted(label, to: width - 3) }
        let room = width - 5 - CleanText.columns(of: label)
        if room > 8 {
            line += "  " + paint.faint(CleanText.fitted(lastLine(current.output), to: room))
        }
        write("\r\(line)\u{1b}[J\r")
    }

    /// The last line of the output that is not empty, without colours.
    private func lastLine(_ output: [UInt8]) -> String {
        var plain: [UInt8] = []
        var filter = TerminalFilter(.lines)
        filter.filter(Array(output.suffix(2048)), into: &plain)
        let ends: Set<UInt8> = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        let line = plain.split(whereSeparator: ends.contains)
            .last { $0.contains { $0 > 0x20 } }
        return CleanText.line(String(decoding: line ?? [], as: UTF8.self))
    }
}
