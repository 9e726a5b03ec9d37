import Deployments
import Foundation
import TestServer
import Testing
import Transcripts

@testable import Runs
@testable import ccrun

/// The outcome for programs: the fields of `--json` and `--status-file`.
@Suite struct StatusReportTests {
    private static func report(
        _ outcome: Outcome, transcript: String? = "/state/x.cast",
        duration: Duration = .milliseconds(1_234)
    ) throws -> Run.Report {
        Run.Report(
            plan: try planned(.shell("x")), outcome: outcome,
            started: Timestamp(milliseconds: 1_700_000_000_412), duration: duration,
            transcript: transcript, leavesLineOpen: false)
    }

    /// The file that a report writes, and what is said meanwhile.
    private static func delivered(
        _ report: Run.Report, to folder: ScratchFolder, asJSON: Bool = false,
        _ verbosity: RunOptions.Verbosity = .normal
    ) throws -> (text: String, said: [String]) {
        let said = Watched<[String]>([])
        let notices = Notices(verbosity) { line in said.withLock { $0.append(line) } }
        StatusReport(report).deliver(
            to: StatusFile(folder.file("status")), asJSON: asJSON, notices)
        return (String(decoding: try folder.read("status"), as: UTF8.self), said.withLock { $0 })
    }

    private static func fields(_ text: String) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(parsed as? [String: Any])
    }

    private static let names: Set = [
        "run", "target", "host", "origin", "status", "signal", "reason", "started", "seconds",
        "transcript",
    ]

    @Test func `every field is there, on one line`() throws {
        try withScratchFolder { folder in
            let outcome = Outcome(.signal, status: 137, signal: "KILL", reason: "why \"so\"\n")
            let report = try Self.report(outcome)
            let (text, _) = try Self.delivered(report, to: folder)
            #expect(text.hasSuffix("}\n"))
            #expect(text.filter { $0 == "\n" }.count == 1)
            let fields = try Self.fields(text)
            #expect(Set(fields.keys) == Self.names)
            #expect(fields["run"] as? String == report.plan.run.description)
            #expect(fields["target"] as? String == "shop/default")
            #expect(fields["host"] as? String == "web1.example.com")
            #expect(fields["origin"] as? String == "signal")
            #expect(fields["status"] as? Int == 137)
            #expect(fields["signal"] as? String == "KILL")
            #expect(fields["reason"] as? String == "why \"so\"\n")
            #expect(fields["started"] as? String == "2023-11-14T22:13:20.412Z")
            #expect(fields["seconds"] as? Double == 1.234)
            #expect(fields["transcript"] as? String == "/state/x.cast")
        }
    }

    @Test func `a field without a value is null, never missing`() throws {
        try withScratchFolder { folder in
            let report = try Self.report(Outcome(.remote, status: 0), transcript: nil)
            let fields = try Self.fields(try Self.delivered(report, to: folder).text)
            #expect(Set(fields.keys) == Self.names)
            for name in ["signal", "reason", "transcript"] {
                #expect(fields[name] is NSNull, "\(name)")
            }
        }
    }

    @Test(
        arguments: [
            (.remote, 3, "remote"), (.transport, 255, "transport"), (.timeout, 124, "timeout"),
            (.ccrun, 130, "ccrun"), (.signal, 143, "signal"),
        ] as [(Outcome.Origin, CInt, String)])
    func `the origin has its name`(origin: Outcome.Origin, status: CInt, name: String) throws {
        try withScratchFolder { folder in
            let report = try Self.report(Outcome(origin, status: status))
            let fields = try Self.fields(try Self.delivered(report, to: folder).text)
            #expect(fields["origin"] as? String == name)
            #expect(fields["status"] as? Int == Int(status))
        }
    }

    @Test(
        arguments: [
            (Outcome(.remote, status: 0), []),
            (Outcome(.remote, status: 3), ["ccrun: the remote command exited with status 3\n"]),
            (Outcome(.ccrun, status: 141, signal: "PIPE", reason: "nobody reads"), []),
            (
                Outcome(.signal, status: 141, signal: "PIPE"),
                ["ccrun: the remote command died of signal PIPE, status 141\n"]
            ),
            (
                Outcome(.timeout, status: 124, reason: "time ran out"),
                ["ccrun: time ran out, status 124\n"]
            ),
            (
                Outcome(.timeout, status: 124, reason: "time ran out", hint: "look"),
                ["ccrun: hint: look\n", "ccrun: time ran out, status 124\n"]
            ),
        ] as [(Outcome, [String])])
    func `people are told where a status came from, unless it is 0 or a closed pipe`(
        outcome: Outcome, lines: [String]
    ) throws {
        try withScratchFolder { folder in
            let delivered = try Self.delivered(try Self.report(outcome), to: folder)
            #expect(delivered.said == lines)
        }
    }

    @Test(
        arguments: [
            (Outcome(.remote, status: 3), 0), (Outcome(.signal, status: 137, signal: "KILL"), 0),
            (Outcome(.ccrun, status: 141, signal: "PIPE", reason: "nobody reads"), 0),
            (Outcome(.transport, status: 255, reason: "lost"), 1),
            (Outcome(.timeout, status: 124, reason: "time ran out", hint: "look"), 2),
            (Outcome(.ccrun, status: 125, reason: "the disk is full"), 1),
            (Outcome(.ccrun, status: 130, signal: "INT", reason: "interrupted by INT"), 1),
        ] as [(Outcome, Int)])
    func `-q silences only what the command's status says by itself`(
        outcome: Outcome, lines: Int
    ) throws {
        try withScratchFolder { folder in
            let report = try Self.report(outcome)
            #expect(try Self.delivered(report, to: folder, .quiet).said.count == lines)
        }
    }

    @Test func `an earlier status file is replaced, and closed to others if new`() throws {
        try withScratchFolder { folder in
            let report = try Self.report(Outcome(.remote, status: 0))
            _ = try Self.delivered(report, to: folder)
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("status"))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try folder.write(String(repeating: "x", count: 10_000), to: "status")
            let fields = try Self.fields(try Self.delivered(report, to: folder).text)
            #expect(Set(fields.keys) == Self.names)
        }
    }

    @Test func `an earlier status is gone, and a misuse is told, where nothing was run`() throws {
        try withScratchFolder { folder in
            try folder.write(#"{"status":0}"#, to: "status")
            let file = StatusFile(folder.file("status"))
            file.discard()
            let discarded = try folder.read("status")
            #expect(discarded.isEmpty)
            #expect(file.write(StatusFields(target: "no/such", misuse: "why")) == nil)
            let fields = try Self.fields(String(decoding: try folder.read("status"), as: UTF8.self))
            #expect(Set(fields.keys) == Self.names)
            #expect(fields["origin"] as? String == "ccrun")
            #expect(fields["status"] as? Int == 125)
        }
    }

    @Test func `a status file that cannot be written is a warning, and the status stays`() throws {
        let said = Watched<[String]>([])
        let notices = Notices(.normal) { line in said.withLock { $0.append(line) } }
        let report = try Self.report(Outcome(.remote, status: 3))
        StatusReport(report).deliver(
            to: StatusFile("/nonexistent/status"), asJSON: false, notices)
        #expect(
            said.withLock { $0 } == [
                "ccrun: warning: cannot write the status file \"/nonexistent/status\": "
                    + "no such file or directory\n",
                "ccrun: the remote command exited with status 3\n",
            ])
    }
}
