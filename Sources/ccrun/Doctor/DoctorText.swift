internal import Runs

/// The lines of a finding for people: a mark, the step, what was found; wrapped where a terminal is narrow.
struct DoctorText {
    /// Narrower than this the text gets lines of its own, below the step.
    private static let narrow = 50

    private let paint: Paint
    private let columns: Int?
    private let hasMarks: Bool

    /// Lines for a terminal of so many columns, or for none (nil).
    ///
    /// LC_ALL, LC_CTYPE and LANG tell whether
    /// it can show more than ASCII (locale(7)).
    init(environment: [String: String], columns: Int?) {
        paint = columns == nil ? .none : Paint(environment)
        self.columns = columns
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }
        let charset = locale?.uppercased().filter { $0 != "-" } ?? ""
        hasMarks = charset.contains("UTF8")
    }

    func lines(_ finding: Finding) -> [String] {
        let width = Finding.Step.allCases.map(\.rawValue.count).max() ?? 0
        let mark = mark(finding.state)
        let isNarrow = columns.map { $0 < Self.narrow } ?? false
        let name = finding.step.rawValue
        let padding = String(repeating: " ", count: width - name.count)
        let indent = isNarrow ? 4 : mark.count + width + 3
        var texts = wrapped(text(finding), indent)
        for detail in finding.details { texts += wrapped(detail, indent) }
        if let hint = finding.hint { texts += wrapped("hint: \(hint)", indent) }
        let head = "\(painted(mark, finding.state)) \(name)"
        let blank = String(repeating: " ", count: indent)
        if isNarrow { return [head] + texts.map { blank + $0 } }
        return [head + padding + "  " + (texts.first ?? "")] + texts.dropFirst().map { blank + $0 }
    }

    private func text(_ finding: Finding) -> String {
        switch finding.state {
        case .untried, .unset: finding.state.rawValue
        case .passed, .failed: finding.text
        }
    }

    private func mark(_ state: Finding.State) -> String {
        switch state {
        case .passed: hasMarks ? "✓" : "ok  "
        case .failed: hasMarks ? "✗" : "FAIL"
        case .untried, .unset: hasMarks ? "-" : "-   "
        }
    }

    private func painted(_ mark: String, _ state: Finding.State) -> String {
        switch state {
        case .passed: paint.good(mark)
        case .failed: paint.bad(mark)
        case .untried, .unset: paint.faint(mark)
        }
    }

    /// Parts a text between words, so that it fits behind the indent; a long word stays whole.
    private func wrapped(_ text: String, _ indent: Int) -> [String] {
        guard let columns, columns > indent else { return [text] }
        var lines = [""]
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= columns - indent {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
