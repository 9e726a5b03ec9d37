import Foundation
import Glibc
import TestServer
import Testing

/// Passwords, codes, and what comes after a key.
@Suite(.enabled(if: SSHDAccount.isPossible, "a password of its own takes root"))
struct SecondFactorTests {
    /// A server that wants these methods, and a workplace with the key for it.
    private static func withFactors(
        _ methods: String, account: SSHDAccount = .passwordAndCode,
        configuration: [String] = [], hasKey: Bool = true,
        _ body: (PrivateSSHD, Workplace) throws -> Void
    ) throws {
        let lines = ["AuthenticationMethods \(methods)"] + configuration
        try withSSHD(SSHDOptions(configuration: lines, account: account)) { sshd in
            let place = try Workplace(sshd)
            if !hasKey {
                for suffix in ["", ".pub"] {
                    try FileManager.default.removeItem(
                        atPath: place.folder.file(".ssh/id_ed25519\(suffix)"))
                }
            }
            try body(sshd, place)
        }
    }

    private static func label(_ sshd: PrivateSSHD) -> String { "(\(sshd.user)@127.0.0.1) " }

    @Test func `a password and a code after the key are asked for once`() throws {
        try Self.withFactors("publickey,keyboard-interactive") { sshd, place in
            let session = try place.terminal(["-v", "shop", "echo in; exit 3"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor(Self.label(sshd) + "Password: ")
            #expect(try !session.terminalModes.echoes)
            try session.write(SSHDAccount.password + "\n")
            try session.waitFor(Self.label(sshd) + "Verification code: ")
            #expect(try session.terminalModes.echoes)
            try session.write(SSHDAccount.codes[0] + "\n")
            #expect(try session.waitForExit() == .exited(3), "\(session.output)")
            #expect(session.output.contains("\r\nin\r\n"))
            #expect(session.output.ranges(of: "Password:").count == 1)
            #expect(session.output.contains("the server wants more than a key"))
            #expect(session.output.contains("): accepted, and more is wanted\r\n"))
            #expect(session.output.contains("tried keyboard-interactive: accepted\r\n"))
            #expect(!session.output.contains(SSHDAccount.password))
            #expect(try session.terminalModes == modes)
            let recorded = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!recorded.contains(SSHDAccount.password))
            #expect(!recorded.contains(SSHDAccount.codes[0]))
        }
    }

    @Test func `a key alone takes no more connections than one`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            #expect(try place.run(["shop", "true"]).status == .exited(0))
            #expect(sshd.log.ranges(of: "Connection from").count == 1)
        }
    }

    @Test func `answers may be wrong twice`() throws {
        try Self.withFactors("keyboard-interactive", hasKey: false) { _, place in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            for (password, code) in [
                ("wrong", SSHDAccount.codes[0]), (SSHDAccount.password, "00000000"),
                (SSHDAccount.password, SSHDAccount.codes[1]),
            ] {
                try session.waitFor("Password: ")
                try session.write(password + "\n")
                try session.waitFor("Verification code: ")
                try session.write(code + "\n")
            }
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.ranges(of: "permission denied, please try again").count == 2)
        }
    }

    @Test(arguments: ["password", "publickey,password"])
    func `a password is asked for without echo, three times at most`(methods: String) throws {
        try Self.withFactors(
            methods, account: SSHDAccount(), hasKey: methods != "password"
        ) { sshd, place in
            let prompt = "\(sshd.user)@127.0.0.1's password: "
            let refused = try place.terminal(["shop", "echo in"])
            defer { refused.close() }
            for _ in 1...3 {
                try refused.waitFor(prompt)
                #expect(try !refused.terminalModes.echoes)
                try refused.write("wrong\n")
            }
            #expect(try refused.waitForExit() == .exited(255))
            #expect(refused.output.contains("tried password: refused"), "\(refused.output)")
            #expect(!refused.output.contains("wrong\r\n"))
            let taken = try place.terminal(["shop", "echo in"])
            defer { taken.close() }
            try taken.waitFor(prompt)
            try taken.write(SSHDAccount.password + "\n")
            #expect(try taken.waitForExit() == .exited(0), "\(taken.output)")
            #expect(taken.output.contains("in\r\n"))
        }
    }

    @Test(arguments: [true, false])
    func `where nobody can be asked, that is said at once`(hasKey: Bool) throws {
        let methods = hasKey ? "publickey,keyboard-interactive" : "keyboard-interactive"
        try Self.withFactors(methods, hasKey: hasKey) { _, place in
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            let error = result.errorOutput
            #expect(
                error.contains("the server asks \"Password:\", and there is nobody"), "\(error)")
            #expect(
                error.contains(
                    hasKey
                        ? "the server wants one factor more: keyboard-interactive"
                        : "there is no key to try"), "\(error)")
            #expect(error.contains("SSH_ASKPASS_REQUIRE=force"), "\(error)")
        }
    }

    @Test(arguments: [
        ("BatchMode yes", "BatchMode"), ("KbdInteractiveAuthentication no", "one factor more"),
        ("PreferredAuthentications publickey,password", "one factor more"),
    ])
    func `what the configuration rules out is not asked`(line: String, said: String) throws {
        try Self.withFactors("publickey,keyboard-interactive") { _, place in
            try place.folder.write("Host *\n  \(line)\n", to: ".ssh/config")
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.contains(said), "\(session.output)")
            #expect(!session.output.contains("Password: "))
        }
    }

    @Test func `the order and the number of tries are those of the configuration`() throws {
        try Self.withFactors(
            "password keyboard-interactive",
            account: SSHDAccount(modules: ["required pam_unix.so"]), hasKey: false
        ) { sshd, place in
            let lines = ["PreferredAuthentications password", "NumberOfPasswordPrompts 1"]
            try place.folder.write(
                (["Host *"] + lines).joined(separator: "\n  ") + "\n", to: ".ssh/config")
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            try session.waitFor("\(sshd.user)@127.0.0.1's password: ")
            try session.write("wrong\n")
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.ranges(of: "password: ").count >= 1)
            #expect(!session.output.contains("Password: "))
            #expect(session.output.contains("permission denied"), "\(session.output)")
        }
    }

    @Test func `an interrupt at a question ends the run with 130`() throws {
        try Self.withFactors("publickey,keyboard-interactive") { _, place in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("Password: ")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130), "\(session.output)")
            #expect(try session.terminalModes == modes)
        }
    }

    @Test func `a server that gives up waiting for an answer is told of`() throws {
        try Self.withFactors("publickey,keyboard-interactive") { sshd, place in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            try session.waitFor("Password: ")
            try sshd.killSessions()
            try session.write(SSHDAccount.password + "\n")
            #expect(try session.waitForExit() == .exited(255))
            #expect(
                session.output.contains("the server closed the connection"), "\(session.output)")
        }
    }

    @Test func `the server's banner is shown once, before the first question`() throws {
        try withScratchFolder { folder in
            let banner = try folder.write("Authorised \u{1B}[31muse only\n", to: "banner")
            try Self.withFactors(
                "publickey,keyboard-interactive", configuration: ["Banner \(banner)"]
            ) { _, place in
                let session = try place.terminal(["shop", "echo in"])
                defer { session.close() }
                try session.waitFor("use only\r\n")
                try session.waitFor("Password: ")
                try session.write(SSHDAccount.password + "\n")
                try session.waitFor("Verification code: ")
                try session.write(SSHDAccount.codes[0] + "\n")
                #expect(try session.waitForExit() == .exited(0), "\(session.output)")
                #expect(session.output.ranges(of: "use only").count == 1)
                #expect(!session.output.contains("\u{1B}[31m"))
            }
        }
    }

    @Test func `ssh is asked the same`() throws {
        try Self.withFactors("publickey,keyboard-interactive") { sshd, place in
            let arguments = try sshd.sshArguments(isInteractive: true) + ["echo in"]
            let session = try TerminalSession(
                executable: try Tool.path("ssh"), arguments: arguments,
                environment: place.environment, workingFolder: place.folder.path)
            defer { session.close() }
            try session.waitFor(Self.label(sshd) + "Password: ")
            try session.write(SSHDAccount.password + "\n")
            try session.waitFor(Self.label(sshd) + "Verification code: ")
            try session.write(SSHDAccount.codes[0] + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
        }
    }
}
