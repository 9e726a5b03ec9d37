import Glibc
import TestServer
import Testing

/// A stop gives the terminal back to the shell, and a continuation takes it again.
@Suite struct TerminalStoppedTests {
    static let command =
        "trap 'stty size' WINCH; echo up; while test -t 0; do read line && echo \"<$line>\"; done"

    @Test(arguments: [SIGSTOP, SIGTSTP])
    func `a continuation makes it raw again and sends the size`(_ number: Int32) throws {
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(["shop", Self.command], settings: ["-ixon"])
            defer { terminal.session.close() }
            try terminal.session.waitFor("up\r\n")
            #expect(try terminal.session.terminalModes.areRaw)
            terminal.session.send(signal: number)
            try terminal.waitUntil(isStopped: true)
            // Nobody can act on SIGSTOP; on SIGTSTP ccrun leaves the terminal as it was.
            if number == SIGTSTP { #expect(try terminal.session.terminalModes == terminal.before) }
            try terminal.stty("sane")
            try terminal.session.resize(columns: 101, rows: 31)
            terminal.session.send(signal: SIGCONT)
            try terminal.waitForModes("raw", \.areRaw)
            try terminal.session.waitFor("31 101\r\n")
            try terminal.session.write("still there\r")
            try terminal.session.waitFor("<still there>\r\n")
            terminal.session.send(signal: SIGTERM)
            #expect(try terminal.session.waitForExit() == .exited(143))
            #expect(try terminal.session.terminalModes == terminal.before)
        }
    }

    @Test func `a shell has its terminal while ccrun is stopped or in the background`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let shell = try TerminalSession(
                executable: "/bin/bash", arguments: ["--norc", "--noediting", "-i"],
                environment: work.environment.merging(["PS1": "local> "]) { $1 },
                workingFolder: work.folder.path)
            defer { shell.close() }
            try shell.waitFor("local> ")
            let before = try shell.terminalModes
            try shell.write(
                "\(CCRun.binary) shop 'echo up; while read line; do echo \"<$line>\"; done'\r")
            try shell.waitFor("\nup\r\n")
            let ccrun = try #require(
                ProcessTable.descendants(of: shell.process.pid, in: ProcessTable.all())
                    .first { $0.commandLine.first == CCRun.binary })
            #expect(try shell.terminalModes.areRaw)

            _ = kill(ccrun.pid, SIGTSTP)
            try shell.waitFor("local> ")
            #expect(try shell.terminalModes == before)
            try shell.write("bg\r")
            try shell.waitFor("local> ")
            // A background job that wants to read is stopped, and has not touched the modes.
            try eventually("the job to be stopped") {
                if isProcessStopped(ccrun.pid) { return true }
                try shell.write("\r")
                return false
            }
            #expect(try shell.terminalModes == before)
            try shell.write("fg\r")
            try eventually("raw mode") { try shell.terminalModes.areRaw }
            try shell.write("again\r")
            try shell.waitFor("<again>\r\n")
            try shell.write("\u{4}")
            try shell.waitFor("local> ")
            #expect(try shell.terminalModes == before)
            try shell.write("exit 5\r")
            #expect(try shell.waitForExit() == .exited(5))
        }
    }
}
