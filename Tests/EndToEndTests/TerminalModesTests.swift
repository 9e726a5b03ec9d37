import TestServer
import Testing
import Transcripts

@Suite struct TerminalModesTests {
    /// Settings of the local terminal, in the words of stty(1).
    static let settings: [[String]] = [
        ["sane"], ["-ixon"], ["intr", "^X"], ["-echo"], ["iutf8"], ["-iutf8"], ["-icrnl"],
        ["-icanon", "min", "1", "time", "0"], ["-isig"], ["-onlcr"], ["-opost"], ["echonl"],
        ["susp", "undef", "quit", "^G", "erase", "^H", "kill", "^L", "eof", "^E"],
        ["eol", "^A", "eol2", "^B", "start", "^T", "stop", "^Y", "rprnt", "^P", "werase", "^N"],
        ["-iexten", "-echoe", "-echok", "-echoctl", "-echoke", "noflsh", "tostop"],
        ["ixany", "ixoff", "imaxbel", "parmrk", "ignpar", "inpck"],
        ["inlcr", "igncr", "istrip", "echonl", "-echo"], ["ocrnl", "onocr", "onlret"],
        ["ispeed", "9600", "ospeed", "9600"],
    ]

    @Test(arguments: settings)
    func `the remote terminal has the modes that ssh gives it`(_ settings: [String]) throws {
        try withServer { host in
            let work = try Workplace(host)
            let command = "stty -a | sed 's/^/: /'; echo end"
            let ccrun = try work.usersTerminal(
                ["-t", "shop", command], settings: settings, columns: 91, rows: 33)
            defer { ccrun.session.close() }
            let ssh = try UsersTerminal(
                [try Tool.path("ssh")] + host.sshArguments(options: ["-tt", "-q"]) + [command],
                environment: work.environment, settings: settings, columns: 91, rows: 33)
            defer { ssh.session.close() }
            #expect(try ccrun.session.waitForExit() == .exited(0))
            #expect(try ssh.session.waitForExit() == .exited(0))
            let settings = words(ccrun.session.output)
            #expect(settings == words(ssh.session.output))
            #expect(Set(settings).isSuperset(of: ["rows 33", "columns 91"]))
        }
    }

    /// The settings that stty printed, one by one.
    private func words(_ output: String) -> [String] {
        output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(": ") }
            .flatMap { line -> [String] in
                let text = line.dropFirst(2)
                let parts =
                    text.contains(";") ? text.split(separator: "; ") : text.split(separator: " ")
                return parts.map(String.init)
            }
    }

    @Test(arguments: ["xterm-256color", "screen.xterm-256color", "dumb", "vt100"])
    func `TERM is the local one`(_ term: String) throws {
        try withServer { host in
            let work = try Workplace(host, environment: ["TERM": term])
            let session = try work.terminal(["shop", "echo \"TERM is $TERM.\""])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output == "TERM is \(term).\r\n")
            #expect(try work.transcript().header.term == term)
        }
    }

    @Test func `a forced terminal without a local one is 80 by 24 and usable`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let result = try work.run(
                [
                    "-t", "shop",
                    "stty size; stty -a | grep -o ' echo '; read line; echo \"<$line>\"",
                ],
                input: .bytes(Array("typed\n".utf8)))
            #expect(result.status == .exited(0))
            // The echo of what is typed comes whenever the remote terminal gets it.
            let output = result.output.replacing("typed\r\n", with: "")
            #expect(output == "24 80\r\n echo \r\n<typed>\r\n")
        }
    }

    @Test(arguments: [
        ["sane"], ["-echo"], ["echonl"], ["-icanon", "min", "1"], ["-icrnl"], ["istrip"],
    ])
    func `the values of the environment are never on the screen`(_ settings: [String]) throws {
        // Longer than a canonical line (4096 bytes), and with what a terminal acts upon.
        let value =
            "s3cr3t-\u{3}\u{4}\u{11}\u{13}\u{7f}'\"$\\ "
            + String(repeating: "0123456789", count: 600)
        try withServer { host in
            let work = try Workplace(host)
            let command = "printf %s \"$TOKEN\" | cksum; stty -a | grep -o -- '-\\?echo '; echo end"
            let terminal = try work.usersTerminal(
                ["-e", "TOKEN=\(value)", "-e", "OTHER=0ther-v4lue", "-t", "shop", command],
                settings: settings)
            defer { terminal.session.close() }
            #expect(try terminal.session.waitForExit() == .exited(0))
            let witness = try ChildProcess.run(
                try Tool.path("cksum"), input: .bytes(Array(value.utf8)))
            let sum = witness.output.filter { $0 != "\n" }
            let echo = settings == ["-echo"] ? "-echo " : "echo "
            #expect(
                terminal.session.output.split(whereSeparator: \.isNewline).map(String.init)
                    == [sum, echo, "end"])
            for secret in ["s3cr3t", "0123456789", "0ther"] {
                #expect(!terminal.session.output.contains(secret))
                #expect(try work.transcript().bytes.firstRange(of: Array(secret.utf8)) == nil)
            }
        }
    }
}
