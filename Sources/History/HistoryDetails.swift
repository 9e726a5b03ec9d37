internal import Transcripts

/// One run with all that the history knows of it, its steps included, for people.
package struct HistoryDetails {
    /// A step of a release, in words that were not cleaned.
    package struct Step: Sendable {
        package enum State: String, Sendable {
            case ended
            case running
            case interrupted
        }

        package var name: String
        package var state: State
        /// These three are nil where the end of the run did not tell.
        package var host: String?
        package var status: Int?
        package var duration: Duration?
    }

    /// The steps of a release, in their order; empty for any other run.
    package let steps: [Step]

    private let entry: HistoryEntry
    private let width: Int?

    /// Reads the steps of a run; `width` is as in `HistoryTable`.
    package init(_ entry: HistoryEntry, width: Int?) {
        self.entry = entry
        self.width = width
        steps = (try? Self.steps(of: Transcript.open(entry.path))) ?? []
    }

    /// The lines, none longer than the width but that of the transcript's path.
    package var lines: [String] {
        fields + (steps.isEmpty ? [] : [""] + stepTable.lines)
    }

    private var fields: [String] {
        let who = entry.userHost.isEmpty ? entry.user : "\(entry.user)@\(entry.userHost)"
        let task = entry.task.map { [("task", $0)] } ?? []
        let pairs =
            [
                ("run", entry.run.description), ("when", LocalTime.text(entry.started)),
                ("who", who), ("target", entry.target), ("host", entry.host),
            ] + task + [
                ("command", HistoryTable.command(of: entry)),
                ("status", HistoryTable.status(of: entry)),
                ("time", entry.duration?.short ?? ""),
            ]
        let lines = pairs.map { name, value in
            let line = name.padded(to: Self.fieldWidth) + CleanText.line(value)
            return CleanText.fitted(line, to: width ?? .max)
        }
        return lines + ["transcript".padded(to: Self.fieldWidth) + CleanText.line(entry.path)]
    }

    private static let fieldWidth = 12

    private var stepTable: TextTable {
        let rows = steps.map { step in
            [
                CleanText.line(step.name), CleanText.line(step.host ?? ""),
                step.state == .ended
                    ? step.status.map(String.init) ?? "" : step.state.rawValue,
                step.duration?.short ?? "",
            ]
        }
        return TextTable(
            [["STEP", "HOST", "STATUS", "TIME"]] + rows, width: width,
            yielding: [(0, 8), (1, 8)], rightAligned: [3])
    }

    // MARK: - Steps

    /// What the end tells; of a run without one, the steps that have begun.
    private static func steps(of transcript: Transcript) throws(TranscriptError) -> [Step] {
        if let ending = transcript.ending {
            return ending.steps.map { step in
                Step(
                    name: step.name, state: .ended, host: step.host, status: step.status,
                    duration: .milliseconds(step.milliseconds))
            }
        }
        let begun = try transcript.events().filter { $0.code == .marker }
        let last: Step.State = transcript.state == .running ? .running : .interrupted
        return begun.enumerated().map { index, marker in
            Step(name: marker.text, state: index == begun.count - 1 ? last : .ended)
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
