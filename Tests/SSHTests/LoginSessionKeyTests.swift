import Glibc
import TestServer
import Testing

@testable import SSH

/// Which keys are tried, in which order, and what is said when none will do.
@Suite struct LoginSessionKeyTests {
    /// An error of a login with these keys.
    private static func error(
        _ server: some TestHost, _ keys: LoginKeys, sendingAhead: Bool = true
    ) throws -> SSHError? {
        let session = try server.trustedSession()
        let login = Login(
            session: session, user: server.user, keys: keys, deadline: .after(generous))
        return sshError { try login.perform(sendingAhead: sendingAhead) }
    }

    private static func keys(_ files: [String], agent: String? = nil, only: Bool = false)
        -> LoginKeys
    {
        LoginKeys(agentSocket: agent, identityFiles: files, identitiesOnly: only) { _ in nil }
    }

    private static var refusing: Script {
        var script = Script.honest()
        script.login.publicKeys = .refused
        script.login.methods = ["publickey", "gssapi\u{1b}", "password"]
        return script
    }

    @Test(.enabled(if: KeyTool.isAgentHere), arguments: [false, true])
    func `keys are tried in ssh's order, each once`(onlyNamed: Bool) throws {
        let scratch = try KeyScratch()
        let files = try ["a", "b", "c"].map { try scratch.makeKey($0, ["ed25519"], comment: $0) }
        let extra = try scratch.makeKey("x", ["ed25519"], comment: "x")
        let agent = try PrivateAgent(in: scratch)
        for key in [extra, files[2], files[1]] { try agent.add(key) }
        try withLyingServer(Self.refusing) { server in
            let keys = Self.keys(
                files + [scratch.file("missing")], agent: agent.path, only: onlyNamed)
            let error = try Self.error(server, keys)
            // The agent's keys that are named in files, its others, and the files' own.
            let order = onlyNamed ? ["c", "b", "a"] : ["c", "b", "x", "a"]
            let blobs = try order.map { name in
                try #require(PublicKey.parse(file: try scratch.read("\(name).pub"))).blob
            }
            let attempts = server.record.loginAttempts()
            #expect(attempts.compactMap(\.keyBlob) == blobs)
            #expect(attempts.allSatisfy { !$0.isSigned && $0.user == "liar" })
            #expect(error?.code == .loginRefused)
            #expect(error?.underlying == "no key was accepted")
            let tried = try #require(error?.details.dropLast())
            #expect(tried.count == order.count)
            for (line, name) in zip(tried, order) {
                let label =
                    name == "a" ? "tried key \(files[0]) (" : "tried agent key ssh-ed25519 SHA256:"
                #expect(line.hasPrefix(label), "\(line)")
                #expect(line.hasSuffix(": refused"), "\(line)")
            }
            #expect(error?.details.last == "the server accepts: publickey, gssapi, password")
        }
    }

    @Test func `without a key there is nothing to try, and a hint`() throws {
        try withLyingServer(Self.refusing) { server in
            let error = try Self.error(
                server, Self.keys(["/nonexistent/id"], agent: "/nonexistent"))
            #expect(error?.code == .loginRefused)
            #expect(error?.underlying == "there is no key to try")
            #expect(error?.hint == "pass a key with -i, or start ssh-agent and add one")
            #expect(server.record.loginAttempts().isEmpty)
        }
    }

    @Test func `a key that cannot be read is passed over, and named`() throws {
        let scratch = try KeyScratch()
        let broken = try scratch.write("no key at all\n", to: "broken")
        try withLyingServer(Self.refusing) { server in
            let error = try Self.error(server, Self.keys([broken, server.identityFile]))
            #expect(error?.details.count == 3)
            #expect(error?.details.first?.hasPrefix("tried key \(broken): ") == true)
            #expect(server.record.loginAttempts().count == 1)
        }
    }

