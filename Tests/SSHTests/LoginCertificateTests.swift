import Foundation
import TestServer
import Testing

@testable import SSH

/// Certificates of users, and the keys of authenticators, with sshd as the witness.
@Suite(.enabled(if: KeyTool.isAgentHere)) struct LoginCertificateTests {
    let scratch: KeyScratch

    init() throws {
        scratch = try KeyScratch()
    }

    /// Signs the public key of a file, and returns the certificate's path.
    @discardableResult
    private func certify(_ key: String, options: [String] = []) throws -> String {
        if !FileManager.default.fileExists(atPath: scratch.file("ca")) {
            try scratch.makeKey("ca", ["ed25519"])
        }
        try KeyTool.run(
            "ssh-keygen",
            ["-q", "-s", scratch.file("ca"), "-I", "test", "-n", NSUserName()] + options
                + ["\(key).pub"])
        return "\(key)-cert.pub"
    }

    /// A server that trusts the authority that certifies, and no key by itself.
    private func withAuthority(_ body: (PrivateSSHD) throws -> Void) throws {
        let configuration = ["TrustedUserCAKeys \(scratch.file("ca")).pub"]
        try withSSHD(SSHDOptions(userKeys: [], configuration: configuration), body)
    }

    private func logIn(
        to server: PrivateSSHD, with keys: LoginKeys, sendingAhead: Bool = true
    ) throws {
        let session = try server.trustedSession()
        try Login(session: session, user: server.user, keys: keys, deadline: .after(generous))
            .perform(sendingAhead: sendingAhead)
        let channel = try Channel(on: session, until: .after(generous))
        try channel.start(command: "exit 9", pipelined: sendingAhead)
        #expect(try channel.readAll().facts.exitStatus == 9)
    }

    private static func keys(
        agent: String? = nil, files: [String] = [], certificates: [String] = []
    ) -> LoginKeys {
        LoginKeys(
            agentSocket: agent, identityFiles: files, certificateFiles: certificates,
            identitiesOnly: false
        ) { _ in nil }
    }

    @Test(arguments: KeyPair.Kind.allCases, [true, false])
    func `a certificate beside its key logs in`(kind: KeyPair.Kind, sendingAhead: Bool) throws {
        let key = try scratch.makeKey("id", Self.type(kind))
        try certify(key)
        try withAuthority { server in
            try logIn(to: server, with: Self.keys(files: [key]), sendingAhead: sendingAhead)
            #expect(server.log.contains("ID test (serial 0) CA ED25519"), "\(server.log)")
        }
    }

    private static func type(_ kind: KeyPair.Kind) -> [String] {
        switch kind {
        case .ed25519: ["ed25519"]
        case .ecdsa256: ["ecdsa", "-b", "256"]
        case .ecdsa384: ["ecdsa", "-b", "384"]
        case .ecdsa521: ["ecdsa", "-b", "521"]
        case .rsa: ["rsa", "-b", "2048"]
        }
    }

    @Test(arguments: KeyPair.Kind.allCases)
    func `a certificate that the agent holds logs in`(kind: KeyPair.Kind) throws {
        let key = try scratch.makeKey("id", Self.type(kind))
        try certify(key)
        let agent = try PrivateAgent(in: scratch)
        try agent.add(key)
        try withAuthority { try logIn(to: $0, with: Self.keys(agent: agent.path)) }
    }

    @Test(arguments: [KeyPair.Kind.ed25519, .rsa])
    func `a certificate that is named finds its key, in the agent or in a file`(
        kind: KeyPair.Kind
    ) throws {
        let key = try scratch.makeKey("id", Self.type(kind))
        let moved = scratch.file("named-cert.pub")
        try FileManager.default.moveItem(atPath: try certify(key), toPath: moved)
        let agent = try PrivateAgent(in: scratch)
        try agent.add(key)
        try withAuthority { server in
            try logIn(to: server, with: Self.keys(files: [key], certificates: [moved]))
            try logIn(to: server, with: Self.keys(agent: agent.path, certificates: [moved]))
            let lone = sshError {
                try logIn(to: server, with: Self.keys(certificates: [moved]))
            }
            #expect(
                lone?.details.first == "tried certificate \(moved): there is no key for it")
        }
    }

    @Test func `an expired certificate is refused, and the key behind it tried`() throws {
        let key = try scratch.makeKey("id", ["ed25519"])
        try certify(key, options: ["-V", "20200101:20200102"])
        try withAuthority { server in
            let error = sshError { try logIn(to: server, with: Self.keys(files: [key])) }
            #expect(error?.underlying == "no key was accepted")
            #expect(error?.details.count == 3, "\(error?.details ?? [])")
        }
    }

    @Test(arguments: SecurityKeyAgent.Kind.allCases, [true, false])
    func `a key of an authenticator logs in by way of the agent`(
        kind: SecurityKeyAgent.Kind, sendingAhead: Bool
    ) throws {
        let agent = try SecurityKeyAgent(in: scratch, kind)
        try withSSHD(SSHDOptions(userKeys: [])) { server in
            try server.folder.write("\(agent.publicKeyLine)\n", to: "authorized_keys")
            try logIn(
                to: server, with: Self.keys(agent: agent.path), sendingAhead: sendingAhead)
        }
    }

    @Test func `the key file of an authenticator is left to the agent`() throws {
        let agent = try SecurityKeyAgent(in: scratch, .ed25519)
        let file = try scratch.write("\(agent.publicKeyLine)\n", to: "id_ed25519_sk.pub")
        let named = String(file.dropLast(4))
        try withSSHD(SSHDOptions(userKeys: [])) { server in
            try server.folder.write("\(agent.publicKeyLine)\n", to: "authorized_keys")
            try logIn(to: server, with: Self.keys(agent: agent.path, files: [named]))
            let error = sshError { try logIn(to: server, with: Self.keys(files: [named])) }
            #expect(
                error?.details.first?.hasSuffix(": an agent has to sign with it: ssh-add") == true)
        }
    }

    @Test(arguments: SecurityKeyAgent.Kind.allCases)
    func `a certificate of an authenticator's key logs in`(kind: SecurityKeyAgent.Kind) throws {
        let agent = try SecurityKeyAgent(in: scratch, kind)
        try scratch.write("\(agent.publicKeyLine)\n", to: "sk.pub")
        let file = try certify(scratch.file("sk"))
        let certificate = try #require(Certificate.load(path: file))
        #expect(certificate.plainBlob == agent.blob)
        let certified = try SecurityKeyAgent(
            agent, certificate: certificate.publicKey.blob, in: scratch)
        try withAuthority { server in
            try logIn(to: server, with: Self.keys(agent: certified.path))
            try logIn(to: server, with: Self.keys(agent: agent.path, certificates: [file]))
        }
    }

    @Test func `a damaged certificate is no certificate`() throws {
        let key = try scratch.makeKey("id", ["ed25519"])
        let blob = try #require(Certificate.load(path: try certify(key))).publicKey.blob
        for count in stride(from: 0, to: 40, by: 3) {
            let cut = PublicKey(blob: Array(blob.prefix(count)))
            #expect(cut.flatMap(Certificate.init) == nil, "\(count)")
        }
        let broken = try scratch.write("ssh-ed25519-cert-v01@openssh.com AAAA x\n", to: "x.pub")
        #expect(Certificate.load(path: broken) == nil)
        let fingerprint = try KeyTool.run("ssh-keygen", ["-l", "-f", "\(key).pub"])
        let certificate = try #require(PublicKey(blob: blob))
        #expect(fingerprint.contains(certificate.fingerprint))
    }
}
