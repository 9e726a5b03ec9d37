import TestServer
import Testing

@testable import SSH

/// Logging in with the channel open sent ahead, and without.
@Suite struct LoginSessionTests {
    private static func error(_ script: Script, sendingAhead: Bool) throws -> SSHError? {
        try withLyingServer(script) { server in
            sshError { _ = try server.session(sendingAhead: sendingAhead) }
        }
    }

    private static func script(_ publicKeys: LoginPolicy.PublicKeys) -> Script {
        var script = Script.honest(status: 3, output: "out")
        script.login.publicKeys = publicKeys
        script.login.methods = ["publickey", "keyboard-interactive"]
        return script
    }

    @Test(arguments: [true, false])
    func `the key is asked about, and then signs`(sendingAhead: Bool) throws {
        try withLyingServer(Self.script(.accepted)) { server in
            _ = try server.session(sendingAhead: sendingAhead)
            let attempts = server.record.loginAttempts()
            #expect(attempts.map(\.isSigned) == [false, true])
            #expect(attempts.last?.isSignatureValid == true)
            #expect(attempts.allSatisfy { $0.keyBlob == server.userKey.blob })
            #expect(attempts.allSatisfy { $0.method == "publickey" })
        }
    }

    @Test func `the request to open a channel rides on the login`() throws {
        try withLyingServer(Self.script(.accepted)) { server in
            let session = try server.session(sendingAhead: true)
            // Nothing was asked for since the login.
            try server.record.waitFor(.channelOpened(kind: "session"))
            let channel = try Channel(on: session, until: .after(generous))
            try channel.start(command: "x")
            #expect(try channel.readAll().facts.exitStatus == 3)
            let opens = server.record.events().filter { $0 == .channelOpened(kind: "session") }
            #expect(opens.count == 1)
        }
    }

    @Test(arguments: [LoginPolicy.PublicKeys.refusedOnceSigned, .partial])
    func `a refusal of what was sent ahead asks to start over`(
        publicKeys: LoginPolicy.PublicKeys
    ) throws {
        let error = try Self.error(Self.script(publicKeys), sendingAhead: true)
        #expect(error?.code == .pipeliningRefused)
    }

    @Test func `after that, one at a time, a second factor is told from a refusal`() throws {
        let partial = try Self.error(Self.script(.partial), sendingAhead: false)
        #expect(partial?.code == .loginRefused)
        #expect(partial?.underlying == "the server wants one factor more: keyboard-interactive")
        let details = partial?.details ?? []
        #expect(details.count == 1)
        #expect(
            details.allSatisfy {
                $0.hasPrefix("tried key ") && $0.hasSuffix("): accepted, and more is wanted")
            })
        #expect(partial?.hint == "run it where there is a terminal to ask on")
        let refused = try Self.error(Self.script(.refusedOnceSigned), sendingAhead: false)
        #expect(refused?.code == .loginRefused)
        #expect(refused?.underlying == "no key was accepted")
        #expect(refused?.details.last == "the server accepts: publickey, keyboard-interactive")
    }

    @Test func `a partial success says which key it was for, and a session after it works`() throws
    {
        // Two keys have to sign here; the first one's success is only partial.
        let configuration = ["AuthenticationMethods publickey,publickey"]
        try withSSHD(SSHDOptions(configuration: configuration)) { server in
            let ahead = sshError { _ = try server.session(sendingAhead: true) }
            #expect(ahead?.code == .pipeliningRefused)
            let after = sshError { _ = try server.session(sendingAhead: false) }
            #expect(after?.code == .loginRefused)
            #expect(after?.underlying == "the server wants one factor more: publickey")
            #expect(after?.details.last?.hasSuffix("): accepted, and more is wanted") == true)
        }
        try withSSHD { server in
            for sendingAhead in [true, false] {
                let channel = try server.channel(sendingAhead: sendingAhead)
                try channel.start(command: "exit 7", pipelined: sendingAhead)
                #expect(try channel.readAll().facts.exitStatus == 7)
            }
        }
    }

    @Test func `the banner of a login is shown, cleaned`() throws {
        var script = Self.script(.accepted)
        script.login.banner = "Authorised use\r\n\u{1b}[2Jonly\u{7}\r\n"
        try withLyingServer(script) { server in
            let session = try server.session()
            #expect(session.banner == "Authorised use\n[2Jonly")
        }
    }

    @Test func `a login without a banner has none`() throws {
        try withLyingServer(Self.script(.accepted)) { server in
            let session = try server.session()
            #expect(session.banner == nil)
        }
    }

    // MARK: - Kinds of keys

    @Test(arguments: KeyPair.Kind.allCases, [true, false])
    func `sshd takes a key of every kind, pipelined or not`(
        kind: KeyPair.Kind, sendingAhead: Bool
    ) throws {
        try withSSHD(SSHDOptions(userKeys: [kind])) { server in
            let channel = try server.channel(sendingAhead: sendingAhead)
            try channel.start(command: "printf done; exit 5", pipelined: sendingAhead)
            let transcript = try channel.readAll()
            #expect(transcript.output == Array("done".utf8))
            #expect(transcript.facts.exitStatus == 5)
        }
    }

    @Test(.enabled(if: KeyTool.isAgentHere), arguments: KeyPair.Kind.allCases)
    func `sshd takes a key of every kind from the agent`(kind: KeyPair.Kind) throws {
        let scratch = try KeyScratch()
        let agent = try PrivateAgent(in: scratch)
        try withSSHD(SSHDOptions(userKeys: [kind])) { server in
            try agent.add(server.identityFile)
            let session = try server.trustedSession()
            let keys = LoginKeys(
                agentSocket: agent.path, identityFiles: [], identitiesOnly: false
            ) { _ in nil }
            try Login(session: session, user: server.user, keys: keys, deadline: .after(generous))
                .perform(sendingAhead: true)
            let channel = try Channel(on: session, until: .after(generous))
            try channel.start(command: "exit 6")
            #expect(try channel.readAll().facts.exitStatus == 6)
        }
    }

    @Test(arguments: KeyPair.Kind.allCases)
    func `host keys of every kind but RSA on old libraries are verified`(kind: KeyPair.Kind) throws
    {
        try withSSHD(SSHDOptions(hostKeys: [kind])) { server in
            let error = sshError { _ = try server.trustedSession() }
            if kind == .rsa, !Session.libraryVersion.signsRSAWithSHA2 {
                #expect(error?.code == .algorithms)
            } else {
                #expect(error == nil, "\(error?.message ?? "")")
            }
        }
    }
}
