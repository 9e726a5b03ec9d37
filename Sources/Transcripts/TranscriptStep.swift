/// A marker of a transcript: the step that begins there.
package struct TranscriptStep: Sendable, Equatable {
    package var name: String
    /// Since the start of the run.
    package var time: Duration

    package init(name: String, time: Duration) {
        self.name = name
        self.time = time
    }
}

extension Transcript {
    /// All markers, in their order; reads the whole file.
    package func steps() throws(TranscriptError) -> [TranscriptStep] {
        try events().lazy.filter { $0.code == .marker }
            .map { TranscriptStep(name: $0.text, time: $0.time) }
    }

    /// The steps that a text names, as indices: a number from 1 on, or a name that some of them have.
    package func steps(named text: String) throws(TranscriptError) -> Set<Int> {
        let all = try steps()
        if let number = Int(text), (1...max(1, all.count)).contains(number), !all.isEmpty {
            return [number - 1]
        }
        let found = all.indices.filter { all[$0].name == text }
        if !found.isEmpty { return Set(found) }
        let names = all.prefix(9).enumerated().map { "\($0 + 1) \($1.name)" }
        throw TranscriptError(
            .noSuchStep, attempted: "cannot find step \"\(text)\"",
            underlying: all.isEmpty ? "the run has no steps" : "the run has none like that",
            hint: all.isEmpty
                ? "only releases have steps" : "its steps are \(names.joined(separator: ", "))")
    }
}
