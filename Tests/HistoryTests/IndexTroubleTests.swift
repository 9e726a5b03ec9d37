import Foundation
import GRDB
import Testing
import Transcripts

@testable import History

/// The index may be broken, locked or out of reach; the history is not.
@Suite struct IndexTroubleTests {
    /// What the store has said, line by line.
    private final class Told: @unchecked Sendable {
        private let lock = NSLock()
        private var all: [String] = []

        func add(_ line: String) { lock.withLock { all.append(line) } }
        var lines: [String] { lock.withLock { all } }
    }

    private static func store(_ state: StateFolderFixture, _ told: Told) -> HistoryStore {
        HistoryStore(stateFolder: state.path, patience: .milliseconds(50)) { told.add($0) }
    }

    private static func filled(_ count: Int = 3) throws -> StateFolderFixture {
        let state = try StateFolderFixture()
        for number in 0..<count { state.leave(.at(Int64(number) * 1000)) }
        return state
    }

    enum Damage: String, CaseIterable {
        case garbage, empty, cut, otherVersion, foreign, noTable, flippedBytes
    }

    @Test(arguments: Damage.allCases)
    func `a broken index is made anew, in silence`(damage: Damage) throws {
        let state = try Self.filled(200)
        let before = try state.indexed()
        try Self.apply(damage, to: state.indexPath)
        let told = Told()
        #expect(Self.store(state, told).runs() == before)
        #expect(told.lines.isEmpty)
        // And it is one again.
        #expect(
            try HistoryIndex.use(in: state.path) { try $0.entries(matching: .init()) } == before)
    }

    private static func apply(_ damage: Damage, to path: String) throws {
        let url = URL(filePath: path)
        var bytes = try Data(contentsOf: url)
        switch damage {
        case .garbage: try Data(repeating: 0x41, count: 9000).write(to: url)
        case .empty: try Data().write(to: url)
        case .cut: try bytes.prefix(bytes.count / 2).write(to: url)
        case .otherVersion: try sql("PRAGMA user_version = 99", path)
        case .foreign:
            try FileManager.default.removeItem(at: url)
            try sql("CREATE TABLE other (x)", path)
        case .noTable:
            try sql(
                "PRAGMA writable_schema = 1; DELETE FROM sqlite_master WHERE name = 'run'", path)
        case .flippedBytes:
            for place in stride(from: 4096, to: bytes.count, by: 3) { bytes[place] ^= 0x5a }
            try bytes.write(to: url)
        }
    }

    /// A connection that may leave a transaction open.
    private static func connection(_ path: String) throws -> DatabaseQueue {
        var settings = Configuration()
        settings.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: settings)
    }

    private static func sql(_ text: String, _ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: text) }
        try queue.close()
    }

    enum Obstacle: String, CaseIterable {
        case folder, link, pipe
    }

    @Test(arguments: Obstacle.allCases)
    func `where no index can be, the transcripts are read, and one line says so`(
        obstacle: Obstacle
    ) throws {
        let state = try Self.filled()
        switch obstacle {
        case .folder:
            try FileManager.default.createDirectory(
                atPath: state.indexPath, withIntermediateDirectories: false)
        case .link:
            try FileManager.default.createSymbolicLink(
                atPath: state.indexPath, withDestinationPath: "/dev/null")
        case .pipe: #expect(mkfifo(state.indexPath, 0o600) == 0)
        }
        let told = Told()
        #expect(Self.store(state, told).runs() == state.store.newest())
        #expect(told.lines.count == 1)
        #expect(
            told.lines.first?.hasPrefix("cannot use the index \"\(state.indexPath)\": ") == true)
        #expect(throws: HistoryError.self) { try Self.store(state, told).rebuild() }
    }

    @Test func `an index that somebody else locks is not waited for`() throws {
        let state = try Self.filled()
        _ = try state.indexed()
        let other = try Self.connection(state.indexPath)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        state.leave(.at(9000))
        let told = Told()
        let found = Self.store(state, told).runs()
        #expect(found.count == 4)
        #expect(told.lines.first?.contains("locked") == true, "\(told.lines)")
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try state.indexed() == found)
    }

    @Test func `what needs no writing is read from an index that is locked`() throws {
        let state = try Self.filled()
        try state.rest()
        let before = try state.indexed()
        let other = try Self.connection(state.indexPath)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let told = Told()
        #expect(Self.store(state, told).runs() == before)
        #expect(told.lines.isEmpty)
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    @Test func `a disk that is full makes the transcripts be read`() throws {
        let state = try Self.filled(300)
        #expect(throws: HistoryError.self) {
            try HistoryIndex.use(in: state.path) { index in
                // SQLite answers SQLITE_FULL beyond that many pages, as it does on a full disk.
                try index.database.writeWithoutTransaction {
                    try $0.execute(sql: "PRAGMA max_page_count = 25")
                }
                try index.catchUp()
            }
        }
        #expect(try state.indexed().count == 300)
    }

    @Test func `rebuilding reads all files again, and marks survive it`() throws {
        let state = try Self.filled()
        let pinned = try #require(try state.indexed().first)
        #expect(try state.store.pin(pinned, true))
        #expect(try !state.store.pin(pinned, true))
        try Self.sql("UPDATE run SET command = 'wrong', pinned = 0", state.indexPath)
        try state.store.rebuild()
        #expect(state.store.runs() == state.store.newest())
        #expect(state.store.runs().map(\.isPinned) == [true, false, false])
        #expect(try state.store.pin(pinned, false))
        #expect(state.store.runs().map(\.isPinned) == [false, false, false])
    }

    @Test func `several may catch up at once`() async throws {
        let state = try Self.filled(400)
        let path = state.path
        let counts = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try? HistoryIndex.use(in: path, patience: .seconds(60)) { index in
                        try index.catchUp()
                        return try index.entries(matching: HistoryFilter()).count
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 400, count: 6))
        #expect(try state.indexed() == state.store.newest())
    }

    @Test func `what would take long is not begun where that is not wanted`() throws {
        let state = try Self.filled()
        let told = Told()
        #expect(Self.store(state, told).runs(limit: 2, most: 2).count == 2)
        #expect(told.lines.isEmpty)
        #expect(try HistoryIndex.use(in: state.path) { try $0.entries(matching: .init()) }.isEmpty)
        #expect(Self.store(state, told).runs(limit: 2, most: 3).count == 2)
        #expect(
            try HistoryIndex.use(in: state.path) { try $0.entries(matching: .init()) }.count == 3)
    }
}
