internal import GRDB
internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// In what the files differ from the rows of the index.
struct IndexChanges {
    /// A transcript that is to be read.
    struct Unread {
        let run: RunID
        let month: String
        let inode: Int64
        let isPinned: Bool
        /// Whether it has a row already.
        let isKnown: Bool
    }

    /// By what a file that was written to is known; zeros for one that is gone.
    struct Stamp: Equatable {
        var size: Int64 = 0
        var modified: Int64 = 0

        init(size: Int64, modified: Int64) {
            self.size = size
            self.modified = modified
        }

        init(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return }
            size = Int64(status.st_size)
            modified = status.modified
        }
    }

    private(set) var unread: [Unread] = []
    /// Whether a transcript that had its end was written anew: what was in it may have been a secret.
    private(set) var hasReplaced = false
    private(set) var goneRuns: [Int64] = []
    private(set) var goneMonths: [Int64] = []
    private(set) var pins: [(id: Int64, isPinned: Bool)] = []
    /// The months whose folders had to be read, as they were before that.
    private(set) var listed: [RunFiles.Month] = []

    var isEmpty: Bool {
        unread.isEmpty && goneRuns.isEmpty && goneMonths.isEmpty && pins.isEmpty && listed.isEmpty
    }

    init(_ index: HistoryIndex) throws {
        let months = index.files.months
        try index.database.read { database in
            let known = try Self.months(database)
            goneMonths = known.filter { name, _ in !months.contains { $0.name == name } }
                .map(\.value.id)
            var unchanged: Set<Int64> = []
            for month in months {
                if let row = known[month.name], row.modified == month.modified {
                    unchanged.insert(row.id)
                } else {
                    listed.append(month)
                    try compare(month, id: known[month.name]?.id, index.files, database)
                }
            }
            try lookAtRunsWithoutEnd(of: unchanged, index.files, database)
        }
    }

    private static func months(
        _ database: Database
    ) throws -> [String: (id: Int64, modified: Int64)] {
        var months: [String: (id: Int64, modified: Int64)] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT name, id, modified FROM month")
        while let row = try rows.next() {
            let id = Int64(IndexRow.number(row, 1) ?? 0)
            months[IndexRow.text(row, 0)] = (id, Int64(IndexRow.number(row, 2) ?? 0))
        }
        return months
    }

    // MARK: - One month

    private struct KnownRun {
        let id: Int64
        let inode: Int64
        let isPinned: Bool
        let state: Int
        let stamp: Stamp
    }

    private mutating func compare(
        _ month: RunFiles.Month, id: Int64?, _ files: RunFiles, _ database: Database
    ) throws {
        var known = try id.map { try Self.runs(of: $0, database) } ?? [:]
        let contents = files.contents(of: month)
        for file in contents.files {
            let isPinned = contents.pinned.contains(file.run)
            let row = known.removeValue(forKey: file.run)
            let path = files.path(of: file.run, in: month.name)
            if let row, row.inode == file.inode, !Self.hasChanged(row.state, row.stamp, path) {
                if row.isPinned != isPinned { pins.append((row.id, isPinned)) }
            } else {
                if row?.state == IndexRow.ended { hasReplaced = true }
                unread.append(
                    Unread(
                        run: file.run, month: month.name, inode: file.inode, isPinned: isPinned,
                        isKnown: row != nil))
            }
        }
        goneRuns += known.values.map(\.id)
    }

    private static func runs(of month: Int64, _ database: Database) throws -> [RunID: KnownRun] {
        var runs: [RunID: KnownRun] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT run, id, inode, pinned, state, size, modified FROM run WHERE month = ?",
            arguments: [month])
        while let row = try rows.next() {
            guard let run = RunID(IndexRow.text(row, 0)) else { continue }
            let numbers = (1...6).map { Int64(IndexRow.number(row, $0) ?? 0) }
            runs[run] = KnownRun(
                id: numbers[0], inode: numbers[1], isPinned: numbers[2] == 1,
                state: Int(numbers[3]), stamp: Stamp(size: numbers[4], modified: numbers[5]))
        }
        return runs
    }

    /// A run that has ended does not change any more; whether one runs cannot be seen from a stamp.
    private static func hasChanged(_ state: Int, _ stamp: Stamp, _ path: String) -> Bool {
        switch state {
        case IndexRow.ended: false
        case IndexRow.running: true
        default: Stamp(of: path) != stamp
        }
    }

    // MARK: - Runs without an end

    private mutating func lookAtRunsWithoutEnd(
        of months: Set<Int64>, _ files: RunFiles, _ database: Database
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT run.run, month.name, run.month, run.state, run.size, run.modified, run.inode,
                    run.pinned
                FROM run JOIN month ON month.id = run.month WHERE run.state <> 0
                """)
        while let row = try rows.next() {
            let numbers = (2...7).map { Int64(IndexRow.number(row, $0) ?? 0) }
            guard months.contains(numbers[0]), let run = RunID(IndexRow.text(row, 0)) else {
                continue
            }
            let month = IndexRow.text(row, 1)
            let stamp = Stamp(size: numbers[2], modified: numbers[3])
            if Self.hasChanged(Int(numbers[1]), stamp, files.path(of: run, in: month)) {
                unread.append(
                    Unread(
                        run: run, month: month, inode: numbers[4], isPinned: numbers[5] == 1,
                        isKnown: true))
            }
        }
    }
}
