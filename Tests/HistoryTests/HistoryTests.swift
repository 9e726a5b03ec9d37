import Foundation
import Testing
import Transcripts

@testable import History

/// A state folder of its own for one test, gone after it.
final class StateFolderFixture {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "ccrun-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var store: HistoryStore {
        HistoryStore(stateFolder: path)
    }

    /// Starts a recording of a run with a given id.
    func begin(
        _ run: RunID, command: String = "true", app: String = "shop",
        deployment: String = "default",
        task: String? = nil, user: String = "ana", isDetached: Bool = false
    ) -> Recorder {
        let recorder = Recorder(stateFolder: path, clock: .now) { Issue.record("\($0)") }
        var header = TranscriptHeader(
            run: run, started: run.started, width: 80, height: 24, title: "a title",
            command: command, app: app, dep: deployment, actorUser: user, actorHost: "laptop",
            targetHost: "web1", pseudoTerminal: false)
        header.task = task
        header.isDetached = isDetached
        recorder.begin(header)
        return recorder
    }

    /// Leaves a run behind that has ended.
    func leave(_ run: RunID, command: String = "true", ending: Ending = Ending(.exit, status: 0)) {
        begin(run, command: command).finish(ending)
    }

    /// Leaves something in the place of a transcript.
    func leave(_ run: RunID, contents: Data) throws {
        let folder = "\(path)/runs/2026/11"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try contents.write(to: URL(filePath: "\(folder)/\(run).cast"))
    }
}

extension RunID {
    /// Milliseconds after 2026-11-22T08:00:00Z.
    static func at(_ milliseconds: Int64) -> RunID {
        RunID(at: Timestamp(milliseconds: 1_795_334_400_000 + milliseconds))
    }
}

@Suite struct HistoryStoreTests {
    @Test func `without any run the history is empty`() throws {
        let state = try StateFolderFixture()
        #expect(state.store.newest() == [])
        #expect(HistoryStore(stateFolder: "/nowhere/at/all").newest() == [])
    }

    @Test func `runs are listed newest first, across months and years`() throws {
        let state = try StateFolderFixture()
        let month: Int64 = 31 * 86_400_000
        let runs = [0, 1, 40_000, month, 2 * month, 14 * month].map { RunID.at($0) } as [RunID]
        for run in runs.shuffled() { state.leave(run) }
        #expect(state.store.newest().map(\.run) == runs.reversed())
        #expect(state.store.newest(limit: 2).map(\.run) == Array(runs.reversed().prefix(2)))
        #expect(state.store.newest(limit: 0) == [])
    }

    @Test func `an entry tells what the transcript's two ends say`() throws {
        let state = try StateFolderFixture()
        let run = RunID.at(0)
        state.leave(run, command: "exit 3", ending: Ending(.exit, status: 3))
        let entry = try #require(state.store.newest().first)
        #expect(entry.run == run)
        #expect(entry.started == run.started)
        #expect(entry.target == "shop/default")
        #expect(entry.host == "web1")
        #expect(entry.command == "exit 3")
        #expect(entry.title == "a title")
        #expect(entry.state == .ended)
        #expect(entry.status == 3)
        #expect(entry.end == .exit)
        #expect(entry.lost == 0)
        #expect(entry.duration.map { $0 >= .zero && $0 < .seconds(600) } == true)
        #expect(entry.path == "\(state.path)/runs/2026/11/\(run).cast")
    }

    @Test func `a run that is being recorded is running, one that nobody ended is interrupted`()
        throws
    {
        let state = try StateFolderFixture()
        var recorder: Recorder? = state.begin(.at(0))
        #expect(state.store.newest().map(\.state) == [.running])
        #expect(recorder?.path != nil)
        recorder = nil
        #expect(state.store.newest().map(\.state) == [.interrupted])
        #expect(state.store.newest().first?.status == nil)
    }

