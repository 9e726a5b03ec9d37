import Foundation
import Testing
import Transcripts

@testable import History

/// All about one run.
@Suite struct HistoryDetailsTests {
    private static func details(_ state: StateFolderFixture, width: Int? = nil) throws -> [String] {
        HistoryDetails(try state.store.find("last"), width: width).lines
    }

    @Test func `a run has its facts, and no steps where there were none`() throws {
        let state = try StateFolderFixture()
        let run = RunID.at(0)
        state.leave(run, command: "exit 3", ending: Ending(.exit, status: 3))
        let lines = try Self.details(state)
        #expect(lines.count == 9)
        #expect(lines[0] == "run         \(run)")
        #expect(lines[2] == "who         ana@laptop")
        #expect(lines[3] == "target      shop/default")
        #expect(lines[4] == "host        web1")
        #expect(lines[5] == "command     exit 3")
        #expect(lines[6] == "status      3")
        #expect(lines[8].hasPrefix("transcript  \(state.path)/runs/2026/11/"))
    }

    @Test func `a release opens into its steps`() throws {
        let state = try StateFolderFixture()
        var ending = Ending(.exit, status: 1)
        ending.steps = [
            .init(name: "check", host: "web1", status: 0, milliseconds: 1_200),
            .init(name: "migrate \u{1b}[2J", host: "web2", status: 1, milliseconds: 65_000),
        ]
        state.leave(.at(0), command: "release", ending: ending)
        #expect(
            try Self.details(state).suffix(4) == [
                "",
                "STEP          HOST  STATUS   TIME",
                "check         web1  0        1.2s",
                "migrate �[2J  web2  1       1m05s",
            ])
    }

    @Test func `a release that was cut off shows how far it came`() throws {
        let state = try StateFolderFixture()
        var recorder: Recorder? = state.begin(.at(0), command: "release")
        recorder?.mark("1/3 check")
        recorder?.mark("2/3 migrate")
        recorder = nil
        let lines = try Self.details(state)
        #expect(lines.contains("status      interrupted"))
        #expect(
            lines.suffix(3).map { $0.split(separator: " ").joined(separator: " ") } == [
                "STEP HOST STATUS TIME", "1/3 check", "2/3 migrate interrupted",
            ])
    }

    @Test func `no line but the path is wider than the terminal`() throws {
        let state = try StateFolderFixture()
        var ending = Ending(.exit, status: 1)
        ending.steps = [
            .init(
                name: String(repeating: "步", count: 90), host: String(repeating: "h", count: 90),
                status: 0, milliseconds: 1)
        ]
        state.leave(.at(0), command: String(repeating: "x", count: 200), ending: ending)
        for line in try Self.details(state, width: 60) where !line.hasPrefix("transcript") {
            #expect(CleanText.columns(of: line) <= 60, "\(line)")
        }
    }
}
