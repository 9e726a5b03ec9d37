import Glibc
import TestServer
import Testing
import Transcripts

/// What is typed at the beginning of a line for ccrun itself.
@Suite struct EscapeTests {
    private static let echoing = "stty -echo; echo up; while read line; do echo \"<$line>\"; done"
    /// The same with the size at each change, which ends a `read`.
    private static let sizing =
        "trap \"stty size\" WINCH; stty -echo; echo up; while test -t 0; do read line && echo \"<$line>\"; done"

    @Test func `the list and the channels are shown, and nothing of it reaches the program`() throws
    {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(["--record-input", "shop", Self.echoing])
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write("~?")
            try session.waitFor("~?\r\nccrun: at the beginning of a line:\r\nccrun:   ~.   ")
            try session.waitFor("send ~ once\r\n")
            try session.write("~#")
            try session.waitFor("~#\r\nccrun: the channels that are open:\r\nccrun:   #0 session")
            try session.write("~~twice\r")
            try session.waitFor("<~twice>\r\n")
            try session.write("~x a~.\r")
            try session.waitFor("<~x a~.>\r\n")
            try session.write("\u{4}")
            #expect(try session.waitForExit() == .exited(0))
            #expect(!(try work.transcript().text.contains("channels")))
        }
    }

    @Test func `the connection is dropped with the terminal as it was, and the end is recorded`()
        throws
    {
        try withServer { host in
            let work = try Workplace(host)
            let terminal = try work.usersTerminal(
                ["shop", Self.echoing], settings: ["-ixon", "erase", "^H"])
            defer { terminal.session.close() }
            let session = terminal.session
            try session.waitFor("up\r\n")
            try session.write("one\r~.")
            #expect(try session.waitForExit() == .exited(255))
            #expect(try session.terminalModes == terminal.before)
            #expect(
                session.output.hasSuffix(
                    "ccrun: the connection was dropped (~.); the command may still be running, "
                        + "status 255\r\n"), "\(session.output)")
            #expect(session.output.contains("hint: look for it with: ccrun "))
            #expect(try work.transcript().ending?.end == .disconnect)
        }
    }

    @Test func `it is dropped while the server says nothing more`() throws {
        try withServer { host in
            try withRelay(to: host.port) { relay in
                let work = try Workplace(host, relay: relay.port)
                let session = try work.terminal(["shop", Self.echoing])
                defer { session.close() }
                try session.waitFor("up\r\n")
                relay.cut(.silence)
                try session.write("typed for nobody\r~.")
                #expect(try session.waitForExit() == .exited(255))
                #expect(session.output.contains("was dropped (~.)"))
            }
        }
    }

    @Test func `a suspension gives the terminal to the shell, and comes back with its new size`()
        throws
    {
        try withServer { host in
            let work = try Workplace(host)
            let shell = try TerminalSession(
                executable: "/bin/bash", arguments: ["--norc", "--noediting", "-i"],
                environment: work.environment.merging(["PS1": "local> "]) { $1 },
                workingFolder: work.folder.path)
            defer { shell.close() }
            try shell.waitFor("local> ")
            let before = try shell.terminalModes
            try shell.write("\(CCRun.binary) shop '\(Self.sizing)'\r")
            try shell.waitFor("\nup\r\n")
            try shell.write("~\u{1a}")
            #expect(try shell.waitFor("local> ").contains("~^Z\r\n"))
            #expect(try shell.terminalModes == before)
            try shell.resize(columns: 111, rows: 37)
            try shell.write("fg\r")
            try shell.waitFor("37 111\r\n")
            try shell.write("again\r")
            try shell.waitFor("<again>\r\n")
            try shell.write("~.")
            try shell.waitFor("local> ")
            #expect(try shell.terminalModes == before)
            try shell.write("exit\r")
            _ = try shell.waitForExit()
        }
    }

    /// What --escape says, what is typed, and what of it the program reads.
    private static let characters: [(option: String, typed: String, read: String)] = [
        ("none", "~.", "~."), ("^]", "~.", "~."), ("%", "~?%%", "~?%%"), ("%", "%%~", "%~"),
    ]

    @Test(arguments: characters)
    func `another character, or none`(_ row: (option: String, typed: String, read: String)) throws {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(["--escape", row.option, "shop", Self.echoing])
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write("\(row.typed)\r")
            try session.waitFor("<\(row.read)>\r\n")
            try session.write("\u{4}")
            #expect(try session.waitForExit() == .exited(0))
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `what comes out of a pipe is data`(terminal: String) throws {
        try withServer { host in
            let work = try Workplace(host)
            let result = try work.run(
                [terminal, "shop", "read line; echo \"<$line>\""], input: .bytes(Array("~.\n".utf8))
            )
            #expect(result.status == .exited(0))
            #expect(result.output.contains("<~.>"))
        }
    }

    @Test func `a character that is none is refused before anything is connected to`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let result = try work.run(["--escape", "ab", "shop", "true"])
            #expect(result.status == .exited(125))
            #expect(result.errorOutput.hasPrefix("ccrun: error: cannot use \"ab\" as the escape"))
            #expect(result.errorOutput.contains("\nccrun: hint: write it like --escape"))
        }
    }

    /// EscapeChar of ssh's configuration, --escape, what is typed, and what of it the program reads.
    private static let configured:
        [(keyword: String, option: [String], typed: String, read: String)] =
            [
                ("none", [], "~.", "~."), ("^]", [], "~.", "~."), ("%", [], "%%~", "%~"),
                ("%", ["--escape", "!"], "%%!!", "%%!!"), ("none", ["--escape", "!"], "!!%", "!%"),
            ]

    @Test(arguments: configured)
    func `the command line is over ssh's configuration`(
        _ row: (keyword: String, option: [String], typed: String, read: String)
    ) throws {
        try withServer { host in
            let work = try Workplace(host)
            try work.folder.write("Host *\n  EscapeChar \(row.keyword)\n", to: ".ssh/config")
            let session = try work.terminal(row.option + ["shop", Self.echoing])
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write("\(row.typed)\r")
            try session.waitFor("<\(row.read)>\r\n")
            try session.write("\u{4}")
            #expect(try session.waitForExit() == .exited(0))
        }
    }
}
