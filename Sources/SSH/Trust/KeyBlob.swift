import Crypto

/// What a public key looks like on the wire: its type's name, then the fields of that type.
enum KeyBlob {
    /// Larger than any key in use; a 16384 bit RSA key takes 2 KiB.
    static let largest = 16 << 10

    /// The type that a well-formed blob names; nil where its fields do not fit the type.
    ///
    /// RFC 4253 §6.6 (ssh-rsa), RFC 5656 §3.1 (ecdsa), RFC 8709 §4 (ssh-ed25519). Of other types
    /// (certificates, security keys) only the name is read.
    static func type(of blob: [UInt8]) -> String? {
        guard blob.count <= largest else { return nil }
        var reader = WireReader(blob)
        guard let type = reader.readName() else { return nil }
        switch type {
        case "ssh-ed25519":
            guard reader.readString()?.count == 32, reader.isAtEnd else { return nil }
        case "ssh-rsa":
            guard let exponent = reader.readUnsignedInteger(), !exponent.isEmpty else { return nil }
            guard let modulus = reader.readUnsignedInteger(), !modulus.isEmpty else { return nil }
            guard reader.isAtEnd else { return nil }
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            guard let curve = reader.readName(), type.hasSuffix("-\(curve)") else { return nil }
            // An uncompressed point, the only form there is (RFC 5656 §3.1).
            guard reader.readString()?.first == 4, reader.isAtEnd else { return nil }
        default:
            guard !reader.isAtEnd else { return nil }
        }
        return type
    }

    /// `SHA256:` and the unpadded base 64 of the hash, as ssh-keygen prints it.
    static func fingerprint(of blob: [UInt8]) -> String {
        "SHA256:" + Base64.encode(Array(SHA256.hash(data: blob)), padded: false)
    }
}
