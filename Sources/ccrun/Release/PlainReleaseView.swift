internal import Deployments
internal import Runs
internal import SSH
internal import Transcripts

/// A release as lines on stderr around the output of its steps, for logs and pipes.
final class PlainReleaseView: ReleaseView {
    private let notices: Notices
    private var isAtLineStart = true
    /// What the output of the step has left of the terminals that it goes to.
    private var terminals: [OutputStream: TerminalFilter]

    /// `terminals`: the streams that somebody sees on one.
    init(_ notices: Notices, terminals: [OutputStream] = []) {
        self.notices = notices
        self.terminals = Dictionary(
            uniqueKeysWithValues: terminals.map { ($0, TerminalFilter()) })
    }

    let passesOutput = true
    let nextTurn = Deadline.never

    func turn() {}

    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        isAtLineStart = bytes.last == UInt8(ascii: "\n")
        // The bytes are on their way untouched; only what they change is of interest.
        var shown: [UInt8] = []
        terminals[stream]?.filter(Array(bytes), into: &shown)
    }

    func show(_ event: ReleaseEvent) {
        let text = ReleaseText.self
        switch event {
        case .began(let plan): notices.note(text.began(plan))
        case .waiting(let holder): notices.note(text.waiting(holder))
        case .stepBegan(let step): notices.note(text.began(step))
        case .attemptFailed(let result): tell(text.failedAttempt(result))
        case .stepEnded(let result): tell(text.ended(result))
        case .stepSkipped(let step, let reason): notices.note(text.skipped(step, reason))
        case .ended(let report):
            let say = report.outcome.status == 0 ? notices.note : notices.conclusion
            for line in text.ended(report) { say(line) }
        }
    }

    /// Says something behind output, which may have ended in the middle of a line or a colour.
    private func tell(_ line: String) {
        restoreTerminals()
        if !isAtLineStart { Notices.toStandardError("\n") }
        isAtLineStart = true
        notices.note(line)
    }

    private func restoreTerminals() {
        for (stream, filter) in terminals {
            terminals[stream] = TerminalFilter()
            switch stream {
            case .standardOutput:
                filter.undoing.withUnsafeBytes { ViewOutput().write($0) }
            case .standardError:
                Notices.toStandardError(String(decoding: filter.undoing, as: UTF8.self))
            }
        }
    }
}
