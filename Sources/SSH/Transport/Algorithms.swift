/// Which algorithms a session offers: a short list that every libssh2 does safely.
///
/// The AEAD, ChaCha20 and encrypt-then-MAC code of libssh2 1.11.0 and 1.11.1 has memory-safety
/// advisories, so nothing below 1.11.2 is offered more than counter mode with SHA-2.
struct Algorithms: Sendable, Equatable {
    var keyExchange = [
        "curve25519-sha256", "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
    ]
    var hostKeys: [String]
    var ciphers = ["aes256-ctr", "aes192-ctr", "aes128-ctr"]
    var codes = ["hmac-sha2-256", "hmac-sha2-512"]

    /// What only old servers need, and is offered only where that is allowed.
    static let legacy: Set = [
        "ssh-rsa", "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256",
        "diffie-hellman-group14-sha1", "hmac-sha1", "aes256-cbc", "aes128-cbc",
    ]

    /// `knownTypes` are the key types that known_hosts holds for the host; theirs come first.
    ///
    /// With `allowsLegacy` it also offers what old servers need: SHA-1 signatures, group exchange.
    init(knownTypes: [String], version: LibraryVersion, allowsLegacy: Bool) {
        var all = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        ]
        if version.signsRSAWithSHA2 { all += ["rsa-sha2-512", "rsa-sha2-256"] }
        if allowsLegacy {
            all.append("ssh-rsa")
            keyExchange += [
                "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256",
            ]
            keyExchange += ["diffie-hellman-group14-sha1"]
            codes += ["hmac-sha1"]
            ciphers += ["aes256-cbc", "aes128-cbc"]
        }
        let known = all.filter { knownTypes.contains(Self.keyType(of: $0)) }
        hostKeys = known + all.filter { !known.contains($0) }
        // On 1.11.0 a preference of ours drops its own request for RFC 8308's extension.
        if version.isExactly(1, 11, 0) { keyExchange.append("ext-info-c") }
    }

    /// The type of the key that a signature algorithm is used with (RFC 8332, 3).
    static func keyType(of algorithm: String) -> String {
        algorithm.hasPrefix("rsa-sha2-") ? "ssh-rsa" : algorithm
    }
}

/// The version of the libssh2 that is loaded, which need not be the one compiled against.
package struct LibraryVersion: Sendable, Equatable, CustomStringConvertible {
    package let description: String
    private let numbers: [Int]

    init(_ text: String) {
        description = text
        numbers = text.split(separator: ".").prefix(3).map { part in
            Int(part.prefix { $0.isNumber }) ?? 0
        }
    }

    /// From 1.11.0 on, RSA keys sign with SHA-2 and rsa-sha2 host keys are known.
    var signsRSAWithSHA2: Bool { isAtLeast(1, 11, 0) }

    func isExactly(_ wanted: Int...) -> Bool { numbers == wanted }

    func isAtLeast(_ wanted: Int...) -> Bool { !numbers.lexicographicallyPrecedes(wanted) }
}
