import Foundation
import TestServer
import Testing

/// Which keys log in, and what is said where none does.
@Suite struct LoginTests {
    @Test(arguments: KeyPair.Kind.allCases, KeyPair.Format.allCases)
    func `every kind of key file logs in`(kind: KeyPair.Kind, format: KeyPair.Format) throws {
        try withSSHD(SSHDOptions(userKeys: [])) { sshd in
            let key = try KeyPair(kind, in: sshd.folder, name: "key", format: format)
            try sshd.folder.write("\(key.publicKeyLine)\n", to: "authorized_keys")
            let place = try Workplace(sshd, identityFile: key.identityFile)
            let result = try place.run(["shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
            #expect(sshd.log.contains(key.fingerprint))
        }
    }

    @Test func `a server that takes nothing but RSA with SHA-2 is logged in to`() throws {
        let options = SSHDOptions(
            hostKeys: [.ed25519], userKeys: [.rsa],
            configuration: ["PubkeyAcceptedAlgorithms rsa-sha2-512,rsa-sha2-256"])
        try withSSHD(options) { sshd in
            let place = try Workplace(sshd)
            let result = try place.run(["shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }

    @Test func `the second key is tried after the first was refused`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let stranger = try KeyPair(in: place.folder, name: "stranger")
            let result = try place.run(
                ["-i", stranger.identityFile, "-i", server.identityFile, "shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
            #expect(result.errorOutput.isEmpty)
        }
    }

    @Test func `the error lists what was tried, in order, and what the server takes`() throws {
        let configuration = ["AuthenticationMethods publickey password"]
        try withSSHD(
            SSHDOptions(configuration: configuration + ["PasswordAuthentication yes"])
        ) { sshd in
            let place = try Workplace(sshd)
            let first = try KeyPair(.ecdsa256, in: place.folder, name: "first")
            let second = try KeyPair(in: place.folder, name: "second")
            let garbage = try place.folder.write("no key", to: "garbage")
            let result = try place.run(
                [first.identityFile, garbage, second.identityFile].flatMap { ["-i", $0] }
                    + ["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(result.output.isEmpty)
            let error = result.errorOutput
            #expect(error.hasPrefix("ccrun: error: cannot log in as \"\(sshd.user)\" at 127.0.0.1"))
            for name in [first.identityFile, garbage, second.identityFile] {
                #expect(error.contains("tried key \(name)"), "\(error)")
            }
            let places = try [first, second].map { key in
                try #require(error.range(of: key.identityFile)).lowerBound
            }
            #expect(places == places.sorted())
            #expect(error.contains(first.fingerprint) && error.contains(second.fingerprint))
            #expect(error.contains("the server accepts: publickey, password"), "\(error)")
            #expect(error.contains("ccrun: hint: "))
            #expect(error.split(separator: "\n").last?.hasSuffix(", status 255") == true)
            try place.expectTranscript(.disconnect)
        }
    }

    @Test func `without any key the error says so`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/id_ed25519"))
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("there is no key to try"))
            #expect(result.errorOutput.contains("hint: pass a key with -i"))
        }
    }

    @Test func `a wrong user is refused like a wrong key`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["-l", "nobody-of-that-name", "shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.hasPrefix(
                    "ccrun: error: cannot log in as \"nobody-of-that-name\""))
        }
    }

    @Test func `a second factor is not claimed to be a refused key`() throws {
        var script = Script.honest()
        script.login.publicKeys = .partial
        script.login.methods = ["publickey", "password"]
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255))
            let error = result.errorOutput
            #expect(error.contains("the server wants one factor more: password"), "\(error)")
        }
    }

    @Test func `the key that was accepted is told from those that were refused`() throws {
        let configuration = [
            "AuthenticationMethods publickey,password", "PasswordAuthentication yes",
        ]
        try withSSHD(SSHDOptions(configuration: configuration)) { sshd in
            let place = try Workplace(sshd)
            let stranger = try KeyPair(in: place.folder, name: "stranger")
            let right = sshd.userKeys[0]
            let files = [stranger.identityFile, right.identityFile]
            let result = try place.run(files.flatMap { ["-i", $0] } + ["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.split(separator: "\n").dropFirst().prefix(2).map(String.init)
                    == [
                        // The second connection begins with the key that the first one found.
                        "ccrun: tried key \(files[1]) (ssh-ed25519 \(right.fingerprint)): "
                            + "accepted, and more is wanted",
                        "ccrun: tried password: there is nobody to ask",
                    ], "\(result.errorOutput)")
            #expect(result.errorOutput.contains("the server wants one factor more: password\n"))
        }
    }

    @Test func `the server's banner is shown, without what could harm a terminal`() throws {
        var script = Script.honest(output: "in\n")
        script.login.banner = "Welcome\u{1B}]0;owned\u{07}\r\nsecond line\n"
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.output == "in\n")
            #expect(
                result.errorOutput.hasPrefix(
                    "ccrun: 127.0.0.1: Welcome]0;owned\nccrun: 127.0.0.1: second line\n"),
                "\(result.errorOutput)")
            #expect(!result.standardError.contains { $0 < 0x20 && $0 != 0x0A })
            #expect(
                !result.errorOutput.split(separator: "\n").contains { !$0.hasPrefix("ccrun: ") })
            #expect(try place.run(["-q", "shop", "true"]).errorOutput.isEmpty)
        }
    }

    // MARK: - Sent ahead, and refused

    /// The channel open rides on the login; a login that is refused after all costs a new connection.
    @Test func `a login refused after its signature is an error, and nothing hangs`() throws {
        var script = Script.honest(output: "in\n")
        script.login.publicKeys = .refusedOnceSigned
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("cannot log in"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("the server accepts: publickey"))
            #expect(server.record.commands().isEmpty)
        }
    }

    @Test func `the next key is tried though a channel was asked for with the first`() throws {
        // The key is welcome, but not from here, which sshd says only to a signature.
        try withSSHD(SSHDOptions(userKeys: [.ed25519, .ecdsa256])) { sshd in
            try sshd.folder.write(
                "from=\"192.0.2.1\" \(sshd.userKeys[0].publicKeyLine)\n"
                    + "\(sshd.userKeys[1].publicKeyLine)\n", to: "authorized_keys")
            let place = try Workplace(sshd)
            let result = try place.run(
                sshd.userKeys.flatMap { ["-i", $0.identityFile] } + ["shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }
}
