import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun release`: the steps in order, what is said of them, and what is left behind.
@Suite struct ReleaseTests {
    private static let steps = [
        "tasks:", "  check: echo checked", "  migrate: {run: echo migrated >>log, timeout: 5m}",
        "  static: echo collected >>log",
        "release: [check, migrate, {run: echo healthy, name: health}, static]",
    ]

    @Test func `the steps run in order, under one lock, in one transcript`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.steps)
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "checked\nhealthy\n")
            let lines = result.errorOutput.split(separator: "\n").map(String.init)
            #expect(lines.count == 10, "\(result.errorOutput)")
            #expect(lines[1] == "ccrun: step 1/4 check: echo checked")
            #expect(lines[2].hasPrefix("ccrun: step 1/4 check done in "))
            #expect(lines[9].hasPrefix("ccrun: release of shop/default done in "))
            #expect(try sshd.read(home: "log") == "migrated\ncollected\n")

            let transcripts = try place.transcripts()
            #expect(transcripts.count == 1)
            let transcript = try place.expectTranscript(.exit(0))
            #expect(
                try transcript.events().filter { $0.code == .marker }.map(\.text)
                    == ["1/4 check", "2/4 migrate", "3/4 health", "4/4 static"])
            #expect(
                transcript.ending?.steps.map(\.name) == ["check", "migrate", "health", "static"])
            #expect(transcript.header.title == "shop/default: release")
            #expect(try sshd.leftovers() == [])
            let run = transcript.header.run.description
            #expect(try place.run(["show", "--step", "health", run]).output == "healthy\n")
            let page = try place.run(["export", "--format", "html", run]).output
            #expect(page.contains("<a href=\"#step-2\">migrate</a>"))
            #expect(page.contains("id=\"step-2\">2 migrate</h2>"))
        }
    }

    @Test func `the first failure ends it, and what to do is said`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo one, name: first}",
                    "  - {run: exit 3, name: second}",
                    "  - {run: echo three, name: third}",
                    "  - {run: echo cleaned, name: cleanup, always: true}",
                    "  - {run: echo five, name: fifth}",
                ])
            let result = try place.run(["release", "shop", "--status-file", "status"])
            #expect(result.status == .exited(3))
            #expect(result.output == "one\ncleaned\n")
            let end = result.errorOutput.split(separator: "\n").suffix(4).map(String.init)
            #expect(end[0] == "ccrun: the command was: exit 3")
            #expect(end[1] == "ccrun: not run: third, fifth")
            #expect(
                end[2]
                    == "ccrun: hint: once that is mended, go on with \"ccrun release shop/default --from second\""
            )
            #expect(
                end[3].hasPrefix(
                    "ccrun: release of shop/default stopped at step 2 \"second\" on 127.0.0.1:"))
            #expect(end[3].hasSuffix("the remote command exited with status 3"))
            let quiet = try place.run(["release", "-q", "shop"])
            #expect(quiet.output == "one\ncleaned\n")
            let said = quiet.errorOutput.split(separator: "\n")
            #expect(said.dropLast().map(String.init) == Array(end.dropLast()))
            #expect(said.last?.contains("stopped at step 2 \"second\"") == true)

            try place.expectTranscript(.exit(3))
            let status = try place.folder.read("status")
            #expect(String(decoding: status, as: UTF8.self).contains("\"status\":3"))
        }
    }

    @Test func `a failure that may be is passed over, a retry may mend one`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: exit 4, name: may, allow_failure: true}",
                    "  - {run: 'mkdir twice 2>/dev/null && exit 1; echo second', name: again, retry: 2}",
                ])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "second\n")
            #expect(result.errorOutput.contains("step 1/2 may exited with status 4"))
            #expect(result.errorOutput.contains("step 2/2 again, try 2: "))
        }
    }

    @Test func `a test decides whether a step is run`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo no, name: no, when: test -e nowhere}",
                    "  - {run: 'echo \"$COLOUR\"', name: yes, when: 'test \"$COLOUR\" = red', environment: {COLOUR: red}}",
                ])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "red\n")
            #expect(
                result.errorOutput.contains("step 1/2 no skipped: its test ended with status 1"))
        }
    }

    @Test(arguments: [
        (["--from", "migrate"], "healthy\n"), (["--only", "check"], "checked\n"),
        (["--skip", "health", "--skip", "2"], "checked\n"), (["--from", "4"], ""),
    ])
    func `a part of it can be run`(options: [String], output: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.steps)
            let result = try place.run(["release", "shop"] + options)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == output)
        }
    }

    @Test func `the plan connects to nothing`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.steps)
            let result = try place.run(["release", "shop", "--plan", "--skip", "check"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            for text in [
                "1. check (left out:", "   command: echo migrated >>log", "timeout 5m", "3. health",
            ] {
                #expect(result.output.contains(text), "\(result.output)")
            }
            #expect(!result.output.contains("exec:"))
            let verbose = try place.run(["release", "-v", "shop", "--plan", "-e", "A=secret"])
            let sent = verbose.output.split(separator: "\n").filter { $0.hasPrefix("   exec: ") }
            #expect(sent.count == 4, "\(verbose.output)")
            #expect(verbose.output.contains("\n  directory: ~\n  environment: A\n  lock: held on "))
            #expect(!verbose.output.contains("secret"))
            let both = try place.run(["release", "shop", "--plan", "--json"])
            #expect(both.status == .exited(125))
            #expect(both.errorOutput.contains("--plan and --json exclude each other"))
            #expect(try place.transcriptsOrNone().isEmpty)
            #expect(!sshd.log.contains("Connection from"))
        }
    }

    @Test func `steps run on every host where they are to`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(
                    release: first,
                    [
                        "release:", "  - {run: echo one, name: primary}",
                        "  - {run: 'echo here >>log', name: everywhere, on: all}",
                    ], others: [second])
                let result = try place.run(["release", "shop"])
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                for sshd in [first, second] {
                    #expect(try sshd.read(home: "log") == "here\n")
                }
                #expect(
                    result.errorOutput.contains("step 2/2 everywhere on 127.0.0.1:\(second.port)"))
            }
        }
    }

    @Test func `a host that is out of reach is found out before the first step`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release:", "  - {run: touch begun, name: all, on: all}"])
            try place.addHost("127.0.0.1:1")
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(255))
            #expect(throws: (any Error).self) { try sshd.read(home: "begun") }
            try place.expectTranscript(.disconnect)
        }
    }
}
