import TestServer
import Testing

@testable import SSH

/// What answers where an SSH server ought to, and what an SSH server offers.
@Suite struct LoginSessionHandshakeTests {
    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html></html>", "\u{0}\u{1}\u{2}binary",
        "220 mail.example.com ESMTP\r\n", "", "SSH-1.5-old\n", "S",
    ])
    func `what is no SSH server and hangs up is an error that says so`(text: String) throws {
        let scripted = try ScriptedPeer()
        try scripted.peer.write(Array(text.utf8))
        scripted.peer.shutDown()
        let error = try #require(scripted.handshakeError())
        #expect(
            [.connectionLost, .protocolError].contains(error.code), "\(error.message)")
        #expect(error.attempted == "cannot agree with the SSH server at 192.0.2.1")
    }

    @Test(arguments: ["220 mail.example.com ESMTP\r\n", "SSH-2.0-half", "x"])
    func `what is no SSH server and waits ends with the deadline`(text: String) throws {
        let scripted = try ScriptedPeer()
        try scripted.peer.write(Array(text.utf8))
        #expect(scripted.handshakeError(.milliseconds(100))?.code == .timeout)
    }

    @Test func `binary garbage is recognised at once`() throws {
        let scripted = try ScriptedPeer()
        try scripted.peer.write([UInt8](repeating: 0, count: 64))
        let error = scripted.handshakeError()
        #expect(error?.code == .protocolError)
        #expect(error?.underlying == "what answers there does not speak SSH")
        #expect(error?.hint == "check that the port is the SSH server's")
    }

    @Test func `lines ahead of the identification are passed over`() throws {
        var script = Script.honest(status: 4)
        script.preBannerLines = [
            "welcome", "to \u{1b}[31mthis", String(repeating: "x", count: 3_000),
        ]
        try withLyingServer(script) { server in
            let result = try LoginSessionConversation().perform(with: server)
            #expect(result.transcript.facts.exitStatus == 4)
        }
    }

    @Test func `the identification is cleaned`() throws {
        var script = Script.honest()
        script.identification = Array("SSH-2.0-Li\u{1b}[2Jar\r\n".utf8)
        try withLyingServer(script) { server in
            let session = try server.trustedSession()
            #expect(session.serverIdentification == "SSH-2.0-Li[2Jar")
            #expect(session.address == "127.0.0.1")
        }
    }

    /// One list of a server's, what the message calls it, and whether old algorithms would do.
    struct Gap: Sendable, CustomTestStringConvertible {
        let member: String
        let keyword: String
        let theirs: [String]
        let isLegacy: Bool
        var testDescription: String { "\(keyword) \(theirs)" }
    }

    static let gaps = [
        Gap(
            member: "key exchange", keyword: "KexAlgorithms",
            theirs: ["diffie-hellman-group14-sha1"], isLegacy: true),
        Gap(
            member: "key exchange", keyword: "KexAlgorithms",
            theirs: ["diffie-hellman-group1-sha1"], isLegacy: false),
        Gap(
            member: "host key", keyword: "HostKeyAlgorithms", theirs: ["ssh-rsa"], isLegacy: true),
        Gap(
            member: "host key", keyword: "HostKeyAlgorithms", theirs: ["ssh-dss"], isLegacy: false),
        Gap(
            member: "cipher", keyword: "Ciphers",
            theirs: ["3des-cbc", "chacha20-poly1305@openssh.com"], isLegacy: false),
        Gap(member: "cipher", keyword: "Ciphers", theirs: ["aes128-cbc"], isLegacy: true),
        Gap(
            member: "MAC", keyword: "MACs", theirs: ["hmac-md5", "umac-64@openssh.com"],
            isLegacy: false),
    ]

    @Test(arguments: gaps)
    func `a server with nothing in common is told by the list, and what it offers`(gap: Gap) throws
    {
        var script = Script.honest()
        switch gap.member {
        case "key exchange": script.algorithms.keyExchange = gap.theirs
        case "host key": script.algorithms.hostKey = gap.theirs
        case "cipher": script.algorithms.ciphers = gap.theirs
        default: script.algorithms.macs = gap.theirs
        }
        try withLyingServer(script) { server in
            let error = LoginSessionConversation().error(with: server)
            #expect(error?.code == .algorithms, "\(error?.message ?? "no error")")
            #expect(error?.underlying == "no \(gap.member) in common")
            let theirs = gap.theirs.joined(separator: ", ")
            #expect(error?.details.first == "\(gap.keyword) of the server: \(theirs)")
            #expect(error?.details.count == 2)
            #expect(error?.hint?.contains("CCRUN_LEGACY_ALGORITHMS=1") == gap.isLegacy)
        }
    }

    @Test func `a real server's gap is told, too`() throws {
        let configuration = [
            "Ciphers chacha20-poly1305@openssh.com", "MACs hmac-sha2-512-etm@openssh.com",
        ]
        try withSSHD(SSHDOptions(configuration: configuration)) { server in
            let error = sshError { _ = try server.trustedSession() }
            #expect(error?.code == .algorithms)
            #expect(error?.underlying == "no cipher and no MAC in common")
            #expect(
                error?.details == [
                    "Ciphers of the server: chacha20-poly1305@openssh.com",
                    "Ciphers of ccrun: aes256-ctr, aes192-ctr, aes128-ctr",
                    "MACs of the server: hmac-sha2-512-etm@openssh.com",
                    "MACs of ccrun: hmac-sha2-256, hmac-sha2-512",
                ])
            #expect(
                error?.hint == "let the server take one of ccrun's: Ciphers in its sshd_config")
        }
    }

    @Test func `only what is safe is offered, and the known key's type first`() throws {
        try withLyingServer(.honest()) { server in
            _ = try server.trustedSession()
            let event = try server.record.waitFor("the client's lists") {
                if case .algorithms = $0 { true } else { false }
            }
            guard case .algorithms(let exchanges, let keys, let ciphers) = event else { return }
            // From 1.11 on there are wishes among them that are no key exchange (RFC 8308, 2.1).
            let wishes = ["ext-info-c", "kex-strict-c-v00@openssh.com"]
            #expect(exchanges.first { !wishes.contains($0) } == "curve25519-sha256")
            #expect(keys.first == "ssh-ed25519")
            #expect(!keys.contains("ssh-rsa"))
            #expect(ciphers == ["aes256-ctr", "aes192-ctr", "aes128-ctr"])
        }
    }

    @Test func `nothing is sent to a server whose key is not the known one`() throws {
        try withLyingServer(.honest()) { server in
            try withLyingServer(.honest()) { other in
                let line = "[127.0.0.1]:\(server.port) \(other.hostKeyLine)\n"
                let known = KnownHosts(files: [try server.folder.write(line, to: "other")])
                let session = try Session(over: try server.dial(), interrupt: nil)
                try session.handshake(
                    preferringKeyTypes: [], allowsLegacy: false, until: .after(generous))
                let error = sshError {
                    _ = try session.verifyHostKey(
                        against: known, name: "127.0.0.1", port: UInt16(clamping: server.port),
                        policy: .acceptNew, recordingIn: nil)
                }
                #expect(error?.code == .hostKeyChanged)
                #expect(
                    error?.details.last == "received \(server.hostKeyFingerprint) (ssh-ed25519)")
                session.disconnect()
                try server.record.waitForEnd()
                #expect(server.record.loginAttempts().isEmpty)
            }
        }
    }

    @Test func `a session says goodbye`() throws {
        try withLyingServer(.honest()) { server in
            try server.session().disconnect()
            try server.record.waitFor(.disconnect(reason: 11, text: "done"))
        }
    }

    @Test func `a session that is dropped hangs up, even in the middle of a handshake`() throws {
        try withLyingServer(.fault(.stall, in: .kexReply)) { server in
            func begin() throws {
                let session = try Session(over: try server.dial(), interrupt: nil)
                let error = sshError {
                    try session.handshake(
                        preferringKeyTypes: [], allowsLegacy: false, until: .after(.seconds(1)))
                }
                #expect(error?.code == .timeout)
            }
            try begin()
            try server.record.waitForEnd()
        }
    }
}
