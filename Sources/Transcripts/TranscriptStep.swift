/// A marker of a transcript: the step that begins there.
package struct TranscriptStep: Sendable, Equatable {
    /// The step with its host, where the marker names one: `migrate on web1`.
    package let title: String
    /// The step alone: `migrate`.
    package let name: String
    package let host: String?
    /// Since the start of the run.
    package let time: Duration
    private let label: String

    /// Reads a marker's text as a release writes it, `2/4 migrate on web1`; any other is a name.
    package init(label: String, time: Duration) {
        self.label = label
        self.time = time
        title = Self.withoutNumber(label)
        let words = title.split(separator: " ", omittingEmptySubsequences: false)
        if words.count > 2, words[words.count - 2] == "on", let host = words.last, !host.isEmpty {
            name = words.dropLast(2).joined(separator: " ")
            self.host = String(host)
        } else {
            name = title
            host = nil
        }
    }

    /// Whether a text names it: with its number and host, or without them.
    func isNamed(_ text: String) -> Bool {
        text == label || text == title || text == name
    }

    /// Whether it is the step that an ending tells of.
    func isStep(_ step: Ending.Step) -> Bool {
        title == step.name || name == step.name && (host == nil || host == step.host)
    }

    /// What follows `2/4 `.
    private static func withoutNumber(_ label: String) -> String {
        guard let blank = label.firstIndex(of: " ") else { return label }
        let numbers = label[..<blank].split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ Int($0) ?? 0 > 0 }) else { return label }
        return String(label[label.index(after: blank)...])
    }
}

extension Transcript {
    /// All markers, in their order; reads the whole file.
    package func steps() throws(TranscriptError) -> [TranscriptStep] {
        try events().lazy.filter { $0.code == .marker }
            .map { TranscriptStep(label: $0.text, time: $0.time) }
    }

    /// The steps that a text names, as indices: a number from 1 on, or a name that some of them have.
    package func steps(named text: String) throws(TranscriptError) -> Set<Int> {
        let all = try steps()
        if let number = Int(text), (1...max(1, all.count)).contains(number), !all.isEmpty {
            return [number - 1]
        }
        let found = all.indices.filter { all[$0].isNamed(text) }
        if !found.isEmpty { return Set(found) }
        let names = all.prefix(9).enumerated().map { "\($0 + 1) \($1.title)" }
        throw TranscriptError(
            .noSuchStep, attempted: "cannot find step \"\(text)\"",
            underlying: all.isEmpty ? "the run has no steps" : "the run has none like that",
            hint: all.isEmpty
                ? "only releases have steps" : "its steps are \(names.joined(separator: ", "))")
    }
}
