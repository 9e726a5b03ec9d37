import Foundation
import GRDB
import Testing
import Transcripts

@testable import History

extension StateFolderFixture {
    var indexPath: String { "\(path)/history.sqlite" }

    /// What the index lists after it has caught up.
    func indexed(_ filter: HistoryFilter = HistoryFilter()) throws -> [HistoryEntry] {
        try HistoryIndex.use(in: path) { index in
            try index.catchUp()
            return try index.entries(matching: filter)
        }
    }

    /// What there is to catch up with: months to list, and files to read.
    func changes() throws -> IndexChanges {
        try HistoryIndex.use(in: path) { try IndexChanges($0) }
    }

    /// Makes all months look as if nothing had changed in them for a while, as after a break.
    func rest() throws { try setMonths(to: Date(timeIntervalSinceNow: -60)) }

    /// Makes them look as if something had just changed in them, and for a while.
    func bustle() throws { try setMonths(to: Date(timeIntervalSinceNow: 600)) }

    private func setMonths(to date: Date) throws {
        for month in RunFiles(stateFolder: path).months {
            try FileManager.default.setAttributes(
                [.modificationDate: date], ofItemAtPath: month.path)
        }
    }

    func file(of run: RunID) -> URL {
        URL(filePath: "\(StateFolder.folder(of: run, in: path))/\(run).cast")
    }
}

@Suite struct HistoryIndexTests {
    @Test func `the index lists what the files tell, whatever became of the runs`() throws {
        let state = try StateFolderFixture()
        var ending = Ending(.exit, status: 1)
        ending.steps = [
            .init(name: "check", host: "web1", status: 0, milliseconds: 1),
            .init(name: "migrate", host: "web1", status: 1, milliseconds: 2),
        ]
        state.leave(.at(0), command: "release", ending: ending)
        state.leave(.at(1), command: "漢字 'x'\u{1b}[2J", ending: Ending(.signal, signal: "TERM"))
        state.leave(.at(2), ending: Ending(.disconnect, reason: "gone"))
        _ = state.begin(.at(3), task: "migrate")
        state.begin(.at(4), isDetached: true).leave()
        try state.leave(.at(5), contents: Data("{".utf8))
        let running = state.begin(.at(6), user: "ben")
        #expect(running.path != nil)
        let found = try state.indexed()
        #expect(found == state.store.newest())
        #expect(found.count == 7)
        #expect(try state.indexed() == found)
        #expect(state.store.runs(limit: 3) == Array(found.prefix(3)))
    }

    @Test func `the file is for the user alone, and only made where there are runs`() throws {
        let state = try StateFolderFixture()
        #expect(state.store.runs() == [])
        #expect(!FileManager.default.fileExists(atPath: state.indexPath))
        state.leave(.at(0))
        #expect(state.store.runs().count == 1)
        let found = try FileManager.default.attributesOfItem(atPath: state.indexPath)
        #expect(found[.posixPermissions] as? Int == 0o600)
    }

    // MARK: - Catching up

    @Test func `new, finished, deleted, replaced and pinned runs are caught up with`() throws {
        let state = try StateFolderFixture()
        let runs = (0..<4).map { RunID.at($0 * 1000) }
        state.leave(runs[0])
        state.leave(runs[1], command: "a secret")
        let recorder = state.begin(runs[2])
        #expect(try state.indexed().map(\.state) == [.running, .ended, .ended])
        recorder.finish(Ending(.exit, status: 3))
        state.leave(runs[3])
        try FileManager.default.removeItem(at: state.file(of: runs[0]))
        #expect(try state.indexed().map(\.run) == [runs[3], runs[2], runs[1]])
        #expect(try state.indexed().map(\.status) == [0, 3, 0])
        // As scrubbing does it: a new file takes the place of the old one.
        let text = try String(contentsOf: state.file(of: runs[1]), encoding: .utf8)
        try Data(text.replacing("a secret", with: "[redacted]").utf8)
            .write(to: state.file(of: runs[1]), options: .atomic)
        #expect(try state.indexed().last?.command == "[redacted]")
        #expect(try state.store.pin(try #require(state.indexed().last), true))
        #expect(try state.indexed().map(\.isPinned) == [false, false, true])
        #expect(try state.indexed() == state.store.newest())
    }

