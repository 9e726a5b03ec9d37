internal import History
internal import Transcripts

/// All about one run as `ccrun history --run ID --json` tells it: its row, and how its steps ended.
struct RunRow: Encodable {
    private let row: HistoryRow
    private let steps: [Step]

    private struct Step: Encodable {
        let name: String
        @Nullable var host: String?
        @Nullable var status: Int?
        @Nullable var seconds: Double?
        /// `ended`, `running` or `interrupted`.
        let state: String

        init(_ step: HistoryDetails.Step) {
            name = step.name
            state = step.state.rawValue
            host = step.host
            status = step.status
            seconds = step.duration.map { ($0 / .milliseconds(1)).rounded() / 1000 }
        }
    }

    init(_ entry: HistoryEntry, steps: [HistoryDetails.Step]) {
        row = HistoryRow(entry)
        self.steps = steps.map(Step.init)
    }

    private enum Key: String, CodingKey {
        case results = "step_results"
    }

    func encode(to encoder: any Encoder) throws {
        try row.encode(to: encoder)
        var json = encoder.container(keyedBy: Key.self)
        try json.encode(steps, forKey: .results)
    }
}