    @Test func `a job without an end is detached, and found among the jobs`() throws {
        let state = try StateFolderFixture()
        _ = state.begin(.at(0))
        for second in [1, 2] {
            let recorder = state.begin(.at(Int64(second)), isDetached: true)
            if second == 1 { recorder.finish(Ending(.exit, status: 3)) }
            recorder.leave()
        }
        // One that could not be started.
        state.begin(.at(3), isDetached: true).finish(Ending(.cancelled, shellStatus: 125))
        #expect(state.store.newest().map(\.state) == [.ended, .detached, .ended, .interrupted])
        #expect(state.store.runs() == state.store.newest())
        let jobs = state.store.jobs()
        #expect(jobs.map(\.state) == [.detached, .ended])
        #expect(state.store.jobs(limit: 1) == Array(jobs.prefix(1)))
        #expect(state.store.jobs(target: jobs[0].target) == jobs)
        #expect(state.store.jobs(target: "other/default").isEmpty)
        #expect(state.store.jobs(beginningWith: jobs[1].run.description) == [jobs[1]])
    }

    @Test func `broken files are listed as unreadable and hide no others`() throws {
        let state = try StateFolderFixture()
        try state.leave(.at(3), contents: Data("{\"version\":2".utf8))
        try state.leave(.at(2), contents: Data([0xff, 0x00, 0x0a, 0x0a]))
        try state.leave(.at(1), contents: Data())
        state.leave(.at(0))
        try Data("x".utf8).write(to: URL(filePath: "\(state.path)/runs/2026/11/notes.txt"))
        try Data("x".utf8).write(to: URL(filePath: "\(state.path)/runs/stray"))
        let entries = state.store.newest()
        #expect(
            entries.map(\.run.started.milliseconds) == [3, 2, 1, 0].map { $0 + 1_795_334_400_000 })
        for entry in entries.prefix(3) {
            guard case .unreadable(let reason) = entry.state else {
                Issue.record("\(entry) is readable")
                continue
            }
            #expect(reason.hasPrefix("cannot read \"\(state.path)"))
        }
        #expect(entries.last?.state == .ended)
    }

    @Test func `a run is found by any beginning of its id that is its own`() throws {
        let state = try StateFolderFixture()
        let runs = [RunID.at(0), RunID.at(1), RunID.at(40_000)]
        for run in runs { state.leave(run) }
        #expect(try state.store.find("last").run == runs[2])
        #expect(try state.store.find(runs[1].description).run == runs[1])
        #expect(try state.store.find(runs[1].description.lowercased()).run == runs[1])
        #expect(try state.store.find(String(runs[0].description.prefix(10))).run == runs[0])
    }

    @Test func `an ambiguous beginning names the candidates`() throws {
        let state = try StateFolderFixture()
        let runs = (0..<7).map { RunID.at($0 * 100_000) }
        for run in runs { state.leave(run) }
        let error = #expect(throws: HistoryError.self) { try state.store.find("01") }
        #expect(error?.code == .ambiguous)
        #expect(
            error?.message.hasPrefix("cannot find run \"01\": 7 runs begin like that: ") == true)
        #expect(error?.message.contains(runs[6].description) == true)
        #expect(error?.message.hasSuffix(", and 2 more") == true)
    }

    @Test(arguments: [
        ("7ZZZ", HistoryError.Code.notFound), ("", .malformed), ("../x", .malformed),
        ("u", .malformed), ("LAST", .notFound), ("0123456789012345678901234567", .malformed),
    ])
    func `what names no run says so and hints`(text: String, code: HistoryError.Code) throws {
        let state = try StateFolderFixture()
        state.leave(.at(0))
        let error = #expect(throws: HistoryError.self) { try state.store.find(text) }
        #expect(error?.code == code)
        #expect(error?.hint != nil)
        #expect(error?.attempted == "cannot find run \"\(text)\"")
    }

    @Test func `the last of no runs is not found`() throws {
        let state = try StateFolderFixture()
        let error = #expect(throws: HistoryError.self) { try state.store.find("last") }
        #expect(error?.message == "cannot find run \"last\": nothing was recorded yet")
    }
}
