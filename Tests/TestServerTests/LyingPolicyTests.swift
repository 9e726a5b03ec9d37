import Testing
import TestServer

@Suite struct LyingPolicyTests {
    @Test func `the record says how the client logged in`() throws {
        var script = Script.honest()
        script.login.banner = "Welcome\u{1B}[2J to\u{07} nowhere\n"
        try withLyingServer(script) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("nowhere"))
            let attempts = server.record.loginAttempts()
            #expect(attempts.map(\.method) == ["none", "publickey", "publickey"])
            #expect(attempts.map(\.isSigned) == [false, false, true])
            #expect(attempts.allSatisfy { $0.user == server.user })
            #expect(attempts.last?.algorithm == "ssh-ed25519")
            #expect(attempts.last?.keyBlob == server.userKey.blob)
            #expect(attempts.last?.isSignatureValid == true)
        }
    }

    @Test(arguments: [LoginPolicy.PublicKeys.refused, .refusedOnceSigned, .partial])
    func `a key can be refused in three ways`(keys: LoginPolicy.PublicKeys) throws {
        var script = Script.honest()
        script.login.publicKeys = keys
        script.login.methods = ["publickey", "hostbased"]
        try withLyingServer(script) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("hostbased"), "\(result.errorOutput)")
            let signed = server.record.loginAttempts().filter(\.isSigned).count
            #expect((signed == 0) == (keys == .refused))
        }
    }

    @Test(arguments: ["password", "keyboard-interactive"])
    func `a password is asked for on a terminal`(method: String) throws {
        var script = Script.honest(status: 3)
        script.login.methods = [method]
        script.login.publicKeys = .refused
        if method == "password" {
            script.login.password = "open sesame"
        } else {
            script.login.questions = [.init("Magic word: ", echoes: false, answer: "open sesame")]
        }
        try withLyingServer(script) { server in
            let terminal = try TerminalSession(
                executable: try Tool.path("ssh"),
                arguments: try server.sshArguments(isInteractive: true) + ["true"])
            defer { terminal.close() }
            try terminal.waitFor(method == "password" ? "password:" : "Magic word: ")
            try terminal.write("open sesame\n")
            #expect(try terminal.waitForExit() == .exited(3))
            #expect(!terminal.output.contains("sesame"))
        }
    }

    @Test func `the record has what the client asked for`() throws {
        var script = Script.program([
            .output("ready\n"), .awaitRequest("window-change"), .output("bigger\n"), .readInput,
            .eof, .exitStatus(0), .close,
        ])
        script.channel.grantsEnvironment = false
        try withLyingServer(script) { server in
            let terminal = try TerminalSession(
                executable: try Tool.path("ssh"),
                arguments: try server.sshArguments(
                    options: ["-tt", "-o", "SetEnv=COLOUR=blue", "-o", "EscapeChar=none"])
                    + ["vim"],
                environment: ["TERM": "vt220", "PATH": "/bin"], columns: 91, rows: 33)
            defer { terminal.close() }
            try terminal.waitFor("ready")
            try terminal.resize(columns: 120, rows: 40)
            try terminal.waitFor("bigger")
            try terminal.write("typed")
            try server.record.waitForInput(count: 5)
            #expect(server.record.input() == Array("typed".utf8))
            let pty = try #require(server.record.ptyRequests().first)
            #expect(pty.term == "vt220")
            #expect((pty.columns, pty.rows) == (91, 33))
            // VINTR is opcode 1, ECHO 53 (RFC 4254 §8).
            #expect(pty.modes[1] == 3)
            #expect(pty.modes[53] == 1)
            #expect(server.record.environment() == ["COLOUR": "blue"])
            #expect(server.record.commands() == ["vim"])
            try server.record.waitFor(.windowChange(columns: 120, rows: 40))
        }
    }

    @Test func `a shell is not a command`() throws {
        try withLyingServer(.honest(output: "prompt")) { server in
            let result = try server.ssh([])
            #expect(result.output == "prompt")
            #expect(server.record.events().contains(.shell))
        }
    }

    @Test func `what is refused is refused`() throws {
        var noChannel = Script.honest()
        noChannel.channel.refusal = (1, "not\u{07} today")
        var noCommand = Script.honest()
        noCommand.channel.grantsExec = false
        for script in [noChannel, noCommand] {
            try withLyingServer(script) { server in
                let result = try server.ssh(["true"])
                #expect(result.status == .exited(255))
            }
        }
        var noTerminal = Script.honest(output: "done")
        noTerminal.channel.grantsPTY = false
        try withLyingServer(noTerminal) { server in
            let result = try server.ssh(["true"], options: ["-tt"])
            #expect(result.errorOutput.contains("PTY allocation request failed"))
        }
    }

    @Test func `a client with nothing in common is turned away`() throws {
        var script = Script.honest()
        script.algorithms.ciphers = ["3des-cbc"]
        try withLyingServer(script) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no matching cipher found"))
        }
    }
}
