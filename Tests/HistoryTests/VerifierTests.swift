import Foundation
import TestServer
import Testing
import Transcripts

@testable import History

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What is proved of transcripts: each verdict, by doing what it tells of.
@Suite final class VerifierTests {
    private let folder: ScratchFolder
    /// A second apart: names made within one millisecond have no order.
    private var nextStart = Timestamp(milliseconds: 1_760_000_000_000)

    init() throws { folder = try ScratchFolder("verify") }

    deinit { folder.remove() }

    /// Records some runs that print several lines each; returns them in their order.
    private func record(_ count: Int = 3) -> [RunID] {
        (0..<count).map { number in
            let (run, recorder) = begin("output of number \(number)\n")
            recorder.record("last line\n")
            recorder.finish(Ending(.exit, status: 0))
            return run
        }
    }

    private func begin(_ text: String) -> (RunID, Recorder) {
        let started = nextStart
        nextStart = Timestamp(milliseconds: started.milliseconds + 1_000)
        let run = RunID(at: started)
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { Issue.record("\($0)") }
        recorder.begin(
            TranscriptHeader(
                run: run, started: started, width: 80, height: 24, title: "shop/default: x",
                command: "x", app: "shop", dep: "default", actorUser: "ana", actorHost: "laptop",
                targetHost: "web1", pseudoTerminal: false))
        recorder.record(text)
        return (run, recorder)
    }

    private func path(_ run: RunID) -> String { StateFolder.path(of: run, in: folder.path) }

    private func edit(_ path: String, _ change: (inout [String]) -> Void) throws {
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .map(String.init)
        change(&lines)
        try (lines.map { "\($0)\n" }.joined()).write(
            toFile: path, atomically: false, encoding: .utf8)
    }

    private func verdict(_ run: RunID) throws -> Verdict {
        try Verifier(stateFolder: folder.path).verdict(on: run)
    }

    private func words() throws -> [Verdict.Word] {
        let verifier = try Verifier(stateFolder: folder.path)
        return verifier.runs.map { verifier.verdict(on: $0).word }
    }

    private var flaws: [Int] {
        get throws { try Ledger(in: folder.path).flaws.map(\.line) }
    }

    // MARK: - Transcripts

    @Test func `what nobody touched is whole`() throws {
        _ = record()
        #expect(try words() == [.whole, .whole, .whole])
        #expect(try flaws == [])
    }

