package import Transcripts

/// Runs as a table for people: run id, when, target, command, status, duration.
package struct HistoryTable {
    private let table: TextTable

    /// Lays out entries for a number of columns; nil, where nobody counts them, cuts nothing.
    package init(_ entries: [HistoryEntry], width: Int?) {
        let idLength = HistoryTable.idLength(entries.map(\.run), width: width)
        let rows =
            [["RUN", "WHEN", "TARGET", "COMMAND", "STATUS", "TIME"]]
            + entries.map { entry in
                [
                    String(entry.run.description.prefix(idLength)),
                    LocalTime.text(entry.started, isShort: (width ?? .max) < 80),
                    CleanText.line(entry.target),
                    HistoryTable.command(of: entry),
                    HistoryTable.status(of: entry),
                    entry.duration.map(\.short) ?? "",
                ]
            }
        table = TextTable(
            rows, width: width,
            yielding: [(Self.commandColumn, 8), (Self.targetColumn, 6), (Self.statusColumn, 8)],
            rightAligned: [Self.timeColumn])
    }

    /// The lines, the headings first, none longer than the width where that is 60 or more.
    package var lines: [String] { table.lines }

    private static let targetColumn = 2
    private static let commandColumn = 3
    private static let statusColumn = 4
    private static let timeColumn = 5

    /// The whole id where there is room, else a beginning that names each of these runs.
    package static func idLength(_ runs: [RunID], width: Int?) -> Int {
        if (width ?? .max) >= 110 { return RunID.length }
        let ids = runs.map(\.description)
        // Ten characters are the time in milliseconds.
        return (10..<RunID.length).first { length in
            Set(ids.map { $0.prefix(length) }).count == ids.count
        } ?? RunID.length
    }

    // MARK: - Cells

    static func command(of entry: HistoryEntry) -> String {
        if case .unreadable(let reason) = entry.state { return CleanText.line(reason) }
        return entry.command.isEmpty ? "(login shell)" : CleanText.line(entry.command)
    }

    static func status(of entry: HistoryEntry) -> String {
        switch entry.state {
        case .running: return "running"
        case .interrupted: return "interrupted"
        case .detached: return "detached"
        case .unreadable: return "unreadable"
        case .ended:
            var words = [entry.status.map(String.init), word(for: entry.end)].compactMap(\.self)
            if entry.lost > 0 { words.append("incomplete") }
            return words.joined(separator: " ")
        }
    }

    /// What the number alone does not say.
    private static func word(for end: Ending.End?) -> String? {
        switch end {
        case .exit, nil: nil
        case .signal: "signal"
        case .disconnect: "disconnected"
        case .timeout: "timeout"
        case .cancelled: "cancelled"
        case .recorderError: "not recorded"
        }
    }
}
