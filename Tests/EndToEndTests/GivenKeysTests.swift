import Foundation
import TestServer
import Testing

/// CCRUN_SSH_KEY and CCRUN_KNOWN_HOSTS: keys for CI, without a file in the home.
@Suite struct GivenKeysTests {
    /// A workplace that knows neither a key nor the host.
    private static func place(_ server: any TestHost) throws -> Workplace {
        let place = try Workplace(server)
        for name in ["known_hosts", "id_ed25519", "id_ed25519.pub"] {
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/\(name)"))
        }
        return place
    }

    private static func text(of path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    private static func knownHosts(_ server: any TestHost) -> String {
        "[127.0.0.1]:\(server.port) \(server.hostKeyLine)"
    }

    @Test(arguments: [true, false], [true, false])
    func `a text or a file will do`(keyIsText: Bool, hostsAreText: Bool) throws {
        try withServer { server in
            let place = try Self.place(server)
            let hosts = try place.folder.write(Self.knownHosts(server) + "\n", to: "hosts")
            // CI systems hand a secret over without its last newline.
            let key = try Self.text(of: server.identityFile).trimmingCharacters(in: .newlines)
            let result = try place.run(
                ["shop", "echo in"],
                environment: [
                    "CCRUN_SSH_KEY": keyIsText ? key : server.identityFile,
                    "CCRUN_KNOWN_HOSTS": hostsAreText ? Self.knownHosts(server) : hosts,
                ])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "in\n")
            #expect(result.errorOutput.isEmpty)
            let transcript = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!transcript.contains("PRIVATE KEY"))
        }
    }

    @Test(arguments: [true, false])
    func `the given key comes before those of an agent`(isText: Bool) throws {
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 2"])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            for number in 1...4 {
                try agent.add(try KeyPair(in: sshd.folder, name: "other\(number)").identityFile)
            }
            let place = try Self.place(sshd)
            let result = try place.run(
                ["shop", "echo in"],
                environment: [
                    "SSH_AUTH_SOCK": agent.socket, "CCRUN_KNOWN_HOSTS": Self.knownHosts(sshd),
                    "CCRUN_SSH_KEY": isText
                        ? try Self.text(of: sshd.identityFile) : sshd.identityFile,
                ])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }

    @Test func `a host that the text does not name is refused, and nobody is asked`() throws {
        try withServer { server in
            let place = try Self.place(server)
            let result = try place.run(
                ["shop", "echo in"],
                environment: [
                    "CCRUN_SSH_KEY": server.identityFile,
                    "CCRUN_KNOWN_HOSTS": "other.example.com \(server.hostKeyLine)",
                ])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("is not known; nothing was sent"))
        }
    }

    @Test func `what is no key is said to be none, and is shown nowhere`() throws {
        try withServer { server in
            let place = try Self.place(server)
            let result = try place.run(
                ["-v", "shop", "echo in"],
                environment: [
                    "CCRUN_SSH_KEY": "not-a-key-5a1", "CCRUN_KNOWN_HOSTS": Self.knownHosts(server),
                ])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.contains("key CCRUN_SSH_KEY: there is no private key in it"),
                "\(result.errorOutput)")
            #expect(!result.errorOutput.contains("not-a-key-5a1"))
        }
    }
}
