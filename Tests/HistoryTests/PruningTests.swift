import Foundation
import Testing
import Transcripts

@testable import History

@Suite struct PruningTests {
    private static let day: Int64 = 86_400_000
    /// 2026-11-22T08:00:00Z.
    private static let now = RunID.at(0).started

    /// Runs of so many days before now, the oldest first.
    private static func state(_ days: [Int64]) throws -> (StateFolderFixture, [RunID]) {
        let state = try StateFolderFixture()
        let runs = days.map { RunID.at(-$0 * day) }
        for run in runs { state.leave(run) }
        return (state, runs)
    }

    private static func pruning(
        _ state: StateFolderFixture, days: Int64? = nil, size: Int? = nil
    ) -> Pruning {
        let oldest = days.map { Timestamp(milliseconds: now.milliseconds - $0 * day) }
        return Pruning(Retention(oldest: oldest, size: size), in: state.path, now: now)
    }

    private static func size(_ runs: some Sequence<RunID>, _ state: StateFolderFixture) throws
        -> Int
    {
        try runs.reduce(0) { $0 + (try Data(contentsOf: state.file(of: $1)).count) }
    }

    @Test func `what is older goes, oldest first, and the ledger is told`() throws {
        let (state, runs) = try Self.state([400, 100, 91, 89, 1])
        #expect(state.store.runs().count == 5)
        let pruning = Self.pruning(state, days: 90)
        #expect(pruning.items.map(\.run) == Array(runs.prefix(3)))
        #expect(pruning.total.runs == 5)
        #expect(try pruning.total.bytes == Self.size(runs, state))
        // Looking changes nothing.
        #expect(state.store.newest().count == 5)
        let bytes = try Self.size(runs.prefix(3), state)
        var told: [RunID] = []
        let outcome = pruning.prune { told += $0 }
        #expect(outcome.runs == 3 && outcome.bytes == bytes && outcome.failures.isEmpty)
        #expect(told == Array(runs.prefix(3)))
        #expect(state.store.newest().map(\.run) == [runs[4], runs[3]])
        #expect(
            try HistoryIndex.use(in: state.path) { try $0.entries(matching: .init()) }.count == 2)
        let years = try FileManager.default.contentsOfDirectory(atPath: "\(state.path)/runs")
        #expect(years == ["2026"])
        let months = try FileManager.default.contentsOfDirectory(atPath: "\(state.path)/runs/2026")
        #expect(months.sorted() == ["08", "11"])
    }

    @Test func `beyond a size the oldest go, as many as it takes`() throws {
        let (state, runs) = try Self.state([5, 4, 3, 2, 1])
        let all = try Self.size(runs, state)
        let two = try Self.size(runs.prefix(2), state)
        #expect(Self.pruning(state, size: all).items.isEmpty)
        #expect(Self.pruning(state, size: all - 1).items.map(\.run) == [runs[0]])
        #expect(Self.pruning(state, size: all - two).items.map(\.run) == Array(runs.prefix(2)))
        #expect(Self.pruning(state, size: 0).items.count == 5)
        #expect(Self.pruning(state, days: 90, size: all).items.isEmpty)
    }

    @Test func `pinned and running runs and jobs without an end stay`() throws {
        let (state, runs) = try Self.state([300, 200, 100])
        let pinned = try #require(state.store.newest().last)
        #expect(try state.store.pin(pinned, true))
        let running = state.begin(.at(-250 * Self.day))
        state.begin(.at(-240 * Self.day), isDetached: true).leave()
        // Nobody will ever end it.
        _ = state.begin(.at(-230 * Self.day))
        let pruning = Self.pruning(state, days: 90, size: 0)
        #expect(
            pruning.items.map(\.run.started)
                == [-230, -200, -100].map { RunID.at($0 * Self.day).started })
        #expect(pruning.spared == 3)
        #expect(pruning.prune { _ in }.runs == 3)
        let left = state.store.newest()
        #expect(left.map(\.state) == [.detached, .running, .ended])
        #expect(left.last?.run == runs[0] && left.last?.isPinned == true)
        running.finish(Ending(.exit, status: 0))
    }

    @Test func `a run that begins to be recorded after the look stays`() throws {
        let state = try StateFolderFixture()
        state.begin(.at(-100 * Self.day), isDetached: false).leave()
        let pruning = Self.pruning(state, days: 90)
        let path = try #require(pruning.items.first?.path)
        let descriptor = open(path, O_RDWR)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let outcome = pruning.prune { #expect($0.isEmpty) }
        #expect(outcome.runs == 0)
        #expect(outcome.failures.map(\.reason) == ["it is running"])
        close(descriptor)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `only transcripts and what is named after them go, and no link is followed`() throws
    {
        let (state, runs) = try Self.state([200, 100])
        let (other, others) = try Self.state([150])
        let files = FileManager.default
        let folder = state.file(of: runs[0]).deletingLastPathComponent().path
        for name in ["\(runs[0]).cast.sig", "notes.txt", "\(runs[0]).castle"] {
            try Data("x".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        // A month, and a transcript, that are links to those of somebody else.
        let outside = other.file(of: others[0])
        try files.createSymbolicLink(
            atPath: "\(state.path)/runs/2026/01",
            withDestinationPath: outside.deletingLastPathComponent().path)
        let link = RunID.at(-201 * Self.day)
        try files.createSymbolicLink(
            atPath: "\(folder)/\(link).cast", withDestinationPath: outside.path)
        let pruning = Self.pruning(state, days: 0)
        #expect(pruning.items.map(\.run) == runs)
        #expect(pruning.prune { _ in }.runs == 2)
        #expect(files.fileExists(atPath: outside.path))
        #expect(
            try files.contentsOfDirectory(atPath: folder).sorted()
                == ["\(link).cast", "\(runs[0]).castle", "notes.txt"].sorted())
        #expect(!files.fileExists(atPath: state.file(of: runs[1]).path))
    }

    @Test func `what the ledger does not take stays`() throws {
        struct Locked: Error {}
        let (state, runs) = try Self.state([200, 150])
        let outcome = Self.pruning(state, days: 90).prune { _ in throw Locked() }
        #expect(outcome.runs == 0 && outcome.failure is Locked)
        #expect(state.store.newest().map(\.run) == runs.reversed())
    }

    @Test func `where the disk is full for the ledger, room is made first`() throws {
        let (state, runs) = try Self.state([200, 150, 1])
        var told: [[RunID]] = []
        let outcome = Self.pruning(state, days: 90).prune { runs in
            told.append(runs)
            guard told.count > 1 else {
                throw TranscriptError(.full, attempted: "cannot write", underlying: "no space")
            }
        }
        #expect(outcome.runs == 2 && outcome.failure == nil)
        #expect(told == [[runs[0]], [runs[0]], [runs[1]]])
        #expect(state.store.newest().map(\.run) == [runs[2]])
    }

    @Test func `the month that it is keeps its folder`() throws {
        let (state, runs) = try Self.state([1])
        #expect(Self.pruning(state, size: 0).prune { _ in }.runs == 1)
        #expect(
            FileManager.default.fileExists(
                atPath: state.file(of: runs[0]).deletingLastPathComponent().path))
    }

    @Test(arguments: [
        ("0", 0), ("512", 512), ("512B", 512), ("1k", 1024), ("5GiB", 5 << 30), ("5G", 5 << 30),
        ("500MB", 500_000_000), ("2tib", 2 << 40), ("", nil), ("G", nil), ("5X", nil), ("-1", nil),
        ("5GiBB", nil), ("9999999999T", nil), ("1.5G", nil), ("١G", nil),
    ])
    func `sizes are bytes`(text: String, bytes: Int?) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_300_000, "1.2 MiB"),
        (5 << 30, "5.0 GiB"),
        (3 << 42, "12.0 TiB"),
    ])
    func `sizes are short`(bytes: Int, text: String) {
        #expect(SizeText.format(bytes) == text)
    }
}
