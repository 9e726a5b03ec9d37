/// How a key is offered to a server by way of libssh2.
struct KeyOffer: Sendable, Equatable {
    /// Who composes the signature (RFC 4252, 7) around what the key makes.
    enum Composition: Sendable, Equatable {
        /// libssh2, from the inner signature.
        case inner
        /// libssh2, from all that follows the algorithm's name: security keys add a flag and a counter.
        case afterName
        /// We do: libssh2 would give it a name of this length, and nothing after the inner signature.
        case whole(nameLength: Int)
    }

    /// The public key or certificate that libssh2 is handed.
    let blob: [UInt8]
    /// The algorithm's name to send, where it is not the type that stands in the blob.
    var announced: String?
    var composition = Composition.inner
}

/// The names under which a key is offered to a server.
enum LoginAlgorithms {
    private static let plainTypes: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ]

    /// The keys of authenticators (PROTOCOL.u2f); only an agent signs with them.
    private static let securityTypes: Set<String> = [
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    /// Whether somebody has to touch a device for each signature.
    static func needsTouch(_ type: String) -> Bool {
        securityTypes.contains(Certificate.plainName(of: type) ?? type)
    }

    /// The ways to offer a key, in the order to try them; none when it cannot be used.
    ///
    /// libssh2 before 1.11 takes the algorithm's name from the blob and knows only `ssh-rsa`, SHA-1,
    /// which sshd from 8.8 on refuses. So another name is announced, and the blob's type stays as it is:
    /// sshd reads a key whose type says `rsa-sha2-512`, too, but dropbear does not. Later versions choose
    /// by themselves. Nor does it, before 1.11, give a certificate's signature the plain key's name, but
    /// for ECDSA, or know security keys.
    static func offers(of key: PublicKey, version: LibraryVersion) -> [KeyOffer] {
        let plainType = Certificate.plainName(of: key.type) ?? key.type
        let isCertificate = plainType != key.type
        let isSecurityKey = securityTypes.contains(plainType)
        guard isSecurityKey || plainTypes.contains(plainType) || plainType == "ssh-rsa" else {
            return []
        }
        if version.signsRSAWithSHA2 {
            return [KeyOffer(blob: key.blob, composition: isSecurityKey ? .afterName : .inner)]
        }
        if plainType == "ssh-rsa" {
            return ["rsa-sha2-512", "rsa-sha2-256"].map { name in
                offer(key, as: isCertificate ? "\(name)-cert-v01@openssh.com" : name)
            }
        }
        let isComposed = !isSecurityKey && (!isCertificate || plainType.hasPrefix("ecdsa-"))
        return isComposed
            ? [KeyOffer(blob: key.blob)]
            : [
                KeyOffer(
                    blob: key.blob, composition: .whole(nameLength: key.type.utf8.count))
            ]
    }

    private static func offer(_ key: PublicKey, as name: String) -> KeyOffer {
        KeyOffer(
            blob: key.blob, announced: name, composition: .whole(nameLength: name.utf8.count))
    }

    /// SSH_AGENT_RSA_SHA2_256 and _512 (draft-miller-ssh-agent, 3.6.1).
    static func agentFlags(for algorithm: String) -> UInt32 {
        switch algorithm {
        case "rsa-sha2-256": 2
        case "rsa-sha2-512": 4
        default: 0
        }
    }
}
