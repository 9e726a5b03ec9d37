package import Transcripts

/// Runs as a table for people: run id, when, who, target, command, status, duration.
package struct HistoryTable {
    private let table: TextTable

    /// A terminal of so many columns has room for who ran it; others have --json and --run.
    private static let wide = 100

    /// Lays out entries for a number of columns; nil, where nobody counts them, cuts nothing.
    package init(_ entries: [HistoryEntry], width: Int?) {
        let idLength = HistoryTable.idLength(entries.map(\.run), width: width)
        let who = (width ?? 0) >= Self.wide ? 1 : 0
        let rows =
            [["RUN", "WHEN"] + ["WHO"].prefix(who) + ["TARGET", "COMMAND", "STATUS", "TIME"]]
            + entries.map { entry in
                [
                    String(entry.run.description.prefix(idLength)),
                    LocalTime.text(entry.started, isShort: (width ?? .max) < 80),
                ] + [CleanText.line(entry.user)].prefix(who) + [
                    CleanText.line(entry.target),
                    HistoryTable.command(of: entry),
                    HistoryTable.status(of: entry),
                    entry.duration.map(\.short) ?? "",
                ]
            }
        table = TextTable(
            rows, width: width,
            yielding: [(3 + who, 8), (2 + who, 6), (4 + who, 8)] + [(2, 4)].prefix(who),
            rightAligned: [5 + who])
    }

    /// The lines, the headings first, none longer than the width where that is 60 or more.
    package var lines: [String] { table.lines }

    /// The whole id where there is room, else a beginning that names each of these runs, and that no
    /// other run of the history is likely to share.
    package static func idLength(_ runs: [RunID], width: Int?) -> Int {
        if (width ?? .max) >= 110 { return RunID.length }
        let ids = runs.map(\.description)
        // Ten characters are the time in milliseconds, three more 15 random bits.
        return (13..<RunID.length).first { length in
            Set(ids.map { $0.prefix(length) }).count == ids.count
        } ?? RunID.length
    }

    // MARK: - Cells

    /// What was run, or why that cannot be read.
    package static func command(of entry: HistoryEntry) -> String {
        if case .unreadable(let reason) = entry.state { return CleanText.line(reason) }
        return entry.command.isEmpty ? "(login shell)" : CleanText.line(entry.command)
    }

    /// How the run stands, in a few words.
    package static func status(of entry: HistoryEntry) -> String {
        state(of: entry) + (entry.isPinned ? " pinned" : "")
    }

    private static func state(of entry: HistoryEntry) -> String {
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
