import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun search`.
@Suite struct SearchCommandTests {
    @Test func `hits are shown in their runs, newest first`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let script = "printf 'one\\ntwo\\nERROR: no such table\\nfour\\nfive\\n'; exit 1"
            _ = try place.run(["shop", script])
            _ = try place.run(["shop", "echo fine"])
            let id = try #require(try place.transcripts().last?.header.run)
            for _ in 0..<2 {
                let result = try place.run(["search", "no SUCH table"])
                #expect(result.status == .exited(0))
                #expect(result.errorOutput.isEmpty)
                let lines = result.output.split(separator: "\n").map(String.init)
                // The command has it too.
                #expect(lines.count == 4, "\(lines)")
                #expect(lines[0].hasPrefix("\(id)  "))
                #expect(lines[0].hasSuffix("  1"))
                #expect(lines[1] == "          two")
                #expect(lines[2].hasSuffix("s  ERROR: no such table"))
                #expect(lines[3] == "          four")
            }
            let none = try place.run(["search", "fine", "--status", "failed"])
            #expect(none.status == .exited(1))
            #expect(none.output.isEmpty)
            #expect(none.errorOutput == "ccrun: \"fine\" was not found\n")
        }
    }

    @Test func `the match is marked on a terminal that likes colours`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(1, saying: "all \u{1b}[32mis\u{1b}[0m well\u{1b}]0;owned\u{7}")
            func shown(_ environment: [String: String]) throws -> String {
                let session = try place.terminal(["search", "well"], environment: environment)
                #expect(try session.waitForExit() == .exited(0))
                return session.output
            }
            #expect(try shown([:]).contains("all is \u{1b}[1;31mwell\u{1b}[0m\r\n"))
            #expect(try !shown(["NO_COLOR": "1"]).contains("\u{1b}"))
            let piped = try place.run(["search", "well"])
            #expect(piped.output.hasSuffix("all is well\n"))
            #expect(!piped.output.contains("\u{1b}") && !piped.output.contains("owned"))
        }
    }

    @Test(arguments: [40, 60, 80, 120])
    func `no line is wider than the terminal, and the match is on it`(columns: Int) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let filler = String(repeating: "漢字 and words ", count: 30)
            try place.leaveRuns(1, saying: "\(filler)needle \(filler)")
            let session = try place.terminal(
                ["search", "needle"], columns: columns, environment: ["NO_COLOR": "1"])
            #expect(try session.waitForExit() == .exited(0))
            let lines = session.output.split(separator: "\r\n").map(String.init)
            #expect(lines.last?.contains("needle") == true, "\(lines)")
            for line in lines.dropFirst() {
                let width = line.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2fff ? 2 : 1) }
                #expect(width <= columns, "\(line)")
            }
        }
    }

    @Test func `programs get the place of every match`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let run = try #require(try place.leaveRuns(1, saying: "é well, well\nnext").first)
            let hits = try place.objects(["search", "WELL"])
            let hit = try #require(hits.first)
            #expect(hits.count == 1)
            #expect(hit["run"] as? String == "\(run)" && hit["kind"] as? String == "output")
            #expect(hit["text"] as? String == "é well, well")
            #expect(hit["matches"] as? [[Int]] == [[2, 4], [8, 4]])
            #expect(hit["after"] as? [String] == ["next"] && hit["stream"] as? String == "stdout")
            #expect(hit["step"] is NSNull && hit["command"] as? String == "command 0")
        }
    }

    @Test(arguments: [
        ("is w[a-e]ll$", 0), ("^ALL", 0), ("w.{2,3}l\\b", 0), ("^well", 1), ("(a|al|all)+ is", 0),
        ("command \\d", 0),
    ])
    func `a regular expression finds lines`(pattern: String, status: Int32) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(3)
            let result = try place.run(["search", "--regex", pattern])
            #expect(result.status == .exited(status), "\(result.errorOutput)")
        }
    }

    @Test func `no pattern can make it hang`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(1, saying: String(repeating: "a", count: 30_000))
            let result = try place.run(["search", "--regex", "(a+)+(a|aa)*b"])
            #expect(result.status == .exited(1), "\(result.errorOutput)")
        }
    }

    @Test(arguments: [
        ([""], "nothing to search for"), (["a\nb"], "several lines"),
        (["--regex", "a("], "cannot use \"a(\" as a regular expression"),
        (["--regex", "a*"], "matches the empty text"), (["x", "--limit", "0"], "--limit"),
        (["x", "--context", "-1"], "context"), (["x", "--since", "soon"], "--since"), ([], "text"),
    ])
    func `what makes no sense is one error and a hint`(arguments: [String], message: String) throws
    {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(1)
            let result = try place.run(["search"] + arguments)
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains(message), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("ccrun: hint: "))
        }
    }

    @Test func `a reader that has had enough ends it quietly, and a limit ends it early`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(60)
            #expect(try place.objects(["search", "well", "--limit", "7"]).count == 7)
            let result = try place.shell("\"$0\" search well --limit 1000 | head -n 1 >/dev/null")
            #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
        }
    }
}

/// `ccrun prune`.
@Suite struct PruneCommandTests {
    @Test func `it tells what goes, asks, and removes`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let runs = try place.leaveRuns(4, apart: .seconds(3600))
            #expect(try place.run(["history", "--pin", "\(runs[0])"]).status == .exited(0))
            let dry = try place.run(["prune", "--older-than", "90m", "--dry-run"])
            #expect(dry.status == .exited(0))
            #expect(
                dry.errorOutput.hasPrefix("ccrun: would remove 2 runs of 4, "), "\(dry.errorOutput)"
            )
            #expect(dry.errorOutput.hasSuffix("; 1 run more is spared\n"), "\(dry.errorOutput)")
            let shown = dry.output.split(separator: "\n").dropFirst().map { String($0.prefix(26)) }
            #expect(shown == ["\(runs[1])", "\(runs[2])"])
            let asked = try place.run(["prune", "--older-than", "90m"])
            #expect(asked.status == .exited(125))
            #expect(asked.errorOutput.contains("no terminal to ask on; nothing was removed"))
            #expect(try place.transcripts().count == 4)
            let session = try place.terminal(["prune", "--older-than", "90m"])
            _ = try session.waitFor("[y/N] ")
            try session.write("n\r")
            #expect(try session.waitForExit() == .exited(125))
            #expect(try place.transcripts().count == 4)
            let done = try place.run(["prune", "--older-than", "90m", "--yes"])
            #expect(done.status == .exited(0))
            #expect(done.errorOutput.hasPrefix("ccrun: removed 2 runs, "))
            #expect(try place.transcripts().map(\.header.run) == [runs[3], runs[0]])
            let told = try Ledger(in: place.stateFolder).entries.map(\.line)
                .filter { $0.event == .pruned }.map(\.run)
            #expect(told == [runs[1], runs[2]])
            #expect(try place.objects(["history"]).count == 2)
            let nothing = try place.run(["prune"])
            #expect(nothing.errorOutput == "ccrun: nothing is to be removed\n")
        }
    }

    @Test(arguments: [
        ["--older-than", "old"], ["--keep-size", "much"], ["--keep-size", "-1"],
    ])
    func `what makes no sense is one error and a hint`(arguments: [String]) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(1)
            let result = try place.run(["prune", "--yes"] + arguments)
            #expect(result.status == .exited(125))
            #expect(result.errorOutput.contains("ccrun: hint: "), "\(result.errorOutput)")
            #expect(try place.transcripts().count == 1)
        }
    }
}