    @Test(arguments: [0.01, 0.3, 0.6, 0.99])
    func `a byte that is another one is told`(place: Double) throws {
        let runs = record()
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: path(runs[1]))))
        bytes[Int(place * Double(bytes.count))] ^= 1
        try Data(bytes).write(to: URL(filePath: path(runs[1])))
        #expect(try words() == [.whole, .edited, .whole])
    }

    @Test func `a byte counts wherever it is`() throws {
        let run = record(1)[0]
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: path(run))))
        let verifier = try Verifier(stateFolder: folder.path)
        for place in stride(from: 0, to: bytes.count, by: 5) {
            var edited = bytes
            edited[place] ^= 1
            try Data(edited).write(to: URL(filePath: path(run)))
            let word = verifier.verdict(on: run).word
            #expect([.edited, .truncated].contains(word), "\(place): \(word)")
        }
    }

    @Test func `a line put in, and one taken out, are edits`() throws {
        let runs = record()
        try edit(path(runs[0])) { $0.insert(#"[0.0, "o", "never said\r\n"]"#, at: 2) }
        try edit(path(runs[1])) { $0.remove(at: 1) }
        #expect(try words() == [.edited, .edited, .whole])
    }

    @Test(arguments: [1, 20, 400])
    func `a tail that was cut is told`(count: Int) throws {
        let runs = record()
        let bytes = try Data(contentsOf: URL(filePath: path(runs[0])))
        try bytes.dropLast(count).write(to: URL(filePath: path(runs[0])))
        #expect(try words() == [.truncated, .whole, .whole])
    }

    @Test func `an end that was cut off is told from one that never was`() throws {
        let runs = record()
        try edit(path(runs[0])) { $0.removeLast() }
        #expect(try verdict(runs[0]).word == .truncated)
        try edit(path(runs[1])) { $0.removeLast(2) }
        #expect(try verdict(runs[1]).word == .truncated)
        try Data().write(to: URL(filePath: path(runs[2])))
        #expect(try verdict(runs[2]).word == .truncated)
    }

    @Test func `a file that is gone is missing`() throws {
        let runs = record()
        try FileManager.default.removeItem(atPath: path(runs[1]))
        #expect(try words() == [.whole, .missing, .whole])
    }

    @Test func `two files in each other's place are told by whose they are`() throws {
        let runs = record()
        let manager = FileManager.default
        try manager.moveItem(atPath: path(runs[0]), toPath: path(runs[0]) + "x")
        try manager.moveItem(atPath: path(runs[1]), toPath: path(runs[0]))
        try manager.moveItem(atPath: path(runs[0]) + "x", toPath: path(runs[1]))
        #expect(try words() == [.edited, .edited, .whole])
        #expect(try verdict(runs[0]).reason == "it is the transcript of \(runs[1])")
    }

    @Test func `a transcript that was written anew vouches for itself, and is told`() throws {
        let runs = record()
        // Another run's bytes under this one's name, with a last line that fits them.
        let other = try ScratchFolder("other")
        defer { other.remove() }
        let text = try String(contentsOfFile: path(runs[1]), encoding: .utf8)
        let header = try #require(TranscriptHeader(line: String(text.prefix { $0 != "\n" })))
        let recorder = Recorder(stateFolder: other.path, clock: .now) { Issue.record("\($0)") }
        recorder.begin(header)
        recorder.record("nothing of the kind\n")
        recorder.finish(Ending(.exit, status: 0))
        try FileManager.default.removeItem(atPath: path(runs[1]))
        try FileManager.default.moveItem(
            atPath: try #require(recorder.path), toPath: path(runs[1]))
        #expect(try TranscriptSeal.read(path(runs[1]))?.vouchesForItself == true)
        let verdict = try verdict(runs[1])
        #expect(verdict.word == .edited)
        #expect(verdict.reason == "it was written anew: the ledger has other bytes")
    }

    @Test func `a link in a transcript's place is not followed`() throws {
        let runs = record()
        try FileManager.default.moveItem(atPath: path(runs[0]), toPath: folder.file("elsewhere"))
        try FileManager.default.createSymbolicLink(
            atPath: path(runs[0]), withDestinationPath: folder.file("elsewhere"))
        #expect(try verdict(runs[0]).word == .unreadable)
    }

    // MARK: - Without an end

    @Test func `a run that goes on, and one that was killed, have their own words`() throws {
        _ = record(1)
        var (run, recorder) = begin("half\n")
        recorder.mark("flushed")
        #expect(try verdict(run).word == .running)
        (run, recorder) = begin("more\n")
        recorder.leave()
        #expect(try verdict(run).word == .interrupted)
        #expect(Verdict.Word.running.isFine && Verdict.Word.interrupted.isFine)
    }

    @Test func `a lock on an edited transcript hides nothing`() throws {
        let runs = record(1)
        try edit(path(runs[0])) { $0[1].replace("output", with: "0utput") }
        let holder = open(path(runs[0]), O_RDONLY | O_CLOEXEC)
        defer { close(holder) }
        #expect(flock(holder, LOCK_EX) == 0)
        #expect(try verdict(runs[0]).word == .edited)
    }

    @Test func `what the ledger notes is told`() throws {
        let runs = record()
        try Ledger.append(.pruned, of: [runs[0]], in: folder.path)
        // Noted, and not deleted yet: it is what it was.
        #expect(try words() == [.whole, .whole, .whole])
        try FileManager.default.removeItem(atPath: path(runs[0]))
        let digest = try TranscriptSeal.read(path(runs[2]))?.sha256
        #expect(try words() == [.pruned, .whole, .whole])
        #expect(digest != nil)
    }

    // MARK: - The ledger

    @Test func `a line that was edited vouches for nothing`() throws {
        let runs = record(4)
        try edit(Ledger.path(in: folder.path)) { lines in
            var words = lines[1].split(separator: " ").map(String.init)
            words[2] = String(words[2].reversed())
            lines[1] = words.joined(separator: " ")
        }
        #expect(try words() == [.whole, .unledgered, .whole, .whole])
        #expect(try flaws == [2])
        #expect(try verdict(runs[1]).reason == "its line in the ledger was edited")
    }

    @Test(arguments: 0..<4)
    func `a line that was dropped leaves a hole`(dropped: Int) throws {
        _ = record(4)
        try edit(Ledger.path(in: folder.path)) { $0.remove(at: dropped) }
        #expect(try words()[dropped] == .unledgered)
        // A chain alone does not show that its end is gone; that run's own end does.
        #expect(try flaws == (dropped == 3 ? [] : [dropped + 1]))
    }

    @Test func `a ledger that was made anew with one line less is told by the transcripts`() throws
    {
        let runs = record(4)
        let lines = try Ledger(in: folder.path).entries.map(\.line)
        try FileManager.default.removeItem(atPath: Ledger.path(in: folder.path))
        try FileManager.default.removeItem(atPath: path(runs[1]))
        for line in lines where line.run != runs[1] {
            try Ledger.append(
                .recorded, of: [line.run], sha256: line.sha256, in: folder.path)
        }
        #expect(try flaws == [])
        #expect(try words() == [.whole, .unledgered, .unledgered])
        #expect(try verdict(runs[2]).reason == "the ledger before its line was written anew")
    }

    @Test func `without a ledger nothing is proved`() throws {
        _ = record(2)
        try FileManager.default.removeItem(atPath: Ledger.path(in: folder.path))
        #expect(try words() == [.unledgered, .unledgered])
    }

    // MARK: - Names

    @Test func `a run is found by the beginning of its id, missing ones too`() throws {
        let runs = record()
        try FileManager.default.removeItem(atPath: path(runs[2]))
        let verifier = try Verifier(stateFolder: folder.path)
        #expect(try verifier.find("last") == runs[2])
        #expect(try verifier.find(runs[0].description.lowercased()) == runs[0])
        for (text, code) in [
            ("0", HistoryError.Code.ambiguous), ("7Z", .notFound), ("!", .malformed),
        ] {
            let error = #expect(throws: HistoryError.self) { try verifier.find(text) }
            #expect(error?.code == code)
        }
    }
}

extension Recorder {
    fileprivate func record(_ text: String) {
        Array(text.utf8).withUnsafeBytes { record($0, from: .standardOutput) }
    }
}
