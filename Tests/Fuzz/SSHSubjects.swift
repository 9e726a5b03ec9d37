import Foundation
import SSH

/// Host keys, private keys and what an agent answers.
func sshSubjects(_ scratch: Scratch) throws -> [Subject] {
    let keys = try KeyFiles(in: scratch)
    let agent = try AgentOfBytes(in: scratch)
    return [
        Subject(
            name: "known-hosts", samples: [Array(keys.knownHosts.utf8)],
            words: [
                "@revoked ", "@cert-authority ", "|1|", "[web1]:22", "!web1", "*", "?", ",",
                "ssh-rsa", "AAAA",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let known = KnownHosts(files: [], text: ("fuzz", text))
            for name in ["web1.example.com", "web2", "*"] {
                for port in [22, 2222] as [UInt16] {
                    _ = known.keyTypes(forName: name, port: port)
                    _ = known.holdsCertificateAuthority(forName: name, port: port)
                    if let key = keys.hostKey { _ = known.verdict(on: key, name: name, port: port) }
                }
            }
        },
        Subject(
            name: "private-key", samples: keys.privateKeys,
            words: [
                "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END", "Proc-Type: 4,ENCRYPTED\n",
                "DEK-Info: AES-128-CBC,", "AAAA",
            ]
        ) { bytes in
            guard
                let file = try? IdentityFile.read(
                    String(decoding: bytes, as: UTF8.self), called: "fuzz")
            else { return }
            // Deriving a key takes its time, by design.
            let passphrase = bytes.count % 20 == 0 ? Array("secret".utf8) : nil
            guard let key = try? file.unlock(passphrase: passphrase) else { return }
            _ = key.publicKey
        },
        Subject(
            name: "public-key", samples: keys.publicKeys + keys.blobs,
            words: ["ssh-ed25519 ", "cert-v01@openssh.com"]
        ) { bytes in
            _ = PublicKey.parse(line: String(decoding: bytes, as: UTF8.self))
            _ = PublicKey(blob: bytes)
            _ = HostKey(blob: bytes)?.fingerprint
        },
        Subject(name: "agent", samples: [agent.list(keys.blobs), agent.signature]) { bytes in
            agent.answer = bytes
            guard let client = try? AgentClient(path: agent.path, deadline: .after(.seconds(10)))
            else { return }
            _ = try? client.identities()
            guard let blob = keys.blobs.first, let key = PublicKey(blob: blob),
                let signer = try? AgentClient(path: agent.path, deadline: .after(.seconds(10)))
            else { return }
            _ = try? signer.sign([1, 2, 3], with: key, flags: 0)
        },
    ]
}

/// Keys made for the occasion by ssh-keygen.
private struct KeyFiles {
    private(set) var privateKeys: [[UInt8]] = []
    private(set) var publicKeys: [[UInt8]] = []
    private(set) var blobs: [[UInt8]] = []
    private(set) var knownHosts = "# hosts\n"
    private(set) var hostKey: HostKey?

    init(in scratch: Scratch) throws {
        let kinds: [[String]] = [
            ["-t", "ed25519", "-N", ""], ["-t", "ecdsa", "-N", ""],
            ["-t", "rsa", "-b", "1024", "-N", ""],
            ["-t", "ed25519", "-N", "secret", "-a", "1"],
            ["-t", "rsa", "-b", "1024", "-m", "PEM", "-N", "secret"],
            ["-t", "ecdsa", "-m", "PKCS8", "-N", ""], ["-t", "ecdsa", "-m", "PEM", "-N", ""],
        ]
        for (index, kind) in kinds.enumerated() {
            let path = "\(scratch.path)/key\(index)"
            let process = try Process.run(
                URL(filePath: "/usr/bin/env"),
                arguments: ["ssh-keygen", "-q", "-C", "fuzz", "-f", path] + kind)
            process.waitUntilExit()
            privateKeys.append(try [UInt8](Data(contentsOf: URL(filePath: path))))
            let line = try String(contentsOfFile: path + ".pub", encoding: .utf8)
            publicKeys.append(Array(line.utf8))
            let words = line.split(separator: " ")
            guard words.count > 1, let blob = Data(base64Encoded: String(words[1])) else {
                continue
            }
            blobs.append([UInt8](blob))
            let host = ["web1.example.com", "[web2]:2222,10.0.0.*", "@revoked *"][index % 3]
            knownHosts += "\(host) \(words[0]) \(words[1])\n"
        }
        knownHosts +=
            "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= \(knownHosts.split(separator: " ").suffix(2).joined(separator: " "))"
        hostKey = blobs.first.flatMap { HostKey(blob: $0) }
    }
}

/// An agent whose answer to everything is the same bytes.
private final class AgentOfBytes: @unchecked Sendable {
    let path: String
    private let lock = NSLock()
    private var bytes: [UInt8] = []

    var answer: [UInt8] {
        get { lock.withLock { bytes } }
        set { lock.withLock { bytes = newValue } }
    }

    init(in scratch: Scratch) throws {
        path = "\(scratch.path)/agent"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard listener >= 0, result == 0, listen(listener, 8) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        Thread { [self] in serve(listener) }.start()
    }

    private func serve(_ listener: Int32) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            var request = [UInt8](repeating: 0, count: 4096)
            _ = read(client, &request, request.count)
            let answer = answer
            _ = send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
            close(client)
        }
    }

    /// An answer that lists keys (draft-miller-ssh-agent, section 3.5).
    func list(_ blobs: [[UInt8]]) -> [UInt8] {
        let keys = blobs.flatMap { Self.string($0) + Self.string(Array("comment".utf8)) }
        return Self.string([12] + Self.number(blobs.count) + keys)
    }

    var signature: [UInt8] {
        let inner =
            Self.string(Array("ssh-ed25519".utf8)) + Self.string([UInt8](repeating: 7, count: 64))
        return Self.string([14] + Self.string(inner))
    }

    private static func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).bigEndian, Array.init)
    }

    private static func string(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }
}
