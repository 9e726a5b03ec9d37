/// The signatures that our own private keys make; SHA-1 (`ssh-rsa`) is not among them.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// RFC 8709.
    case sshEd25519 = "ssh-ed25519"
    /// RFC 5656.
    case ecdsaSHA2NISTP256 = "ecdsa-sha2-nistp256"
    case ecdsaSHA2NISTP384 = "ecdsa-sha2-nistp384"
    case ecdsaSHA2NISTP521 = "ecdsa-sha2-nistp521"
    /// RFC 8332; both go with a key of type `ssh-rsa`.
    case rsaSHA256 = "rsa-sha2-256"
    case rsaSHA512 = "rsa-sha2-512"

    /// The type of the keys that make such a signature.
    package var keyType: String {
        switch self {
        case .rsaSHA256, .rsaSHA512: "ssh-rsa"
        default: rawValue
        }
    }
}
