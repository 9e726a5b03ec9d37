import Foundation
import Glibc
import TestServer
import Testing

/// Passphrases, passwords and codes from the program of SSH_ASKPASS, by ssh's rules.
@Suite struct AskpassTests {
    private static let passphrase = "corr\u{E9}ct horse"

    /// A server that takes one key, a workplace that has it encrypted, and a program that knows the
    /// passphrase and writes down what it is asked.
    private static func withProgram(
        answering answer: String = passphrase, environment: [String: String],
        _ body: (Workplace) throws -> Void
    ) throws {
        try withSSHD(SSHDOptions(userKeys: [])) { sshd in
            let key = try KeyPair(in: sshd.folder, name: "key", passphrase: passphrase)
            try sshd.folder.write("\(key.publicKeyLine)\n", to: "authorized_keys")
            let program = try sshd.folder.writeExecutable(
                """
                #!/bin/sh
                printf '%s\\n' "$1" >>'\(sshd.folder.file("asked"))'
                printf '%s\\n' '\(answer)'

                """, to: "askpass")
            var all = environment
            all["SSH_ASKPASS"] = program
            try body(
                try Workplace(sshd, environment: all, identityFile: key.identityFile))
            let asked = sshd.folder.exists("asked") ? try sshd.folder.read("asked") : []
            let text = String(decoding: asked, as: UTF8.self)
            #expect(
                text.split(separator: "\n").allSatisfy { $0.hasPrefix("Enter passphrase for key") },
                "\(text)")
        }
    }

    @Test(arguments: [
        ["SSH_ASKPASS_REQUIRE": "force"], ["DISPLAY": ":99"], ["WAYLAND_DISPLAY": "wayland-9"],
        ["DISPLAY": ":99", "SSH_ASKPASS_REQUIRE": "prefer"],
    ])
    func `without a terminal it is asked where there is a display, or force`(
        environment: [String: String]
    ) throws {
        try Self.withProgram(environment: environment) { place in
            let result = try place.run(["shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
            #expect(result.errorOutput.isEmpty)
            let recorded = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!recorded.contains(Self.passphrase))
        }
    }

    @Test(arguments: [
        [:], ["SSH_ASKPASS_REQUIRE": "prefer"], ["DISPLAY": ":99", "SSH_ASKPASS_REQUIRE": "never"],
    ])
    func `without one and the other nobody is asked`(environment: [String: String]) throws {
        try Self.withProgram(environment: environment) { place in
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no passphrase given"))
        }
    }

    @Test(arguments: [
        (["DISPLAY": ":99"], false), (["DISPLAY": ":99", "SSH_ASKPASS_REQUIRE": "prefer"], true),
        (["SSH_ASKPASS_REQUIRE": "prefer"], false), (["SSH_ASKPASS_REQUIRE": "force"], true),
        (["DISPLAY": ":99", "SSH_ASKPASS_REQUIRE": "never"], false),
    ])
    func `where there is a terminal it is asked when that is wished`(
        environment: [String: String], isAsked: Bool
    ) throws {
        try Self.withProgram(environment: environment) { place in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            if !isAsked {
                try session.waitFor("Enter passphrase for key")
                try session.write(Self.passphrase + "\n")
            }
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("Enter passphrase") == !isAsked)
        }
    }

    @Test func `a program that is cancelled gives no answer`() throws {
        try Self.withProgram(environment: ["SSH_ASKPASS_REQUIRE": "force"]) { place in
            let program = try place.folder.writeExecutable("#!/bin/sh\nexit 1\n", to: "cancelled")
            let result = try place.run(["shop", "echo in"], environment: ["SSH_ASKPASS": program])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no passphrase given"))
        }
    }

    @Test func `a program that is still asking ends with an interrupt`() throws {
        try Self.withProgram(environment: ["SSH_ASKPASS_REQUIRE": "force"]) { place in
            let pidFile = place.folder.file("pid")
            let program = try place.folder.writeExecutable(
                "#!/bin/sh\necho $$ >'\(pidFile).new'\nmv '\(pidFile).new' '\(pidFile)'\n"
                    + "exec sleep 1000\n", to: "slow")
            let run = try place.start(["shop", "echo in"], environment: ["SSH_ASKPASS": program])
            let limit = ContinuousClock.now + .seconds(60)
            while !place.folder.exists("pid"), ContinuousClock.now < limit { usleep(5_000) }
            let text = String(decoding: try place.folder.read("pid"), as: UTF8.self)
            let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            run.send(signal: SIGTERM)
            #expect(try run.waitForExit().status == .exited(143))
            #expect(kill(pid, 0) != 0 && errno == ESRCH)
        }
    }

    @Test(.enabled(if: SSHDAccount.isPossible, "a password of its own takes root"))
    func `it is asked for a password, which is nowhere to be found`() throws {
        let options = SSHDOptions(
            configuration: ["AuthenticationMethods publickey,password"], account: SSHDAccount())
        try withSSHD(options) { sshd in
            let program = try sshd.folder.writeExecutable(
                """
                #!/bin/sh
                [ "$1" = "\(sshd.user)@127.0.0.1's password: " ] && echo '\(SSHDAccount.password)'

                """, to: "askpass")
            let place = try Workplace(
                sshd, environment: ["SSH_ASKPASS": program, "SSH_ASKPASS_REQUIRE": "force"])
            let result = try place.run(["-v", "--json", "shop", "echo in"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(!result.errorOutput.contains(SSHDAccount.password))
            #expect(!result.output.contains(SSHDAccount.password))
            let recorded = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!recorded.contains(SSHDAccount.password))
        }
    }
}
