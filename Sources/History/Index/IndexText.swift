internal import Foundation
internal import GRDB
package import Transcripts

extension HistoryIndex {
    /// A run that may have what is looked for.
    struct Candidate {
        let id: Int64
        let entry: HistoryEntry
        /// Whether its text is in the index.
        let isKnown: Bool
    }

    /// How many runs' texts are asked for by a filter and not in the index yet.
    func unreadTexts(_ filter: HistoryFilter) throws -> Int {
        let condition = IndexCondition(filter, and: "run.id NOT IN (SELECT id FROM text)")
        return try database.read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM run \(condition.clause)",
                arguments: condition.arguments) ?? 0
        }
    }

    /// Some of the runs that a filter asks for and that come after `last`, newest first.
    struct Page {
        /// Those whose text has what is looked for, or is not in the index: it may have anything.
        var candidates: [Candidate] = []
        /// The last one that was looked at.
        var last: RunID?
        /// Whether no run comes after it.
        var isLast = true
    }

    /// Looks at up to `limit` runs that may have a text, until there are `mostCandidates`, or `mostFound`
    /// whose text is known.
    ///
    /// `isWanted` is given the text of each that is known.
    func page(
        _ filter: HistoryFilter, _ trigrams: String?, after last: RunID?, limit: Int,
        mostFound: Int, mostCandidates: Int,
        isWanted: (UnsafeRawBufferPointer) -> Bool
    ) throws -> Page {
        var condition = IndexCondition(filter)
        if let last { condition.add("run.run < ?", last.description) }
        if let trigrams {
            condition.add(
                """
                (text.id IS NULL
                    OR run.id IN (SELECT rowid FROM words WHERE words MATCH ?))
                """, trigrams)
        }
        return try database.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(IndexRow.columns), run.id, text.id IS NOT NULL
                    FROM run JOIN month ON month.id = run.month LEFT JOIN text ON text.id = run.id
                    \(condition.clause) ORDER BY run.run DESC LIMIT \(limit + 1)
                    """,
                arguments: condition.arguments)
            var page = Page()
            var last = ""
            var (left, found) = (limit, 0)
            while let row = try rows.next() {
                if left == 0 || found == mostFound || page.candidates.count == mostCandidates {
                    page.isLast = false
                    break
                }
                left -= 1
                let id = Int64(IndexRow.number(row, 20) ?? 0)
                let isKnown = IndexRow.number(row, 21) == 1
                last = IndexRow.text(row, 0)
                guard try !isKnown || Self.has(id, isWanted, database),
                    let entry = IndexRow.entry(row, in: files)
                else { continue }
                if isKnown { found += 1 }
                page.candidates.append(Candidate(id: id, entry: entry, isKnown: isKnown))
            }
            page.last = RunID(last)
            return page
        }
    }

    /// Whether the text of a run is wanted; it is not copied for that.
    private static func has(
        _ id: Int64, _ isWanted: (UnsafeRawBufferPointer) -> Bool, _ database: Database
    ) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT body FROM text WHERE id = ?")
        let rows = try Row.fetchCursor(statement, arguments: [id])
        guard let row = try rows.next() else { return false }
        return try row.withUnsafeData(atIndex: 0) { $0?.withUnsafeBytes(isWanted) ?? false }
    }

    /// The text of a run, as it is in the index; nil where it is not.
    func text(of id: Int64) throws -> RunText? {
        try database.read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT body, marks FROM text WHERE id = ?", arguments: [id])
            guard let row, let body = String.fromDatabaseValue(row[0]),
                let marks = Data.fromDatabaseValue(row[1])
            else { return nil }
            return RunText(body: body, marks: Array(marks))
        }
    }

    /// Takes texts into the index, unless their runs have gone or changed meanwhile.
    func keep(_ texts: [(id: Int64, run: RunID, text: RunText)]) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT OR IGNORE INTO text (id, body, marks)
                    SELECT id, ?, ? FROM run WHERE id = ? AND run = ?
                    """)
            for (id, run, text) in texts {
                try statement.execute(
                    arguments: [text.storedBody, Data(text.storedMarks), id, run.description])
            }
        }
    }

    /// Takes a run out of the index, its text with every trace of it; the next reader reads it anew.
    package func forget(_ run: RunID) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE month SET modified = 0 WHERE id IN (SELECT month FROM run WHERE run = ?)
                    """, arguments: [run.description])
            try database.execute(
                sql: "DELETE FROM run WHERE run = ?", arguments: [run.description])
        }
        try leaveNoTrace()
    }

    /// Takes what was deleted out of the trigrams, and out of SQLite's log.
    func leaveNoTrace() throws {
        try write { try $0.execute(sql: "INSERT INTO words (words) VALUES ('optimize')") }
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}