    @Test func `what has not changed is neither listed nor read again`() throws {
        let state = try StateFolderFixture()
        let month: Int64 = 31 * 86_400_000
        for number in 0..<300 { state.leave(.at(Int64(number) * month / 100)) }
        try state.bustle()
        #expect(try state.indexed().count == 300)
        // Just now changed: a name that comes within the same tick would not be seen otherwise.
        #expect(try !state.changes().listed.isEmpty)
        #expect(try state.changes().unread.isEmpty)
        try state.rest()
        _ = try state.indexed()
        #expect(try state.changes().isEmpty)
        state.leave(.at(1))
        let changes = try state.changes()
        #expect(changes.listed.map(\.name) == ["2026/11"])
        #expect(changes.unread.map(\.run.started) == [RunID.at(1).started])
    }

    @Test func `of an unchanged month runs without an end are looked at, others are not`() throws {
        let state = try StateFolderFixture()
        let runs = (0..<3).map { RunID.at($0 * 1000) }
        state.leave(runs[0])
        let job = state.begin(runs[1], isDetached: true)
        job.leave()
        _ = state.begin(runs[2])
        #expect(try state.indexed().map(\.state) == [.interrupted, .detached, .ended])
        try state.rest()
        _ = try state.indexed()
        #expect(try state.changes().isEmpty)
        // Written into, so that the folder does not change.
        for run in runs.prefix(2) {
            let file = try FileHandle(forWritingTo: state.file(of: run))
            try file.seekToEnd()
            try file.write(
                contentsOf: Data("[9,\"x\",\"4\"]\n[9,\"z\",\"{\\\"end\\\":\\\"exit\\\"}\"]\n".utf8)
            )
            try file.close()
        }
        #expect(try state.changes().unread.map(\.run) == [runs[1]])
        #expect(try state.indexed().map(\.status) == [nil, 4, 0])
    }

    // MARK: - Filters

    @Test(arguments: [20, 260])
    func `index and files answer every filter alike`(seed: UInt64) throws {
        let state = try StateFolderFixture()
        var random = Seeded(seed)
        for number in 0..<120 {
            let recorder = state.begin(
                .at(Int64(number) * 3_600_000), app: ["shop", "blog"].random(&random),
                deployment: ["prod", "staging"].random(&random),
                task: ["migrate", "check", nil].random(&random),
                user: ["ana", "ben"].random(&random),
                isDetached: Bool.random(using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: recorder.leave()
            case 1: recorder.finish(Ending(.cancelled, shellStatus: 130))
            case 2:
                var ending = Ending(.exit, status: 1)
                ending.steps = [.init(name: "migrate", host: "w", status: 1, milliseconds: 1)]
                recorder.finish(ending)
            default:
                let status = Int.random(in: 0...2, using: &random)
                recorder.finish(Ending(.exit, status: status))
            }
        }
        try state.leave(.at(7), contents: Data())
        var failed = HistoryFilter()
        failed.status = .failed
        #expect(state.store.newest(matching: failed) == (try state.indexed(failed)))
        let all = state.store.newest()
        for _ in 0..<150 {
            var filter = HistoryFilter()
            if Bool.random(using: &random) {
                filter.app = ["shop", "x"].randomElement(using: &random)
            }
            if Bool.random(using: &random) { filter.deployment = "prod" }
            if Bool.random(using: &random) { filter.task = "migrate" }
            if Bool.random(using: &random) {
                filter.user = ["ana", "ben@laptop", "an"].randomElement(using: &random)
            }
            if Bool.random(using: &random) {
                filter.status = ["ok", "failed", "interrupted", "detached", "unreadable", "2", "0"]
                    .randomElement(using: &random).flatMap(HistoryFilter.Status.init)
            }
            if Bool.random(using: &random) {
                filter.since = RunID.at(.random(in: 0..<200_000_000, using: &random)).started
            }
            if Bool.random(using: &random) {
                filter.until = RunID.at(.random(in: 0..<400_000_000, using: &random)).started
            }
            filter.isJob = Bool.random(using: &random)
            let found = try state.indexed(filter).map(\.run)
            #expect(found == all.filter(filter.includes).map(\.run), "\(seed): \(filter)")
        }
    }
}

extension Array {
    fileprivate func random(_ random: inout Seeded) -> Element {
        self[Int.random(in: indices, using: &random)]
    }
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
