/// The names under which a key is offered to a server.
enum LoginAlgorithms {
    private static let supported: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ]

    /// The public key blobs to hand to libssh2, in the order to try them; empty when it cannot be used.
    ///
    /// libssh2 before 1.11 takes the algorithm's name from the blob and knows only `ssh-rsa`, SHA-1,
    /// which sshd from 8.8 on refuses. A blob whose type says `rsa-sha2-512` makes it ask for that
    /// instead; sshd reads the key from it all the same. Later versions choose by themselves.
    static func blobs(for key: PublicKey, version: LibraryVersion) -> [[UInt8]] {
        if supported.contains(key.type) { return [key.blob] }
        guard key.type == "ssh-rsa" else { return [] }
        if version.signsRSAWithSHA2 { return [key.blob] }
        return ["rsa-sha2-512", "rsa-sha2-256"].map { renamed(key.blob, to: $0) }
    }

    private static func renamed(_ blob: [UInt8], to name: String) -> [UInt8] {
        let old = 4 + "ssh-rsa".utf8.count
        return [0, 0, 0, UInt8(name.utf8.count)] + Array(name.utf8) + blob.dropFirst(old)
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
