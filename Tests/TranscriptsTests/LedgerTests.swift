import Foundation
import Testing

@testable import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The ledger of a state folder: one line a run, each chained to the one before.
@Suite struct LedgerTests {
    private let folder: TemporaryFolder
    private let messages = Messages()

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { Ledger.path(in: folder.path) }

    private var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    /// Records a run that prints a word; returns its line.
    @discardableResult
    private func record(_ word: String) throws -> LedgerLine? {
        let recorder = Recorder(stateFolder: folder.path, clock: .now, warn: messages.add)
        recorder.begin(.sample())
        recorder.record("\(word)\n")
        recorder.finish(Ending(.exit, status: 0))
        return recorder.ledgerLine
    }

    @Test func `a run that ends gets a line with the hash of its file`() throws {
        let first = try #require(try record("one"))
        let second = try #require(try record("two"))
        #expect(try text == "\(first.text)\n\(second.text)\n")
        for (line, previous) in [(first, nil), (second, first.head)] as [(LedgerLine, String?)] {
            let file = StateFolder.path(of: line.run, in: folder.path)
            let data = try Data(contentsOf: URL(filePath: file))
            #expect(line.sha256 == sha256(of: data))
            let claim = line.text.dropLast(65)
            #expect(line.head == sha256(of: Data("\(previous ?? "")\n\(claim)".utf8)))
            let seal = try #require(try TranscriptSeal.read(file))
            #expect(seal.previousHead == previous)
            #expect(seal.vouchesForItself && seal.hasEnding && !seal.isLocked)
            #expect(seal.sha256 == line.sha256 && seal.run == line.run)
        }
        #expect(messages.all == [])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `what is no line is told from what is one`() throws {
        let line = try #require(try record("one"))
        #expect(LedgerLine(line.text) == line)
        let words = line.text.split(separator: " ")
        for wrong in [
            "", "1", line.text + " ", " " + line.text, "0" + line.text, "-" + line.text,
            line.text.uppercased(), line.text.replacing("recorded", with: "other"),
            words.dropLast().joined(separator: " "), String(line.text.dropLast()),
        ] {
            #expect(LedgerLine(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `a chain of events holds, and is read as it was written`() throws {
        let line = try #require(try record("one"))
        try Ledger.append(.scrubbed, of: [line.run], sha256: line.sha256, in: folder.path)
        try Ledger.append(.pruned, of: [line.run, RunID()], in: folder.path)
        try record("two")
        let ledger = try Ledger(in: folder.path)
        #expect(ledger.flaws == [] && !ledger.isTorn)
        #expect(ledger.entries.map(\.line.index) == Array(1...5))
        #expect(
            ledger.entries.map(\.line.event) == [.recorded, .scrubbed, .pruned, .pruned, .recorded])
        #expect(ledger.entriesByRun[line.run]?.count == 3)
        #expect(ledger.entries[2].line.sha256 == nil)
    }

    /// What somebody does to a ledger of five lines, and the first line that shows it.
    private static let edits: [String: (line: Int, edit: @Sendable (inout [String]) -> Void)] = [
        "an event": (3, { $0[2].replace("recorded", with: "pruned") }),
        "a line that is gone": (3, { $0.remove(at: 2) }),
        "a line twice": (4, { $0.insert($0[2], at: 2) }),
        "two in the other order": (2, { $0.swapAt(1, 2) }),
        "the first line that is gone": (1, { $0.remove(at: 0) }),
        "what is no line": (3, { $0[2] = "something" }),
        "another digest": (3, { $0[2] = LedgerTests.withOtherDigest($0[2]) }),
    ]

    private static func withOtherDigest(_ line: String) -> String {
        var words = line.split(separator: " ").map(String.init)
        words[2] = String(words[2].reversed())
        return words.joined(separator: " ")
    }

    @Test(arguments: edits.keys.sorted())
    func `an edited ledger shows where`(kind: String) throws {
        let (line, edit) = try #require(Self.edits[kind])
        for word in 1...5 { try record("\(word)") }
        var lines = try text.split(separator: "\n").map(String.init)
        edit(&lines)
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: path, atomically: false, encoding: .utf8)
        let ledger = try Ledger(in: folder.path)
        #expect(ledger.flaws.first?.line == line, "\(ledger.flaws)")
    }

    @Test(arguments: [1, 30, 150])
    func `a torn last line is cut, and the chain goes on`(missing: Int) throws {
        try record("one")
        try record("two")
        let whole = try text
        let torn = String(whole.dropLast(missing))
        try torn.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try Ledger(in: folder.path).isTorn)
        let next = try #require(try record("three"))
        #expect(next.index == 2)
        let ledger = try Ledger(in: folder.path)
        #expect(ledger.entries.count == 2 && ledger.flaws == [] && !ledger.isTorn)
        #expect(messages.all == ["the ledger ended in half a line, which was cut"])
    }

    @Test func `a ledger of other things is left alone, and the run recorded`() throws {
        try "something else\n".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try record("one") == nil)
        #expect(try text == "something else\n")
        #expect(messages.all.count == 1)
        #expect(messages.all[0].hasPrefix("this run is not in the ledger: cannot use the ledger"))
    }

    @Test(arguments: ["9223372036854775807", "9007199254740993"])
    func `a number too great to be counted on from is no line of ours`(number: String) throws {
        let line = try #require(try record("one")).text.split(separator: " ").dropFirst()
        try ([Substring(number)] + line).joined(separator: " ").appending("\n")
            .write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try record("two") == nil)
        #expect(messages.all.count == 1)
        #expect(try Ledger(in: folder.path).flaws.map(\.line) == [1])
    }

    @Test func `a FIFO in the ledger's place holds nobody up`() throws {
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try record("one") == nil)
        #expect(messages.all[0].contains("it is not a file"), "\(messages.all)")
    }

    @Test func `somebody who keeps the lock is not waited for without end`() throws {
        try record("one")
        let holder = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(holder) }
        #expect(flock(holder, LOCK_EX) == 0)
        let start = ContinuousClock.now
        #expect(try record("two") == nil)
        #expect(start.duration(to: .now) < .seconds(60))
        #expect(messages.all[0].contains("somebody else has kept it locked"), "\(messages.all)")
        let runs = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".cast") }
        let ended = try runs.filter {
            try Transcript.open("\(folder.path)/\($0)").ending?.shellStatus == 0
        }
        #expect(ended.count == 2)
    }

    @Test func `many that end at once leave one whole chain`() async throws {
        let stateFolder = folder.path
        let warnings = await withTaskGroup(of: [String].self) { group in
            for number in 0..<200 {
                group.addTask {
                    let messages = Messages()
                    let recorder = Recorder(
                        stateFolder: stateFolder, clock: .now, warn: messages.add)
                    recorder.begin(.sample())
                    recorder.record("\(number)\n")
                    recorder.finish(Ending(.exit, status: 0))
                    return messages.all
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(warnings == [])
        let ledger = try Ledger(in: stateFolder)
        #expect(ledger.entries.count == 200 && ledger.flaws == [])
        for entry in ledger.entries {
            let file = StateFolder.path(of: entry.line.run, in: stateFolder)
            let seal = try #require(try TranscriptSeal.read(file))
            #expect(seal.sha256 == entry.line.sha256 && seal.previousHead == entry.previous)
        }
    }
}
