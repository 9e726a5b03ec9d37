internal import Transcripts

/// Runs as a table for people: run id, when, target, command, status, duration.
package struct HistoryTable {
    private let rows: [[String]]
    private let width: Int?

    /// Lays out entries for a number of columns; nil, where nobody counts them, cuts nothing.
    package init(_ entries: [HistoryEntry], width: Int?) {
        self.width = width
        let idLength = HistoryTable.idLength(entries, width: width)
        rows =
            [["RUN", "WHEN", "TARGET", "COMMAND", "STATUS", "TIME"]]
            + entries.map { entry in
                [
                    String(entry.run.description.prefix(idLength)),
                    LocalTime.text(entry.started, isShort: (width ?? .max) < 80),
                    CleanText.line(entry.target),
                    HistoryTable.command(of: entry),
                    HistoryTable.status(of: entry),
                    entry.duration.map(HistoryTable.text) ?? "",
                ]
            }
    }

    /// The lines, the headings first, none longer than the width where that is 60 or more.
    package var lines: [String] {
        let widths = fittedWidths
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let cell = CleanText.fitted(text, to: widths[column])
                let padding = String(
                    repeating: " ", count: max(0, widths[column] - CleanText.columns(of: cell)))
                line += column == HistoryTable.timeColumn ? padding + cell : cell + padding
                if column < row.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    // MARK: - Widths

    private static let targetColumn = 2
    private static let commandColumn = 3
    private static let statusColumn = 4
    private static let timeColumn = 5

    /// The columns that give way where there is no room, the first one first, and what remains.
    private static let yielding = [(commandColumn, 8), (targetColumn, 6), (statusColumn, 8)]

    private var fittedWidths: [Int] {
        var widths = (0...HistoryTable.timeColumn).map { column in
            rows.reduce(0) { max($0, CleanText.columns(of: $1[column])) }
        }
        guard let width else { return widths }
        let separators = 2 * HistoryTable.timeColumn
        for (column, least) in HistoryTable.yielding {
            let excess = widths.reduce(0, +) + separators - width
            if excess > 0 {
                widths[column] = max(min(least, widths[column]), widths[column] - excess)
            }
        }
        return widths
    }

    /// The whole id where there is room, else a beginning that names each of these runs.
    private static func idLength(_ entries: [HistoryEntry], width: Int?) -> Int {
        if (width ?? .max) >= 110 { return RunID.length }
        let ids = entries.map(\.run.description)
        // Ten characters are the time in milliseconds.
        return (10..<RunID.length).first { length in
            Set(ids.map { $0.prefix(length) }).count == ids.count
        } ?? RunID.length
    }

    // MARK: - Cells

    private static func command(of entry: HistoryEntry) -> String {
        if case .unreadable(let reason) = entry.state { return CleanText.line(reason) }
        return entry.command.isEmpty ? "(login shell)" : CleanText.line(entry.command)
    }

    private static func status(of entry: HistoryEntry) -> String {
        switch entry.state {
        case .running: return "running"
        case .interrupted: return "interrupted"
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

    /// `0.4s`, `12.0s`, `3m05s`, `2h03m`.
    static func text(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        let seconds = Int((duration / .seconds(1)).rounded())
        switch seconds {
        case ..<60 where tenths < 600: return "\(tenths / 10).\(tenths % 10)s"
        case ..<3600: return "\(seconds / 60)m\(twoDigits(seconds % 60))s"
        default: return "\(seconds / 3600)h\(twoDigits(seconds / 60 % 60))m"
        }
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
