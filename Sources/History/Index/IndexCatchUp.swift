internal import GRDB
internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension HistoryIndex {
    /// Brings the index up to what the files have become.
    ///
    /// Months whose folder is unchanged are not listed, and of their runs only those without an end
    /// are looked at. Of a folder that has changed, files that are new or were written anew are read.
    /// `most`: more files than that are not read; it throws `noIndex` then. `tell` is given how many
    /// there are to read, before that is begun.
    package func catchUp(most: Int = .max, tell: (Int) -> Void = { _ in }) throws {
        let changes = try IndexChanges(self)
        guard !changes.isEmpty else { return }
        guard changes.unread.count <= most else {
            throw HistoryError(
                .noIndex, attempted: "cannot use the index",
                underlying: "\(changes.unread.count) transcripts are still to be read for it")
        }
        tell(changes.unread.count)
        let months = try write { database in
            for id in changes.goneMonths {
                try database.execute(sql: "DELETE FROM run WHERE month = ?", arguments: [id])
                try database.execute(sql: "DELETE FROM month WHERE id = ?", arguments: [id])
            }
            for id in changes.goneRuns {
                try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
            }
            for (id, isPinned) in changes.pins {
                try database.execute(
                    sql: "UPDATE run SET pinned = ? WHERE id = ?", arguments: [isPinned, id])
            }
            return try Self.begin(changes.listed, database)
        }
        for start in stride(from: 0, to: changes.unread.count, by: Self.batch) {
            let end = min(start + Self.batch, changes.unread.count)
            try read(changes.unread[start..<end], months)
        }
        if changes.hasReplaced { try leaveNoTrace() }
        try settle(changes.listed)
    }

    /// Forgets all, and reads every transcript again.
    package func rebuild(tell: (Int) -> Void = { _ in }) throws {
        try write { database in
            try database.execute(sql: IndexTables.removal)
            try database.execute(sql: IndexTables.creation)
        }
        try catchUp(tell: tell)
        try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    }

    /// How many files are read before they are written down, so that others need not wait for long.
    private static let batch = 500

    /// Notes the months that were listed; they count as changed until all of it is written down.
    private static func begin(
        _ listed: [RunFiles.Month], _ database: Database
    ) throws -> [String: Int64] {
        for month in listed {
            try database.execute(
                sql: """
                    INSERT INTO month (name, modified) VALUES (?, 0)
                    ON CONFLICT (name) DO UPDATE SET modified = 0
                    """,
                arguments: [month.name])
        }
        var ids: [String: Int64] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT name, id FROM month")
        while let row = try rows.next() {
            ids[IndexRow.text(row, 0)] = IndexRow.number(row, 1).map(Int64.init)
        }
        return ids
    }

    /// Reads files, without a lock, and then writes down what they tell.
    private func read(
        _ unread: ArraySlice<IndexChanges.Unread>, _ months: [String: Int64]
    ) throws {
        let found = unread.map { file -> (HistoryEntry, IndexChanges.Stamp) in
            let path = files.path(of: file.run, in: file.month)
            // Before it is read: what is written meanwhile has it looked at again.
            let stamp = IndexChanges.Stamp(of: path)
            return (HistoryEntry(run: file.run, path: path, isPinned: file.isPinned), stamp)
        }
        try write { database in
            let upsert = try database.makeStatement(sql: IndexRow.upsert)
            let forget = try database.makeStatement(
                sql: """
                    DELETE FROM text WHERE id = (SELECT id FROM run WHERE run = ? AND month = ?)
                    """)
            for (file, (entry, stamp)) in zip(unread, found) {
                guard let month = months[file.month] else { continue }
                if file.isKnown {
                    try forget.execute(arguments: [file.run.description, month])
                }
                try upsert.execute(
                    arguments: IndexRow.arguments(
                        entry, month: month, inode: file.inode, size: stamp.size,
                        modified: stamp.modified))
            }
        }
    }

    /// Months are settled that have not changed just now: names that come within the same tick of the
    /// clock do not change a folder's time again.
    private func settle(_ listed: [RunFiles.Month]) throws {
        let now = Timestamp.now.milliseconds * 1_000_000
        let settled = listed.filter { $0.modified < now - 2_000_000_000 }
        guard !settled.isEmpty else { return }
        try write { database in
            for month in settled {
                try database.execute(
                    sql: "UPDATE month SET modified = ? WHERE name = ?",
                    arguments: [month.modified, month.name])
            }
        }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try database.writeWithoutTransaction { database in
            var result: Result?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return result
        }
    }
}