    @Test func `an agent that does not answer right is passed over, and named`() throws {
        let scratch = try KeyScratch()
        let liar = try LyingAgent(in: scratch, .closed)
        try withLyingServer(.honest()) { server in
            let session = try server.trustedSession()
            let keys = Self.keys([server.identityFile], agent: liar.path)
            try Login(session: session, user: server.user, keys: keys, deadline: .after(generous))
                .perform(sendingAhead: true)
        }
        try withLyingServer(Self.refusing) { server in
            let error = try Self.error(server, Self.keys([], agent: liar.path))
            #expect(error?.details.first?.hasPrefix("tried agent at \(liar.path): ") == true)
        }
    }

    @Test func `too many keys for a server are told with what was tried`() throws {
        let scratch = try KeyScratch()
        let files = try (0..<5).map { try scratch.makeKey("k\($0)", ["ed25519"]) }
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 3"])) { server in
            let error = try Self.error(server, Self.keys(files))
            #expect(error?.code == .connectionLost)
            #expect(error?.underlying?.contains("Too many authentication failures") == true)
            #expect(error?.details.first?.hasPrefix("tried key \(files[0]) (ssh-ed25519 ") == true)
            #expect(error?.details.count ?? 0 >= 2)
        }
    }

    // MARK: - Passphrases

    /// A login with an encrypted key; the passphrases given, and how often one was asked for.
    private static func ask(
        _ key: String, _ answers: [String?], at server: some TestHost, sendingAhead: Bool = true
    ) throws -> (error: SSHError?, prompts: [String]) {
        var prompts: [String] = []
        let keys = LoginKeys(agentSocket: nil, identityFiles: [key], identitiesOnly: true) {
            prompt in
            prompts.append(prompt)
            return prompts.count <= answers.count
                ? answers[prompts.count - 1].map { Array($0.utf8) } : nil
        }
        return (try error(server, keys, sendingAhead: sendingAhead), prompts)
    }

    @Test(arguments: [nil, "PEM", "PKCS8"] as [String?], [true, false])
    func `a passphrase is asked for once when it fits`(format: String?, hasPublicFile: Bool) throws
    {
        let scratch = try KeyScratch()
        let key = try scratch.makeKey(
            "id", ["ecdsa"], format: format, passphrase: "secret")
        if !hasPublicFile { try scratch.remove("id.pub") }
        try withLyingServer(.honest()) { server in
            let (error, prompts) = try Self.ask(key, ["secret"], at: server)
            #expect(error == nil, "\(error?.details ?? [])")
            #expect(prompts == ["Enter passphrase for key '\(key)': "])
        }
    }

    @Test func `a passphrase is asked for three times at most`() throws {
        let scratch = try KeyScratch()
        let key = try scratch.makeKey("id", ["ed25519"], passphrase: "secret")
        try withLyingServer(.honest()) { server in
            let right = try Self.ask(key, ["no", "nor this", "secret"], at: server)
            #expect(right.error == nil)
            #expect(right.prompts.count == 3)
            let wrong = try Self.ask(key, ["a", "b", "c", "secret"], at: server)
            #expect(wrong.prompts.count == 3)
            #expect(wrong.error?.code == .loginRefused)
            let none = try Self.ask(key, [nil, "secret"], at: server)
            #expect(none.prompts.count == 1)
            #expect(none.error?.code == .loginRefused)
            #expect(none.error?.details.first?.contains("no passphrase given") == true)
        }
    }

    @Test func `a passphrase is not asked for when the server does not want the key`() throws {
        let scratch = try KeyScratch()
        let key = try scratch.makeKey("id", ["ed25519"], passphrase: "secret")
        try withLyingServer(Self.refusing) { server in
            let (error, prompts) = try Self.ask(key, ["secret"], at: server)
            #expect(error?.code == .loginRefused)
            #expect(prompts.isEmpty)
        }
    }
}

extension KeyScratch {
    fileprivate func remove(_ name: String) throws {
        guard unlink(file(name)) == 0 else { throw TransportProblem("cannot remove \(name)") }
    }
}
