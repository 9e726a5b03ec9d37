import Foundation
import TestServer
import Testing
import Transcripts

/// The fields of `--json` and `--status-file`.
@Suite struct StatusReportTests {
    static let names: Set<String> = [
        "run", "target", "host", "origin", "status", "signal", "reason", "started", "seconds",
        "transcript",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        let options: [String]
        let command: String
        let origin: String
        let status: Int
        var signal: String?
        var testDescription: String { (options + [command]).joined(separator: " ") }
    }

    static let cases = [
        Case(options: [], command: "true", origin: "remote", status: 0),
        Case(options: [], command: "exit 3", origin: "remote", status: 3),
        Case(options: [], command: "kill -KILL $$", origin: "signal", status: 137, signal: "KILL"),
        Case(
            options: ["--timeout", "200ms"], command: "exec sleep 1003", origin: "timeout",
            status: 124),
        Case(
            options: ["-i", "/dev/null/none", "-l", "nobody-at-all"], command: "true",
            origin: "transport", status: 255),
    ]

    @Test(arguments: cases)
    func `the report has every field, on stderr and in the file`(report: Case) throws {
        try withServer { server in
            let place = try Workplace(server)
            let file = place.folder.file("status.json")
            let options = ["--json", "--status-file", file] + report.options
            let result = try place.run(options + ["shop", report.command])
            #expect(result.status == .exited(Int32(report.status)), "\(result.errorOutput)")
            #expect(result.output.isEmpty)

            let written = String(decoding: try place.folder.read("status.json"), as: UTF8.self)
            #expect(result.errorOutput.hasSuffix(written))
            let line = try #require(written.split(separator: "\n").first)
            #expect(written == "\(line)\n")
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let fields = try #require(object as? [String: Any])
            #expect(Set(fields.keys) == Self.names)
            #expect(fields["target"] as? String == "shop/default")
            #expect(fields["host"] as? String == "127.0.0.1")
            #expect(fields["origin"] as? String == report.origin)
            #expect(fields["status"] as? Int == report.status)
            #expect(fields["signal"] as? String == report.signal)
            #expect((fields["reason"] is NSNull) == ["remote", "signal"].contains(report.origin))
            let seconds = try #require(fields["seconds"] as? Double)
            #expect(seconds > 0 && seconds < 120)

            let transcript = try place.transcript()
            #expect(fields["transcript"] as? String == transcript.path)
            #expect(fields["run"] as? String == "\(transcript.header.run)")
            #expect(fields["started"] as? String == "\(transcript.header.started)")
        }
    }

    @Test func `a run without a transcript has none in its report`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["--json", "--no-record", "shop", "true"])
            let object = try JSONSerialization.jsonObject(with: Data(result.standardError))
            let fields = try #require(object as? [String: Any])
            #expect(fields["transcript"] is NSNull)
            #expect(!place.folder.exists("state/ccrun/runs"))
        }
    }

    @Test func `a status file that cannot be written costs a warning`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["--status-file", "/dev/null/none", "shop", "exit 4"])
            #expect(result.status == .exited(4))
            #expect(result.errorOutput.contains("ccrun: warning: cannot write the status file"))
        }
    }

    @Test(arguments: [[], ["--json"]])
    func `a line that the command left open is ended before ours`(options: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                options + ["-T", "shop", "printf left >&2; printf out; exit 3"])
            #expect(result.status == .exited(3))
            #expect(result.output == "out")
            let lines = result.errorOutput.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3 && lines.first == "left" && lines.last == "")
            #expect(lines[1].hasPrefix(options.isEmpty ? "ccrun: " : "{"))
        }
    }
}
