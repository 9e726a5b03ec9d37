import Foundation
import GRDB
import Testing
import Transcripts

@testable import History

extension Recorder {
    fileprivate func say(_ text: String, _ stream: Transcripts.OutputStream = .standardOutput) {
        var text = text
        text.withUTF8 { record(UnsafeRawBufferPointer($0), from: stream) }
    }
}

extension StateFolderFixture {
    /// Leaves a run behind that has said something.
    func leave(_ run: RunID, command: String = "true", saying text: String) {
        let recorder = begin(run, command: command)
        recorder.say(text)
        recorder.finish(Ending(.exit, status: 0))
    }

    /// What a search finds, in the order in which it is found.
    func found(
        _ text: String, _ filter: HistoryFilter = HistoryFilter(), context: Int = 0,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> [SearchHit] {
        let matcher = try #require(PlainTextMatcher(text))
        var hits: [SearchHit] = []
        let search = HistorySearch(
            stateFolder: path, for: matcher, in: filter, context: context,
            patience: .milliseconds(50), tell: tell
        ) { hits += $0 }
        try search.run()
        return hits
    }

    /// All that SQLite has on the disk.
    var indexBytes: Data {
        ["", "-wal", "-shm"].reduce(into: Data()) { all, suffix in
            all += FileManager.default.contents(atPath: indexPath + suffix) ?? Data()
        }
    }
}

@Suite struct SearchTests {
    @Test func `a hit has its line, its time, its step and its stream`() throws {
        let state = try StateFolderFixture()
        let recorder = state.begin(.at(0), command: "release")
        recorder.say("before all\n")
        recorder.mark("1/2 check")
        recorder.say("all is well\n")
        recorder.mark("2/2 migrate")
        recorder.say("one\ntwo\n")
        recorder.say("Error: relation does not exist\n", .standardError)
        recorder.say("three\n")
        recorder.finish(Ending(.exit, status: 1))
        for _ in 0..<2 {
            let hits = try state.found("RELATION does", context: 1)
            let hit = try #require(hits.first)
            #expect(hits.count == 1)
            #expect(hit.entry.run == .some(hit.entry.run) && hit.entry.command == "release")
            #expect(hit.text == "Error: relation does not exist")
            #expect(hit.matches == [7..<20])
            #expect(hit.step == SearchHit.Step(number: 2, name: "migrate"))
            #expect(hit.stream == .standardError)
            #expect(hit.kind == .output)
            #expect(hit.time >= .zero && hit.time < .seconds(600))
            #expect(hit.before == ["two"] && hit.after == ["three"])
        }
        #expect(try state.found("all").map(\.step?.number) == [nil, 1])
        #expect(try state.found("rel").map(\.kind) == [.command, .output])
    }

    @Test(arguments: [
        ("x", 1), ("xy", 1), ("é", 2), ("ÉTA", 1), ("漢", 1), ("漢字かな", 1), ("%", 1), ("_", 1),
        ("\"quoted\"", 1), ("it's", 1), ("*", 1), ("100%_*", 1), ("a AND", 1), ("İ", 1), ("OR", 2),
        ("ß", 1), ("nothing", 0), ("c OR", 1), ("🦀", 1),
    ])
    func `every text is found as it is, but for its case`(text: String, count: Int) throws {
        let state = try StateFolderFixture()
        state.leave(
            .at(0),
            saying: "xY\nétat é\né\n漢字かな交じり\n\"quoted\" it's\n100%_*\na AND b c OR d\nİ ß 🦀\nfor\n")
        for _ in 0..<2 { #expect(try state.found(text).count == count, "\(text)") }
    }

    @Test(arguments: [7, 2026])
    func `index and files find the same, in the same order`(seed: UInt64) throws {
        let state = try StateFolderFixture()
        var random = Seeded(seed)
        let words = ["ab", "Abc", "bca", "café", "漢字", "x", "%", "\t", "aab", "zebra"]
        for number in 0..<40 {
            let text = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            let lines = text.map { $0 + (Bool.random(using: &random) ? "\n" : " ") }
            state.leave(
                .at(Int64(number) * 90_000_000), command: text.first ?? "", saying: lines.joined())
        }
        let entries = state.store.newest()
        for _ in 0..<60 {
            let text = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }.joined(separator: Bool.random(using: &random) ? " " : "")
            let matcher = try #require(PlainTextMatcher(text))
            let expected = entries.flatMap { RunText(of: $0).hits(matcher, of: $0, context: 1) }
            #expect(try state.found(text, context: 1) == expected, "\(seed): \(text)")
        }
    }

    // MARK: - The index

