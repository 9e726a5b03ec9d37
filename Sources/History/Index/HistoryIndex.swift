internal import GRDB

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The history in SQLite: a cache over the transcripts, which can be remade from them at any time.
///
/// No run ever writes it. Who reads it catches up first with what the files have become, so that an
/// index that is locked, broken or on a full disk can be in nobody's way but a reader's, and that one
/// reads the files instead.
package final class HistoryIndex {
    let database: DatabaseQueue
    let files: RunFiles

    /// Gives the index of a state folder to `body`; it is made where there is none.
    ///
    /// `patience` is how long others may keep it locked. One that is broken, or of another version,
    /// is made anew once. Throws `noIndex` where it cannot be used.
    package static func use<Result>(
        in stateFolder: String, patience: Duration = .seconds(1),
        _ body: (HistoryIndex) throws -> Result
    ) throws(HistoryError) -> Result {
        let file = IndexFile(stateFolder: stateFolder)
        do {
            do {
                return try body(HistoryIndex(file, stateFolder: stateFolder, patience: patience))
            } catch  where IndexFile.isBroken(error) {
                try file.discard()
                return try body(HistoryIndex(file, stateFolder: stateFolder, patience: patience))
            }
        } catch let error as HistoryError {
            throw error
        } catch {
            throw HistoryError(
                .noIndex, attempted: "cannot use the index \"\(file.path)\"",
                underlying: Self.reason(error),
                hint: "\"ccrun history --rebuild\" makes it anew from the transcripts")
        }
    }

    private init(_ file: IndexFile, stateFolder: String, patience: Duration) throws {
        files = RunFiles(stateFolder: stateFolder)
        try file.prepare()
        database = try DatabaseQueue(path: file.path, configuration: Self.settings(patience))
        try createTables()
    }

    deinit {
        try? database.close()
    }

    private static func settings(_ patience: Duration) -> Configuration {
        var settings = Configuration()
        settings.busyMode = .timeout(patience / .seconds(1))
        settings.prepareDatabase { database in
            // Not by the settings' own journalMode, which writes at each opening. What is forgotten
            // may have been a secret. 16 MiB of pages keep a search in memory.
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                    PRAGMA secure_delete = ON; PRAGMA cache_size = -16384
                    """)
        }
        return settings
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return error.message ?? "SQLite says \(error.resultCode)"
    }

    // MARK: - Tables

    /// Changes with every change of the tables.
    static let version = 1

    private func createTables() throws {
        let found = try database.read { try Self.version(of: $0) }
        guard found != Self.version else { return }
        try database.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                // Somebody else may have been quicker.
                switch try Self.version(of: database) {
                case Self.version: break
                case 0 where try Self.isEmpty(database):
                    try database.execute(sql: IndexTables.creation)
                    try database.execute(sql: "PRAGMA user_version = \(Self.version)")
                case let other: throw OtherVersion(number: other)
                }
                return .commit
            }
        }
    }

    /// The file is an index of another version of ccrun's, or no index at all.
    struct OtherVersion: Error {
        let number: Int
    }

    private static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    private static func isEmpty(_ database: Database) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
    }
}
