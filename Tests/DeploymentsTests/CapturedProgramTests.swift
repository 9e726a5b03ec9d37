import Testing

@testable import Deployments

/// Programs of this machine that are run for what they print.
@Suite struct CapturedProgramTests {
    private static func run(
        _ command: String, _ terms: CapturedProgram.Terms = CapturedProgram.Terms()
    ) throws -> CapturedProgram {
        try CapturedProgram.run(
            "/bin/sh", arguments: ["-c", command],
            environment: ["PATH": "/usr/bin:/bin", "X": "from here"], terms: terms)
    }

    @Test func `a program runs without input, in the environment given`() throws {
        let program = try Self.run("printf '%s' \"$X\"; cat; echo oops >&2")
        #expect(program.output == Array("from here".utf8))
        #expect(program.errors == Array("oops\n".utf8))
        #expect(program.status == 0)
        #expect(try Self.run("true").output.isEmpty)
    }

    @Test(arguments: [("exit 3", 3), ("echo x; false", 1), ("kill -TERM $$", 143), ("nope-", 127)])
    func `its status is that of a shell`(command: String, status: Int32) throws {
        #expect(try Self.run("exec 2>/dev/null; \(command)").status == status)
    }

    @Test func `signals that we ignore are not ignored there`() throws {
        #expect(try Self.run("yes | head -n 1").output == Array("y\n".utf8))
        #expect(try Self.run("kill -PIPE $$").status == 141)
    }

    @Test func `one that prints without end is ended`() throws {
        #expect(throws: CapturedProgram.Failure.tooLong) {
            try Self.run(
                "while :; do echo xxxxxxxxxx; done", CapturedProgram.Terms(outputLimit: 100))
        }
        let terms = CapturedProgram.Terms(outputLimit: 5)
        #expect(try Self.run("printf 12345", terms).output == Array("12345".utf8))
    }

    @Test func `one that takes too long is ended`() {
        #expect(throws: CapturedProgram.Failure.timedOut) {
            try Self.run("exec sleep 1071", CapturedProgram.Terms(limit: .milliseconds(100)))
        }
    }

    @Test func `what is no program is said to be none`() {
        #expect(throws: CapturedProgram.Failure.notStarted("no such file or directory")) {
            try CapturedProgram.run(
                "/nowhere", arguments: [], environment: [:], terms: CapturedProgram.Terms())
        }
    }
}