    @Test func `what was read once is not read again, what was written anew is`() throws {
        let state = try StateFolderFixture()
        let runs = [RunID.at(0), RunID.at(1000)]
        for run in runs { state.leave(run, saying: "the password is hunter2hunter2\n") }
        state.leave(.at(2000), saying: "nothing\n")
        #expect(try state.found("hunter2hunter2").count == 2)
        try state.rest()
        #expect(try state.found("hunter2hunter2").count == 2)
        // In its place, and unseen: the folder does not change.
        let file = try FileHandle(forWritingTo: state.file(of: runs[0]))
        try file.truncate(atOffset: 0)
        try file.close()
        #expect(try state.found("hunter2hunter2").count == 2)
        // As scrubbing does it.
        let url = state.file(of: runs[1])
        let text = try String(contentsOf: url, encoding: .utf8)
        try Data(text.replacing("hunter2hunter2", with: "[redacted:X]").utf8)
            .write(to: url, options: .atomic)
        #expect(try state.found("hunter2hunter2").map(\.entry.run) == [runs[0]])
        #expect(try state.found("[redacted:X]").map(\.entry.run) == [runs[1]])
        #expect(state.indexBytes.range(of: Data("hunter2hunter2".utf8)) != nil)
        try state.store.forget(runs[0])
        #expect(state.indexBytes.range(of: Data("hunter2hunter2".utf8)) == nil)
        #expect(try state.found("hunter2hunter2").isEmpty)
        #expect(try state.found("nothing").count == 1)
    }

    @Test func `what a run says while it goes on is found`() throws {
        let state = try StateFolderFixture()
        let recorder = state.begin(.at(0))
        recorder.say("first words\n")
        recorder.mark("1/1")
        #expect(try state.found("words").map(\.text) == ["first words"])
        recorder.say("second words\n")
        recorder.finish(Ending(.exit, status: 0))
        for _ in 0..<2 {
            #expect(try state.found("words").map(\.text) == ["first words", "second words"])
        }
    }

    @Test func `of a long output beginning and end are searched, and a line says so`() throws {
        let state = try StateFolderFixture()
        let recorder = state.begin(.at(0))
        let filler = String(repeating: "0123456789abcde\n", count: 1024)
        recorder.say("alpha\n")
        for part in 0..<200 { recorder.say(part == 100 ? "middle\n" + filler : filler) }
        recorder.say("omega\n")
        recorder.finish(Ending(.exit, status: 0))
        #expect(try state.found("alpha").count == 1)
        #expect(try state.found("omega").count == 1)
        #expect(try state.found("middle").isEmpty)
        #expect(try state.found("lines are not searched").map(\.kind) == [.gap])
    }

    @Test func `a locked index keeps nobody from searching`() throws {
        let state = try StateFolderFixture()
        for number in 0..<3 { state.leave(.at(Int64(number) * 1000), saying: "here it is\n") }
        #expect(try state.indexed().count == 3)
        var settings = Configuration()
        settings.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: state.indexPath, configuration: settings)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(try state.found("here").count == 3)
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try Data(repeating: 0x20, count: 5000).write(to: URL(filePath: state.indexPath))
        #expect(try state.found("here").count == 3)
    }

    @Test func `a search ends where enough was found, and what was read by then is kept`() throws {
        let state = try StateFolderFixture()
        for number in 0..<50 { state.leave(.at(Int64(number) * 1000), saying: "here\n") }
        let matcher = try #require(PlainTextMatcher("here"))
        var count = 0
        let search = HistorySearch(
            stateFolder: state.path, for: matcher, in: HistoryFilter(), context: 0, tell: { _ in }
        ) { _ in
            count += 1
            if count == 5 { throw HistorySearch.Enough() }
        }
        try search.run()
        #expect(count == 5)
        let unread = try HistoryIndex.use(in: state.path) { try $0.unreadTexts(HistoryFilter()) }
        #expect(unread == 45)
    }

    @Test func `only runs that a filter asks for are searched`() throws {
        let state = try StateFolderFixture()
        for number in 0..<4 {
            let recorder = state.begin(
                .at(Int64(number) * 1000), app: number < 2 ? "shop" : "blog",
                task: number.isMultiple(of: 2) ? "migrate" : nil)
            recorder.say("here\n")
            recorder.finish(Ending(.exit, status: 0))
        }
        var filter = HistoryFilter()
        filter.app = "shop"
        #expect(try state.found("here", filter).count == 2)
        filter.task = "migrate"
        #expect(try state.found("here", filter).map(\.entry.app) == ["shop"])
        filter.app = "x"
        #expect(try state.found("here", filter).isEmpty)
    }

    // MARK: - Marks

    @Test(arguments: [3, 33])
    func `marks come back as they were stored, and garbage is none`(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let steps = (0..<Int.random(in: 0..<4, using: &random)).map { "step \($0) 漢" }
            let marks = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                RunText.Mark(
                    kind: [.command, .output, .gap].randomElement(using: &random) ?? .gap,
                    milliseconds: .random(in: 0..<100_000_000_000, using: &random),
                    step: Bool.random(using: &random) ? nil : .random(in: 0..<300, using: &random),
                    stream: .random(in: 0...2, using: &random))
            }
            var bytes = MarkCode.encode(steps, marks)
            let decoded = try #require(MarkCode.decode(bytes))
            #expect(decoded.steps == steps && decoded.marks == marks, "\(seed)")
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                in: 0...255, using: &random)
            _ = MarkCode.decode(Array(bytes.prefix(.random(in: 0...bytes.count, using: &random))))
        }
    }
}
