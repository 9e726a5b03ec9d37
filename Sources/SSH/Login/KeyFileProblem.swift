/// Why a private key file cannot be used; the file's name is added where it is known.
enum KeyFileProblem: Error, Equatable {
    /// The text says what is wrong, never what the file holds.
    case malformed(String)
    case unsupported(String)
    case passphraseMissing
    case wrongPassphrase
    /// Others may read the file, whose permission bits these are.
    case openToOthers(permissions: UInt32)
    case unreadable(String)
}

extension KeyFileProblem {
    /// The problem as users see it, of the file at `path`.
    func explained(_ path: String) -> SSHError {
        let attempted = "cannot use the private key \"\(path)\""
        switch self {
        case .malformed(let reason), .unreadable(let reason):
            return SSHError(.identity, attempted, underlying: reason)
        case .unsupported(let reason):
            return SSHError(
                .unsupported, attempted, underlying: reason,
                hint: "an ed25519 key works everywhere: ssh-keygen -t ed25519")
        case .passphraseMissing:
            return SSHError(
                .wrongPassphrase, attempted,
                underlying: "it is encrypted, and no passphrase was given",
                hint: "add the key to an agent: ssh-add \(path)")
        case .wrongPassphrase:
            return SSHError(.wrongPassphrase, attempted, underlying: "the passphrase is wrong")
        case .openToOthers(let permissions):
            return SSHError(
                .identity, attempted,
                underlying: "its mode \(String(permissions, radix: 8)) lets others read it",
                hint: "chmod 600 \(path)")
        }
    }
}
