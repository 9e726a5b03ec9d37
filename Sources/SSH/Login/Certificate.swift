/// A certificate that OpenSSH's `ssh-keygen -s` made of a user's public key (PROTOCOL.certkeys).
package struct Certificate: Sendable, Equatable {
    /// What the names of certificates end with.
    private static let suffix = "-cert-v01@openssh.com"

    /// How many fields make up the public key in it, by the plain key's type; a nonce stands ahead.
    private static let fieldCounts = [
        "ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2,
        "ecdsa-sha2-nistp521": 2, "sk-ssh-ed25519@openssh.com": 2,
        "sk-ecdsa-sha2-nistp256@openssh.com": 3,
    ]

    /// The certificate itself, as it goes over the wire and as an agent lists it.
    package let publicKey: PublicKey
    /// The public key that it was made of.
    let plainBlob: [UInt8]

    /// Takes a key that is a certificate; nil where it is none, or of a type that is not known.
    package init?(_ key: PublicKey) {
        guard let plainType = Self.plainName(of: key.type), let count = Self.fieldCounts[plainType]
        else { return nil }
        var reader = WireReader(key.blob)
        var plain = WireWriter()
        plain.string(plainType.utf8)
        guard reader.readString() != nil, reader.readString() != nil else { return nil }
        for _ in 0..<count {
            guard let field = reader.readString() else { return nil }
            plain.string(field)
        }
        publicKey = key
        plainBlob = plain.bytes
    }

    /// Reads a file such as `id_ed25519-cert.pub`; nil where it holds no certificate.
    static func load(path: String) -> Certificate? {
        guard let file = try? SmallFile(path, limit: IdentityFile.largestFile),
            let key = PublicKey.parse(file: file.bytes)
        else { return nil }
        return Certificate(key)
    }

    /// The name of the plain key or signature that belongs to that of a certificate.
    ///
    /// `rsa-sha2-512-cert-v01@openssh.com` is made of `rsa-sha2-512`; nil for any other name.
    static func plainName(of name: String) -> String? {
        guard name.hasSuffix(suffix) else { return nil }
        let stem = String(name.dropLast(suffix.count))
        return stem.hasPrefix("sk-") ? "\(stem)@openssh.com" : stem
    }
}
