import Foundation
import TestServer
import Testing
import Transcripts

/// No value of the environment is ever in an argument vector, where everybody on the host sees it.
@Suite struct SecretsTests {
    private static let values = [
        "FROM_APP": "value-of-the-app-4f1", "FROM_OPTION": "value-of-an-option-9c2",
        "FROM_HERE": "value-copied-from-here-7a3", "FROM_FILE": "value-of-a-local-file-2b8",
        "FROM_LONG": String(repeating: "long-value-5d6 ", count: 7000),
    ]

    private static func value(_ name: String) -> String { values[name] ?? "" }

    private static func place(_ server: any TestHost) throws -> Workplace {
        let place = try Workplace(
            server, app: ["environment: {FROM_APP: \(value("FROM_APP"))}"],
            environment: ["FROM_HERE": value("FROM_HERE")])
        let lines = ["FROM_FILE", "FROM_LONG"].map { "\($0)='\(value($0))'\n" }.joined()
        try place.folder.write(lines, to: "local.env")
        return place
    }

    private static let options = [
        "-e", "FROM_HERE", "--env-file", "local.env", "-e",
        "FROM_OPTION=\(value("FROM_OPTION"))",
    ]

    @Test(arguments: ["-T", "-t"])
    func `no value is in any process's arguments on the server while a run goes on`(
        terminal: String
    ) throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd)
            let run = try place.start(
                [terminal] + Self.options + ["shop", "echo begun; sleep 1006; true"])
            try run.waitForOutput("begun")
            var remote: [ProcessEntry] = []
            let limit = ContinuousClock.now + .seconds(60)
            while !remote.contains(where: { $0.commandLine.first == "sleep" }) {
                try #require(ContinuousClock.now < limit)
                remote = sshd.sessionProcesses()
            }
            // What was typed here is in our own arguments, and in those of other tests' ccruns.
            let others = ProcessTable.all().filter { $0.commandLine.first != CCRun.binary }
            for process in others {
                let words = process.commandLine.joined(separator: " ")
                let seen = Self.values.filter { words.contains($0.value.prefix(14)) }.keys
                #expect(seen.isEmpty, "\(process.pid): \(words.prefix(300))")
            }
            // The program has them all the same, and the shell that read them keeps none of its own.
            let sleeping = try #require(remote.first { $0.commandLine.first == "sleep" })
            for (name, value) in Self.values {
                #expect(sleeping.environment.contains("\(name)=\(value)"), "\(name)")
            }
            #expect(sleeping.environment.contains("DEP_NAME=shop/default"))
            let header = try place.transcript().header
            #expect(sleeping.environment.contains("CCRUN_RUN_ID=\(header.run)"))
            run.send(signal: SIGTERM)
            _ = try run.waitForExit()
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `no value is shown or recorded on the way`(terminal: String) throws {
        try withServer { server in
            let place = try Self.place(server)
            let session = try place.terminal(
                [terminal, "-v"] + Self.options + ["shop", "echo ${#FROM_LONG}"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("105000\r\n"), "\(session.output)")
            let recorded = String(decoding: try place.transcript().bytes, as: UTF8.self)
            for value in Self.values.values {
                #expect(!session.output.contains(value.prefix(14)))
                #expect(!recorded.contains(value.prefix(14)))
            }
        }
    }

    @Test func `sshd's log at its most talkative has no value`() throws {
        try withSSHD(SSHDOptions(configuration: ["LogLevel DEBUG3"])) { sshd in
            let place = try Self.place(sshd)
            #expect(try place.run(Self.options + ["shop", "true"]).status == .exited(0))
            try sshd.waitForLog("Disconnected from")
            for value in Self.values.values { #expect(!sshd.log.contains(value.prefix(14))) }
        }
    }
}
