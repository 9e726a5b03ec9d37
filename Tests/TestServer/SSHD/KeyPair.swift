import Crypto
import Foundation

/// A fresh key made by `ssh-keygen`: a file with the private half, and beside it one with `.pub`.
package struct KeyPair: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case ed25519
        case ecdsa256
        case ecdsa384
        case ecdsa521
        case rsa

        fileprivate var arguments: [String] {
            switch self {
            case .ed25519: ["-t", "ed25519"]
            case .ecdsa256: ["-t", "ecdsa", "-b", "256"]
            case .ecdsa384: ["-t", "ecdsa", "-b", "384"]
            case .ecdsa521: ["-t", "ecdsa", "-b", "521"]
            case .rsa: ["-t", "rsa", "-b", "2048"]
            }
        }
    }

    /// How the private half is written (`-m` of ssh-keygen(1)).
    package enum Format: Sendable, CaseIterable {
        /// `BEGIN OPENSSH PRIVATE KEY`.
        case openSSH
        /// `BEGIN RSA PRIVATE KEY` and `BEGIN EC PRIVATE KEY`; ed25519 has no such form.
        case pem
        /// `BEGIN PRIVATE KEY`; ed25519 cannot be written so by OpenSSH 9.2.
        case pkcs8

        fileprivate var arguments: [String] {
            switch self {
            case .openSSH: []
            case .pem: ["-m", "PEM"]
            case .pkcs8: ["-m", "PKCS8"]
            }
        }
    }

    package let kind: Kind
    package let identityFile: String
    /// `ssh-ed25519 AAAA…`, without a comment.
    package let publicKeyLine: String

    /// Makes a key in `folder`, in the files `name` and `name.pub`.
    package init(
        _ kind: Kind = .ed25519, in folder: ScratchFolder, name: String, passphrase: String = "",
        format: Format = .openSSH
    ) throws {
        let file = folder.file(name)
        let options = ["-q", "-N", passphrase, "-C", "test", "-f", file]
        let made = try ChildProcess.run(
            try Tool.path("ssh-keygen"), options + kind.arguments + format.arguments)
        guard made.status == .exited(0) else {
            throw TestServerError(.program, "cannot make a key", made.errorOutput)
        }
        self.kind = kind
        identityFile = file
        publicKeyLine = String(decoding: try folder.read("\(name).pub"), as: UTF8.self)
            .split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`.
    package var algorithm: String { String(publicKeyLine.prefix { $0 != " " }) }

    /// The public key as it travels (RFC 4253 §6.6).
    package var blob: [UInt8] {
        publicKeyLine.split(separator: " ").last
            .flatMap { Data(base64Encoded: String($0)) }.map { Array($0) } ?? []
    }

    /// `SHA256:` and 43 characters, as `ssh-keygen -l` has it.
    package var fingerprint: String { keyFingerprint(blob) }
}

/// The fingerprint of a public key blob, as `ssh-keygen -l` prints it.
package func keyFingerprint(_ blob: [UInt8]) -> String {
    let digest = Data(SHA256.hash(data: blob)).base64EncodedString()
    return "SHA256:" + digest.prefix { $0 != "=" }
}

/// Programs that the tests need.
package enum Tool {
    private static let folders = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// The absolute path of a program.
    package static func path(_ name: String) throws -> String {
        guard let found = find(name) else {
            throw TestServerError(
                .program, "cannot find \"\(name)\"",
                "it is not in \(folders.joined(separator: ":"))")
        }
        return found
    }

    /// The absolute path of a program, or nil where it is not installed.
    package static func find(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
