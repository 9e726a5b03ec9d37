internal import History
internal import Transcripts

/// Lines of a transcript as `show` writes them.
struct ShownText {
    let isColoured: Bool
    /// Whether lines of stderr are marked.
    let marksStreams: Bool
    /// Whether lines begin with their time.
    let showsTimes: Bool

    /// One line, without its end.
    func line(_ line: RenderedLine) -> String {
        var text = ""
        if showsTimes { text += faint(padded(line.time.elapsed)) + "  " }
        if marksStreams, line.stream != nil || line.kind == .gap {
            let isError = line.stream == .standardError && line.kind == .output
            text += isError ? painted("err", "31") + " │ " : faint("   ") + " │ "
        }
        if line.kind == .gap { return text + painted(CleanText.line(line.text), "33") }
        return text + (isColoured ? SGRText.line(line) : line.text)
    }

    /// Who ran what, where and when.
    func head(_ summary: TranscriptSummary) -> [String] {
        let loss = summary.loss.map { ", \($0)" } ?? ""
        return [
            "── \(CleanText.line(summary.title))",
            "── \(CleanText.line("\(summary.actor) on \(summary.target), \(summary.started)"))\(loss)",
        ].map(faint)
    }

    /// How it ended.
    func end(_ summary: TranscriptSummary) -> [String] {
        let outcome = CleanText.line(summary.outcome)
        switch summary.verdict {
        case .running: return [painted("── still running after \(summary.duration)", "33")]
        case .succeeded: return [faint("── \(outcome) after \(summary.duration)")]
        case .failed: return [painted("── \(outcome) after \(summary.duration)", "31")]
        case .interrupted, .detached: return [painted("── \(outcome)", "33")]
        }
    }

    private func padded(_ text: String) -> String {
        String(repeating: " ", count: max(0, 8 - text.utf8.count)) + text
    }

    private func faint(_ text: String) -> String { painted(text, "2") }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
