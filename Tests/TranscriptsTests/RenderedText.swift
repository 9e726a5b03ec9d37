@testable import Transcripts

/// What rendering makes of output, without a file.
struct RenderedText {
    var lines: [RenderedLine] = []
    var steps: [TranscriptStep] = []

    var texts: [String] { lines.map(\.text) }

    init(
        _ events: [Event], pseudoTerminal: Bool = true, columns: Int = 20, rows: Int = 5,
        takesShortcut: Bool = true
    ) throws {
        var header = TranscriptHeader.sample(pseudoTerminal: pseudoTerminal)
        (header.width, header.height) = (columns, rows)
        var renderer = try TranscriptRenderer(header)
        renderer.takesShortcut = takesShortcut
        for event in events { try renderer.take(event) { lines.append($0) } }
        try renderer.finish { lines.append($0) }
        steps = renderer.steps
    }

    /// Renders pieces of output, the first of which came at 0 s, the next at 1 s.
    init(output: [String], columns: Int = 20, rows: Int = 5, takesShortcut: Bool = true) throws {
        let events = output.enumerated().map { second, text in
            Event(time: .seconds(second), .output, text)
        }
        try self.init(events, columns: columns, rows: rows, takesShortcut: takesShortcut)
    }
}

extension Event {
    init(time: Duration, _ code: EventCode, _ text: String) {
        self.init(time: time, code: code, data: Array(text.utf8))
    }
}
