internal import Deployments
internal import Runs
internal import SSH
internal import Transcripts

/// How a CI system folds a part of a log away.
protocol LogSections {
    /// What opens a part, and what closes it; whole lines.
    func opening(_ step: StepRun, id: String) -> String
    func closing(_ step: StepRun, id: String) -> String
    /// What tells of a failure, beside the plain line; nil where the system knows nothing like that.
    func failure(_ text: String) -> String?
    /// A line that may quote a server, and is to be nothing but text.
    func plain(_ line: String) -> String
}

/// A release in the log of a CI system: all of it on stdout, in order, a section a step.
final class SectionedReleaseView: ReleaseView {
    private let sections: any LogSections
    private var isAtLineStart = true
    /// What an attacker's output cannot guess, so that it cannot end a section of ours.
    private let id: String

    init(_ sections: any LogSections, id: String) {
        self.sections = sections
        self.id = id
    }

    let passesOutput = false
    let output: ViewOutput? = ViewOutput()
    let nextTurn = Deadline.never

    func turn() {}

    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream) {
        output?.write(bytes)
        isAtLineStart = bytes.last == UInt8(ascii: "\n")
    }

    func show(_ event: ReleaseEvent) {
        switch event {
        case .began(let plan): tell(ReleaseText.began(plan))
        case .waiting(let holder): tell(ReleaseText.waiting(holder))
        case .stepBegan(let step):
            say(sections.opening(step, id: id))
            say(step.command)
        case .attemptFailed(let result):
            say(sections.closing(result.step, id: id))
            tell(ReleaseText.failedAttempt(result))
        case .stepEnded(let result):
            say(sections.closing(result.step, id: id))
            tell(ReleaseText.ended(result))
        case .stepSkipped(let step, let reason): tell(ReleaseText.skipped(step, reason))
        case .ended(let report):
            let lines = ReleaseText.ended(report)
            for line in lines { tell(line) }
            if report.outcome.status != 0, let line = lines.last.flatMap(sections.failure) {
                say(line)
            }
        }
    }

    private func tell(_ line: String) { say(sections.plain(line)) }

    private func say(_ line: String) {
        var text = (isAtLineStart ? "" : "\n") + line + "\n"
        isAtLineStart = true
        text.withUTF8 { output?.write(UnsafeRawBufferPointer($0)) }
    }
}

/// GitHub Actions: workflow commands, which the output of a step is kept from giving
/// (docs.github.com, *Workflow commands for GitHub Actions*).
struct GitHubSections: LogSections {
    func opening(_ step: StepRun, id: String) -> String {
        "::group::\(Self.escaped(step.label))\n::stop-commands::\(id)"
    }

    func closing(_ step: StepRun, id: String) -> String { "::\(id)::\n::endgroup::" }

    func failure(_ text: String) -> String? { "::error title=ccrun release::\(Self.escaped(text))" }

    /// The older form of a command counts wherever it stands in a line.
    func plain(_ line: String) -> String { line.replacing("##[", with: "## [") }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// GitLab CI: sections by escape sequences (docs.gitlab.com, *CI/CD job logs*).
struct GitLabSections: LogSections {
    func opening(_ step: StepRun, id: String) -> String {
        "\u{1b}[0Ksection_start:\(Timestamp.now.seconds):\(name(step, id))\r\u{1b}[0K\(step.label)"
    }

    func closing(_ step: StepRun, id: String) -> String {
        "\u{1b}[0Ksection_end:\(Timestamp.now.seconds):\(name(step, id))\r\u{1b}[0K"
    }

    func failure(_ text: String) -> String? { nil }

    func plain(_ line: String) -> String { line }

    private func name(_ step: StepRun, _ id: String) -> String {
        "step_\(step.number)_\(step.attempt)_\(id)"
    }
}
