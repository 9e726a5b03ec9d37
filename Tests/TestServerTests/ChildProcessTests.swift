import Testing
import TestServer

@Suite struct ChildProcessTests {
    @Test func `arguments, environment, folder and streams arrive as given`() throws {
        try withScratchFolder { folder in
            let script = """
                printf '%s|' "$@"; env; pwd; cat; echo complaint >&2; exit 7
                """
            let result = try ChildProcess.run(
                "/bin/sh", ["-c", script, "sh", "a b", "", "ü\n"],
                environment: ["ONLY": "this one"], input: .bytes(Array("input".utf8)),
                workingFolder: folder.path)
            #expect(result.status == .exited(7))
            #expect(result.output.hasPrefix("a b||ü\n|"))
            #expect(result.output.contains("ONLY=this one\n"))
            #expect(!result.output.contains("HOME="))
            #expect(result.output.hasSuffix("\(folder.path)\ninput"))
            #expect(result.errorOutput == "complaint\n")
        }
    }

    @Test func `death by a signal is told from an exit`() throws {
        let result = try ChildProcess.run("/bin/sh", ["-c", "kill -TERM $$"])
        #expect(result.status == .signalled(15))
    }

    @Test func `no signal is ignored or blocked in the child`() throws {
        let result = try ChildProcess.run("/bin/cat", ["/proc/self/status"])
        for name in ["SigBlk:\t", "SigIgn:\t"] {
            let line = result.output.split(separator: "\n").first { $0.hasPrefix(name) }
            let mask = try #require(line.flatMap { UInt64($0.dropFirst(8), radix: 16) })
            // 32 and 33 are glibc's own; its posix_spawn leaves them ignored.
            #expect(mask & ~0x1_8000_0000 == 0)
        }
    }

    @Test func `no descriptor but three is open in the child`() throws {
        let result = try ChildProcess.run("/bin/ls", ["/proc/self/fd"])
        // The fourth is the folder that ls itself reads.
        #expect(result.output == "0\n1\n2\n3\n")
    }

    @Test func `a program without a terminal has no terminal to ask on`() throws {
        let result = try ChildProcess.run("/bin/sh", ["-c", "echo hello >/dev/tty"])
        #expect(result.status != .exited(0))
    }

    @Test func `a missing program is an error`() {
        #expect(throws: TestServerError.self) { try ChildProcess.run("/nonexistent/program") }
    }

    @Test func `what outlives its deadline is killed with all its children`() throws {
        let child = try ChildProcess("/bin/sh", ["-c", "sleep 1000 & echo started; wait"])
        try child.waitForOutput("started\n")
        // The child may take its time to become what it is to be.
        let limit = ContinuousClock.now + .seconds(60)
        var family = ProcessTable.family(of: child.process.pid)
        while family.map(\.commandLine) != [["sleep", "1000"]] {
            try #require(ContinuousClock.now < limit, "\(family)")
            family = ProcessTable.family(of: child.process.pid)
        }
        let error = #expect(throws: TestServerError.self) {
            try child.waitForExit(deadline: .milliseconds(1))
        }
        #expect(error?.code == .deadline)
        #expect(error?.description.contains("started") == true)
        #expect(child.process.currentStatus == .signalled(9))
        #expect(!family.contains(where: ProcessTable.isRunning))
    }

    @Test func `input can be written piece by piece`() throws {
        let child = try ChildProcess("/bin/cat", input: .pipe)
        child.write("one ")
        try child.waitForOutput("one ")
        child.write("two")
        child.closeInput()
        let result = try child.waitForExit()
        #expect(result.output == "one two")
    }

    @Test func `input nobody reads holds nobody up`() throws {
        let endless = ChildProcess.Input.generated { [UInt8](repeating: 0, count: 65_536) }
        let result = try ChildProcess.run("/bin/true", input: endless)
        #expect(result.status == .exited(0))
    }

    @Test func `a long stream passes without being held`() throws {
        let pieces = Watched(2000)
        let input = ChildProcess.Input.generated {
            pieces.withLock { left in
                left -= 1
                return left >= 0 ? [UInt8](repeating: 0x41, count: 32_768) : nil
            }
        }
        let result = try ChildProcess.run("/bin/cat", input: input, output: .hashed)
        #expect(result.outputCount == 2000 * 32_768)
        #expect(result.standardOutput.isEmpty)
        // head -c 65536000 /dev/zero | tr '\\0' A | sha256sum
        #expect(
            result.outputDigest
                == "9327e684061a2256e33ac294a95626c2c6e4fe4df01681fdb78094dc89c3440e")
    }

    @Test func `output can be fed to a closure and to a file`() throws {
        try withScratchFolder { folder in
            let seen = Watched<[UInt8]>([])
            let result = try ChildProcess.run(
                "/bin/sh", ["-c", "echo out; echo err >&2"],
                output: .fed { chunk in seen.withLock { $0 += chunk } },
                error: .file(folder.file("errors")))
            #expect(result.status == .exited(0))
            #expect(seen.withLock { $0 } == Array("out\n".utf8))
            #expect(try folder.read("errors") == Array("err\n".utf8))
        }
    }

    @Test func `peak memory is the program's own`() throws {
        let small = try ChildProcess(
            "/bin/sh", ["-c", "echo up; read line"], input: .pipe, measuresMemory: true)
        try small.waitForOutput("up")
        try small.waitForMeasurement()
        small.closeInput()
        let peak = try #require(try small.waitForExit().peakMemory)
        // The test bundle itself needs more than ten times that.
        #expect(peak > 0 && peak < 16_384)
    }
}
