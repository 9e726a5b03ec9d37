import Glibc
import TestServer
import Testing
import Transcripts

/// However a run ends, the terminal is as it was.
@Suite struct TerminalRestoredTests {
    /// Something that no default restores.
    static let settings = ["-ixon", "intr", "^X", "-echoke", "erase", "^H"]

    @Test(arguments: ["exit 0", "exit 3", "kill -TERM $$", "stty -echo raw; exit 1"])
    func `after the remote command's end`(_ command: String) throws {
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(
                ["shop", "echo up; read line; \(command)"], settings: Self.settings)
            defer { terminal.session.close() }
            try terminal.session.waitFor("up\r\n")
            #expect(try terminal.session.terminalModes.areRaw)
            try terminal.session.write("\r")
            let status = try terminal.session.waitForExit()
            #expect(try terminal.session.terminalModes == terminal.before)
            #expect(status != .exited(0) || command == "exit 0")
        }
    }

    @Test func `after the connection was lost, and before that is said`() throws {
        try withSSHD { server in
            let work = try Workplace(server)
            let terminal = try work.usersTerminal(
                ["shop", "echo up; exec sleep 1000"], settings: Self.settings)
            defer { terminal.session.close() }
            try terminal.session.waitFor("up\r\n")
            #expect(try terminal.session.terminalModes.areRaw)
            try server.killSessions()
            #expect(try terminal.session.waitForExit() == .exited(255))
            #expect(try terminal.session.terminalModes == terminal.before)
            // With output processing off the line would end without a carriage return.
            #expect(terminal.session.output.contains("ccrun: "))
            #expect(terminal.session.output.hasSuffix("status 255\r\n"))
            #expect(try work.transcript().ending?.end == .disconnect)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func `after a signal`(_ number: Int32) throws {
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(
                ["shop", "echo up; exec sleep 1000"], settings: Self.settings)
            defer { terminal.session.close() }
            try terminal.session.waitFor("up\r\n")
            terminal.session.send(signal: number)
            #expect(try terminal.session.waitForExit() == .exited(128 + number))
            #expect(try terminal.session.terminalModes == terminal.before)
            #expect(try work.transcript().ending?.end == .cancelled)
        }
    }

    @Test func `after the time limit`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(
                ["--timeout", "1s", "shop", "echo up; exec sleep 1000"], settings: Self.settings)
            defer { terminal.session.close() }
            #expect(try terminal.session.waitForExit() == .exited(124))
            #expect(try terminal.session.terminalModes == terminal.before)
        }
    }

    @Test func `after an error while connecting`() throws {
        let port = try ReservedPort()
        defer { port.release() }
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(
                ["-p", "\(port.number)", "shop", "true"], settings: Self.settings)
            defer { terminal.session.close() }
            #expect(try terminal.session.waitForExit() == .exited(255))
            #expect(try terminal.session.terminalModes == terminal.before)
            #expect(terminal.session.output.contains("refused"))
        }
    }

    @Test func `after a question that an interrupt cut short`() throws {
        try withServer { host in
            let work = try Workplace(host, deployment: ["protected: true"])
            let terminal = try work.usersTerminal(["shop", "true"], settings: Self.settings)
            defer { terminal.session.close() }
            try terminal.session.waitFor("Type its name to go on: ")
            try terminal.session.write("\u{18}")
            #expect(try terminal.session.waitForExit() == .exited(130))
            #expect(try terminal.session.terminalModes == terminal.before)
        }
    }
}
