import TestServer
import Testing

@testable import SSH

/// OpenSSH as witness for signatures: ours, put into its own file format, has to verify.
enum SignatureWitness {
    /// Wraps a signature over `signedData` as an `SSH SIGNATURE` and has ssh-keygen check it.
    ///
    /// The format is OpenSSH's PROTOCOL.sshsig.
    static func accepts(
        _ signature: [UInt8], _ algorithm: String, by key: PublicKey, over message: [UInt8],
        in scratch: KeyScratch
    ) throws -> Bool {
        var inner = WireWriter()
        inner.string(algorithm.utf8)
        inner.string(signature)
        var blob = WireWriter()
        blob.raw("SSHSIG".utf8)
        blob.uint32(1)
        blob.string(key.blob)
        blob.raw(try header(hash: nil))
        blob.string(inner.bytes)
        let file = try scratch.write(
            """
            -----BEGIN SSH SIGNATURE-----
            \(Base64.encode(blob.bytes))
            -----END SSH SIGNATURE-----

            """, to: "\(algorithm).sig")
        let result = try KeyTool.attempt(
            "ssh-keygen", ["-Y", "check-novalidate", "-n", "ccrun-test", "-s", file],
            input: message)
        return result.status == .exited(0)
    }

    /// What is signed for a message: not the message itself, but a structure with its hash.
    static func signedData(for message: [UInt8]) throws -> [UInt8] {
        let digest = try KeyTool.run("sha512sum", [], input: message).prefix(128)
        let digits = digest.compactMap(\.hexDigitValue)
        let hash = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
        var data = WireWriter()
        data.raw("SSHSIG".utf8)
        data.raw(try header(hash: hash))
        return data.bytes
    }

    /// Namespace, an empty reserved field, the hash's name, and the hash where it stands there.
    private static func header(hash: [UInt8]?) throws -> [UInt8] {
        var writer = WireWriter()
        writer.string("ccrun-test".utf8)
        writer.string([])
        writer.string("sha512".utf8)
        if let hash { writer.string(hash) }
        return writer.bytes
    }
}

/// The kinds of keys that people have, as ssh-keygen makes them.
enum KeyKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case ed25519, p256, p384, p521, rsa

    var testDescription: String { rawValue }

    var arguments: [String] {
        switch self {
        case .ed25519: ["ed25519"]
        case .p256: ["ecdsa", "-b", "256"]
        case .p384: ["ecdsa", "-b", "384"]
        case .p521: ["ecdsa", "-b", "521"]
        case .rsa: ["rsa", "-b", "2048"]
        }
    }

    var algorithms: [SignatureAlgorithm] {
        switch self {
        case .ed25519: [.sshEd25519]
        case .p256: [.ecdsaSHA2NISTP256]
        case .p384: [.ecdsaSHA2NISTP384]
        case .p521: [.ecdsaSHA2NISTP521]
        case .rsa: [.rsaSHA256, .rsaSHA512]
        }
    }
}
