internal import GRDB
internal import Transcripts

extension HistoryIndex {
    /// The runs that a filter asks for, newest first, as many as wanted or all of them.
    package func entries(
        matching filter: HistoryFilter, limit: Int? = nil
    ) throws -> [HistoryEntry] {
        let condition = IndexCondition(filter)
        return try database.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(IndexRow.columns) FROM run JOIN month ON month.id = run.month
                    \(condition.clause) ORDER BY run.run DESC LIMIT \(limit ?? -1)
                    """,
                arguments: condition.arguments)
            var entries: [HistoryEntry] = []
            while let row = try rows.next() {
                if let entry = IndexRow.entry(row, in: files) { entries.append(entry) }
            }
            return entries
        }
    }

    /// The names of all apps that have runs.
    package func apps() throws -> [String] {
        try database.read { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT app FROM run WHERE app <> ''")
        }
    }
}

/// A filter as SQL.
struct IndexCondition {
    private var terms: [String] = []
    private(set) var arguments = StatementArguments()

    /// `term` is one more, without arguments.
    init(_ filter: HistoryFilter, and term: String? = nil) {
        if let term { terms.append(term) }
        if let app = filter.app { add("run.app = ?", app) }
        if let deployment = filter.deployment { add("run.dep = ?", deployment) }
        // Run ids begin with their time, and are in every index.
        if let since = filter.since { add("run.run >= ?", Self.beginning(of: since)) }
        if let until = filter.until { add("run.run < ?", Self.beginning(of: until)) }
        if !filter.prefix.isEmpty {
            add("run.run >= ?", filter.prefix)
            add("run.run < ?", filter.prefix + "\u{7f}")
        }
        if filter.isJob { terms.append("run.detached = 1 AND run.end IS NOT 'cancelled'") }
        if let status = filter.status { terms.append(Self.term(status)) }
        if let task = filter.task {
            let sought = IndexRow.separator + task + IndexRow.separator
            terms.append("(run.task = ? OR run.steps <> '' AND instr(run.steps, ?) > 0)")
            arguments += [task, sought]
        }
        if let user = filter.user {
            terms.append("(run.user = ? OR run.user || '@' || run.user_host = ?)")
            arguments += [user, user]
        }
    }

    /// `WHERE …`, or nothing where all are asked for.
    var clause: String {
        terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND ")
    }

    mutating func add(_ term: String, _ value: String) {
        terms.append(term)
        arguments += [value]
    }

    /// The ten characters that all run ids of a moment begin with.
    private static func beginning(of moment: Timestamp) -> String {
        String(RunID(at: moment).description.prefix(10))
    }

    /// Numbers stand in the text, so that SQLite sees which of its indices has such rows.
    private static func term(_ status: HistoryFilter.Status) -> String {
        switch status {
        case .succeeded: "run.status = 0"
        case .failed: "run.status <> 0"
        case .running: "run.state <> 0 AND run.state = \(IndexRow.running)"
        case .interrupted: "run.state <> 0 AND run.state = \(IndexRow.interrupted)"
        case .detached: "run.state <> 0 AND run.state = \(IndexRow.detached)"
        case .unreadable: "run.state <> 0 AND run.state = \(IndexRow.unreadable)"
        case .exactly(0): "run.status = 0"
        case .exactly(let number): "run.status <> 0 AND run.status = \(number)"
        }
    }
}
