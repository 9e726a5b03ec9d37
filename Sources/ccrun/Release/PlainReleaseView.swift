internal import Deployments
internal import Runs
internal import SSH
internal import Transcripts

/// A release as lines on stderr around the output of its steps, for logs and pipes.
final class PlainReleaseView: ReleaseView {
    private let notices: Notices
    private var isAtLineStart = true

    init(_ notices: Notices) {
        self.notices = notices
    }

    let passesOutput = true
    let nextTurn = Deadline.never

    func turn() {}

    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        isAtLineStart = bytes.last == UInt8(ascii: "\n")
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
            for line in text.ended(report) { notices.note(line) }
        }
    }

    /// Says something behind output, which may have ended in the middle of a line.
    private func tell(_ line: String) {
        if !isAtLineStart { Notices.toStandardError("\n") }
        isAtLineStart = true
        notices.note(line)
    }
}
