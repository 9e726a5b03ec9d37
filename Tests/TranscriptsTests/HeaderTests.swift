import Foundation
import Testing

@testable import Transcripts

@Suite struct HeaderTests {
    private let line =
        #"{"version":2,"width":120,"height":40,"timestamp":1795334400,"title":"blog/prod: migrate","#
        + #""command":"python manage.py migrate","env":{"TERM":"xterm-256color"},"#
        + #""ccrun":{"schema":1,"run":"01KAMX6T0Z3Q5M8V9N2C4R7B1D","#
        + #""started":"2026-11-22T08:00:00.412Z","app":"blog","dep":"prod","#
        + #""actor":{"user":"ana","host":"laptop"},"#
        + #""target":{"host":"web1.example.com","address":"192.0.2.7","port":22,"user":"deploy","#
        + #""hostkey":"SHA256:uNiV"},"pty":false,"onlcr":true,"input":"off","#
        + #""redacted":["DB_PASSWORD"]}}"#

    private func sample() throws -> TranscriptHeader {
        .sample(run: try #require(RunID("01KAMX6T0Z3Q5M8V9N2C4R7B1D")))
    }

    @Test func `the header line is the one of the format's description`() throws {
        #expect(try sample().line == line)
    }

    @Test func `a header line reads back as what it was written from`() throws {
        #expect(TranscriptHeader(line: line) == (try sample()))
    }

    @Test func `what is not known is left out and reads back as not known`() throws {
        var header = try sample()
        header.term = nil
        header.command = ""
        header.targetAddress = nil
        header.targetPort = nil
        header.targetUser = nil
        header.hostKeyFingerprint = nil
        for absent in ["env", "command", "address", "port", "hostkey", "null"] {
            #expect(!header.line.contains(#""\#(absent)""#))
        }
        #expect(TranscriptHeader(line: header.line) == header)
    }

    @Test func `unknown keys are ignored`() throws {
        let extended = line.replacing(
            #""schema":1"#, with: #""schema":7,"later":{"a":[1,-2.5e3,null,true,"\ud83d\ude00"]}"#)
        #expect(TranscriptHeader(line: extended) == (try sample()))
    }

    @Test func `control characters and quotes survive in title and command`() throws {
        var header = try sample()
        header.command = "printf '\u{1b}[1m\"\\\t\n\u{0}\u{7f}é漢🦀\u{2028}'"
        #expect(!header.line.contains("\n"))
        #expect(TranscriptHeader(line: header.line) == header)
        let json = try JSONSerialization.jsonObject(with: Data(header.line.utf8))
        #expect((json as? [String: Any])?["command"] as? String == header.command)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "not json", #"{"version":2}"#,
        #"{"version":1,"width":1,"height":1}"#,
        #"{"version":2,"width":80,"height":24,"timestamp":1}"#,
        String(repeating: "[", count: 10_000), #"{"version":2,"#, #"{"a":"\ud800"}"#,
    ])
    func `what is no header is refused`(text: String) {
        #expect(TranscriptHeader(line: text) == nil)
    }
}

@Suite struct RunIDTests {
    @Test func `a run id is 26 characters and knows when it was made`() throws {
        let before = Timestamp.now
        let run = RunID()
        #expect(run.description.utf8.count == 26)
        #expect((before...Timestamp.now).contains(run.started))
        #expect(RunID(run.description) == run)
        #expect(RunID() != RunID())
    }

    @Test func `run ids sort by time, in text as in value`() {
        let moments: [Int64] = [
            0, 1, 31, 32, 1_795_334_400_412, 1_795_334_400_413, 281_474_976_710_655,
        ]
        let runs = moments.map { RunID(at: Timestamp(milliseconds: $0)) }
        #expect(runs == runs.sorted())
        #expect(runs.map(\.description) == runs.map(\.description).sorted())
        #expect(runs.map(\.started.milliseconds) == moments)
    }

    @Test func `the example of the specification reads as its time`() throws {
        let run = try #require(RunID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(run.started.milliseconds == 1_469_922_850_259)
        #expect(RunID("o1arz3ndektsv4rrffq69g5fav") == run)
        #expect(RunID("oIARZ3NDEKTSV4RRFFQ69G5FAV") == run)
    }

    @Test(arguments: [
        "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "U1ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FA\n", "01ARZ3NDEKTSV4RRFFQ69G5Fé",
    ])
    func `what is no run id is refused`(text: String) {
        #expect(RunID(text) == nil)
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_334_400_412, "2026-11-22T08:00:00.412Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_399_001, "2100-02-28T23:59:59.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `moments are written in UTC and read back`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-22T08:00:00Z", "2026-11-22 08:00:00.412Z", "2026-13-22T08:00:00.412Z",
        "2026-11-22T08:00:00.412+", "2026-11-22T08:00:0x.412Z",
    ])
    func `other spellings are refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }
}

@Suite struct StateFolderTests {
    @Test(arguments: [
        (["XDG_STATE_HOME": "/state", "HOME": "/home/ana"], "/state/ccrun"),
        (["XDG_STATE_HOME": "/state/", "HOME": "/home/ana"], "/state/ccrun"),
        (["XDG_STATE_HOME": "", "HOME": "/home/ana"], "/home/ana/.local/state/ccrun"),
        (["XDG_STATE_HOME": "here", "HOME": "/home/ana"], "/home/ana/.local/state/ccrun"),
        (["HOME": "/"], "/.local/state/ccrun"),
    ])
    func `the state folder follows XDG`(environment: [String: String], path: String) {
        #expect(StateFolder.resolve(environment: environment) == path)
    }

    @Test func `without HOME the user database answers`() {
        #expect(StateFolder.resolve(environment: [:]).hasSuffix("/.local/state/ccrun"))
    }

    @Test func `a run is kept by the year and month of its id in UTC`() throws {
        let run = RunID(at: Timestamp(milliseconds: 1_795_334_400_412))
        #expect(StateFolder.folder(of: run, in: "/state") == "/state/runs/2026/11")
    }
}
