import TestServer
import Testing
import Transcripts

/// A server that gives no terminal, and the user's, which then stays the user's.
@Suite struct TerminalRefusedTests {
    private static let warning =
        "ccrun: warning: the server gave no terminal; the command runs without one"

    @Test(arguments: [[], TerminalRestoredTests.settings])
    func `the command runs without one, and the local terminal is left alone`(
        settings: [String]
    ) throws {
        try withSSHD(SSHDOptions(configuration: ["PermitTTY no"])) { sshd in
            let work = try Workplace(sshd)
            let command =
                "test -t 0 || echo no terminal; echo err >&2; read line; echo \"<$line>\""
            let terminal = try work.usersTerminal(["shop", command], settings: settings)
            defer { terminal.session.close() }
            // What the program prints goes through the terminal's own output processing.
            try terminal.session.waitFor("no terminal\r\n")
            #expect(try terminal.session.terminalModes == terminal.before)
            // The line is the terminal's to edit and to echo: control-U takes back what was typed.
            try terminal.session.write("wrong\u{15}right\n")
            try terminal.session.waitFor("<right>\r\n")
            #expect(try terminal.session.waitForExit() == .exited(0))
            #expect(try terminal.session.terminalModes == terminal.before)
            let lines = terminal.session.output.split(whereSeparator: \.isNewline)
            #expect(lines.filter { $0 == Self.warning }.count == 1, "\(terminal.session.output)")
            #expect(lines.contains("err"))
            try Self.expectNoTerminal(in: work)
        }
    }

    @Test func `an interrupt is the local terminal's, and ends the run`() throws {
        try withSSHD(SSHDOptions(configuration: ["PermitTTY no"])) { sshd in
            let work = try Workplace(sshd)
            let terminal = try work.usersTerminal(["shop", "echo up; exec sleep 1000"])
            defer { terminal.session.close() }
            try terminal.session.waitFor("up\r\n")
            try terminal.session.write("\u{3}")
            #expect(try terminal.session.waitForExit() == .exited(130))
            #expect(try terminal.session.terminalModes == terminal.before)
            try work.expectTranscript(.cancelled("INT", 2))
        }
    }

    @Test func `variables come through all the same`() throws {
        try withSSHD(SSHDOptions(configuration: ["PermitTTY no"])) { sshd in
            let work = try Workplace(sshd)
            let terminal = try work.usersTerminal(
                ["-e", "TOKEN=s3cr3t", "shop", "printf %s \"$TOKEN\" | wc -c"])
            defer { terminal.session.close() }
            #expect(try terminal.session.waitForExit() == .exited(0))
            #expect(terminal.session.output.hasSuffix("6\r\n"), "\(terminal.session.output)")
            #expect(!terminal.session.output.contains("s3cr3t"))
            #expect(!terminal.session.output.contains("stty"), "\(terminal.session.output)")
        }
    }

    /// The transcript is of a run without a terminal, its lines ended as players need them.
    private static func expectNoTerminal(in work: Workplace) throws {
        let transcript = try work.expectTranscript(.exit(0))
        #expect(!transcript.header.pseudoTerminal)
        let first = String(decoding: try transcript.bytes.prefix { $0 != 10 }, as: UTF8.self)
        #expect(first.contains("\"pty\":false,\"onlcr\":true"), "\(first)")
        let text = try transcript.text
        #expect(text.contains("no terminal\r\n"), "\(text.debugDescription)")
        #expect(text.contains("<right>\r\n"), "\(text.debugDescription)")
    }
}
