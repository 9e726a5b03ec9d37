import Foundation
import TestServer
import Testing

/// What decides about a step, and what is said where one ends a release.
@Suite struct ReleaseStepTests {
    @Test(arguments: [
        ("grep -q x no-such-file", 2, "no-such-file"), ("no-such-program", 127, "not found"),
    ])
    func `a test that comes to no answer fails the step`(
        test: String, status: Int32, words: String
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo run, name: one, when: \(test)}",
                    "  - {run: echo run, name: two}",
                ])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(status), "\(result.errorOutput)")
            #expect(result.output.isEmpty)
            let error = result.errorOutput
            #expect(error.contains(words), "\(error)")
            #expect(error.contains("its test exited with status \(status)"), "\(error)")
            #expect(error.contains("the command was: \(test)\n"))
            #expect(error.contains("not run: two\n"))
            #expect(try place.transcript().text.contains(words))
            let json = try place.run(["release", "shop", "--json"])
            #expect(json.output.contains(words), "\(json.output)")
        }
    }

    @Test func `a step that cannot be begun is not said to have failed`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["release: [{run: echo run, name: one, when: test -f marker}]"],
                deployment: ["directory: ~/nope"])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(
                result.errorOutput.contains(
                    "step 1/1 one was not run: cannot enter the directory \"~/nope\" on the server\n"
                ))
            #expect(result.errorOutput.contains("hint: look at \"directory\""))
        }
    }

    @Test func `a step that may fail may also not be begun`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "env_file: no.env",
                    "release: [{run: echo run, name: one, allow_failure: true}]",
                ])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("one was not run: cannot read env_file"))
        }
    }

    @Test func `a question comes once a step, after its test`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(
                    release: first,
                    [
                        "release:",
                        "  - {run: echo no >>log, name: no, confirm: why?, when: test -e nowhere}",
                        "  - {run: echo run >>log, name: yes, confirm: really?, on: all}",
                    ], others: [second])
                let session = try place.terminal(["release", "shop"])
                defer { session.close() }
                try session.waitFor("really? (yes/no) ")
                try session.write("yes\r")
                #expect(try session.waitForExit() == .exited(0), "\(session.output)")
                #expect(!session.output.contains("why?"))
                #expect(try first.read(home: "log") == "run\n")
                #expect(try second.read(home: "log") == "run\n")
            }
        }
    }

    @Test func `the limit of the command line wins over the step's`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release: [{run: exec sleep 1081, name: slow, timeout: 2h}]"])
            let plan = try place.run(["release", "--timeout", "300ms", "--plan", "shop"])
            #expect(plan.output.contains("timeout 300ms"), "\(plan.output)")
            let result = try place.run(["release", "--timeout", "300ms", "shop"])
            #expect(result.status == .exited(124), "\(result.errorOutput)")
        }
    }

    @Test func `the hosts that a step did not get to are told`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(
                    release: first,
                    [
                        "release:", "  - {run: exit 3, name: b, on: all}",
                        "  - {run: echo run, name: c, on: all}",
                    ], others: [second])
                let result = try place.run(["release", "shop"])
                #expect(result.status == .exited(3))
                let missing = ["b on 127.0.0.1:\(second.port)", "c"]
                let line = "not run: \(missing.joined(separator: ", "))\n"
                #expect(result.errorOutput.contains(line), "\(result.errorOutput)")
                let json = try place.run(["release", "shop", "--json"])
                let last = try #require(json.output.split(separator: "\n").last)
                let event = try JSONSerialization.jsonObject(with: Data(last.utf8))
                #expect((event as? [String: Any])?["not_run"] as? [String] == missing)
            }
        }
    }

    @Test(arguments: [
        ([], "go on with \"ccrun release shop/default --from 2\""),
        (["--skip", "last"], "go on with \"ccrun release shop/default --from 2 --skip last\""),
        (["--skip", "1"], "go on with \"ccrun release shop/default --from 2\""),
        (["--only", "2"], "run it again with \"ccrun release shop/default --only 2\""),
        (
            ["--only", "2", "--only", "last"],
            "run it again with \"ccrun release shop/default --only 2 --only last\""
        ),
    ])
    func `the hint runs what is left, and nothing more`(options: [String], hint: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo first, name: first}",
                    "  - {run: 'echo hello; exit 3'}", "  - {run: echo third, name: third}",
                    "  - {run: echo last, name: last}",
                ])
            let result = try place.run(["release", "shop", "-e", "SECRET=value"] + options)
            #expect(result.status == .exited(3))
            #expect(
                result.errorOutput.contains("\nccrun: hint: once that is mended, \(hint)\n"),
                "\(result.errorOutput)")
        }
    }

    @Test func `how to look for a command leads to its host`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(
                    release: first,
                    [
                        "release:",
                        "  - {run: 'test -e here || exec env -u CCRUN_RUN_ID sleep 1082', name: a, on: all}",
                    ], others: [second])
                try first.folder.write("", to: "home/here")
                let result = try place.run(
                    ["release", "--timeout", "10s", "-l", second.user, "shop"])
                #expect(result.status == .exited(124), "\(result.errorOutput)")
                let words = "ccrun --host 127.0.0.1:\(second.port) -l \(second.user) shop/default "
                #expect(
                    result.errorOutput.contains("hint: look for it with: \(words)'cd /proc; "),
                    "\(result.errorOutput)")
            }
        }
    }
}
