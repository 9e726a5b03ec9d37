import Testing
import TestServer

@Suite struct TerminalSessionTests {
    @Test func `the program has a controlling terminal of the size asked for`() throws {
        let session = try TerminalSession(
            executable: "/bin/sh", arguments: ["-c", "stty size; tty; echo hi >/dev/tty; exit 4"],
            columns: 91, rows: 33)
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(4))
        #expect(session.output == "33 91\r\n\(session.device)\r\nhi\r\n")
    }

    @Test func `a resize reaches the foreground program by SIGWINCH`() throws {
        let session = try TerminalSession(
            executable: "/bin/sh",
            arguments: ["-c", "trap 'stty size; exit' WINCH; echo up; while :; do sleep 1; done"])
        defer { session.close() }
        try session.waitFor("up")
        try session.resize(columns: 132, rows: 50)
        try session.waitFor("50 132")
        #expect(try session.waitForExit() == .exited(0))
    }

    @Test func `the same prompt can be waited for again`() throws {
        let session = try TerminalSession(
            executable: "/bin/sh", arguments: ["-i"], environment: ["PS1": "ready> "])
        defer { session.close() }
        try session.waitFor("ready> ")
        try session.write("echo $((6 * 7))\n")
        #expect(try session.waitFor("ready> ").contains("42\r\n"))
        try session.write("exit 3\n")
        #expect(try session.waitForExit() == .exited(3))
    }

    @Test func `control characters and signals arrive`() throws {
        for isTyped in [true, false] {
            let session = try TerminalSession(
                executable: "/bin/sh", arguments: ["-c", "echo up; exec sleep 1000"])
            defer { session.close() }
            try session.waitFor("up")
            if isTyped { try session.write("\u{3}") } else { session.send(signal: 2) }
            #expect(try session.waitForExit() == .signalled(2))
        }
    }

    @Test func `modes can be compared when the program has gone`() throws {
        let session = try TerminalSession(
            executable: "/bin/sh", arguments: ["-c", "read a; stty raw -echo; echo raw; read b"])
        defer { session.close() }
        let before = try session.terminalModes
        #expect(before.echoes && before.isCanonical && before.makesSignals)
        try session.write("\n")
        try session.waitFor("raw")
        try session.write("\n")
        #expect(try session.waitForExit() == .exited(0))
        let after = try session.terminalModes
        #expect(after != before)
        #expect(!after.echoes && !after.isCanonical)
    }

    @Test func `output written just before the exit is there`() throws {
        for _ in 0..<20 {
            let session = try TerminalSession(
                executable: "/bin/sh", arguments: ["-c", "seq 1 2000; echo last"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.hasSuffix("2000\r\nlast\r\n"))
        }
    }

    @Test func `a wait in vain says what was seen and how it ended`() throws {
        let session = try TerminalSession(executable: "/bin/echo", arguments: ["something else"])
        defer { session.close() }
        let error = #expect(throws: TestServerError.self) { try session.waitFor("never") }
        #expect(error?.description.contains("something else") == true)
        #expect(error?.description.contains("exit status 0") == true)
    }

    @Test func `closing ends the program and its background jobs`() throws {
        let session = try TerminalSession(
            executable: "/bin/sh",
            arguments: ["-c", "trap '' HUP; sleep 1000 & echo up; sleep 1000"])
        try session.waitFor("up")
        let family = ProcessTable.family(of: session.process.pid)
        session.close()
        #expect(session.process.currentStatus == .signalled(9))
        #expect(!family.contains(where: ProcessTable.isRunning))
    }
}
