import Testing

@testable import SSH

/// What a session offers, by what is known of the host and which libssh2 is loaded.
@Suite struct TransportAlgorithmsTests {
    private static func offered(
        _ known: [String] = [], version: String = "1.11.1", allowsLegacy: Bool = false
    ) -> SSH.Algorithms {
        SSH.Algorithms(
            knownTypes: known, version: LibraryVersion(version), allowsLegacy: allowsLegacy)
    }

    @Test(arguments: ["1.10.0", "1.11.0", "1.11.1", "1.11.2"])
    func `nothing weak and nothing with advisories is offered`(version: String) {
        let offered = Self.offered(version: version)
        #expect(offered.ciphers == ["aes256-ctr", "aes192-ctr", "aes128-ctr"])
        #expect(offered.codes == ["hmac-sha2-256", "hmac-sha2-512"])
        #expect(!offered.hostKeys.contains("ssh-rsa"))
        #expect(!offered.hostKeys.contains("ssh-dss"))
        let exchanges = offered.keyExchange.filter { $0 != "ext-info-c" }
        #expect(exchanges.allSatisfy { $0.hasPrefix("curve25519-") || $0.hasPrefix("ecdh-sha2-") })
    }

    @Test(arguments: [("1.10.0", false), ("1.11.0", true), ("1.11.1", false), ("1.12.0", false)])
    func `the extension is asked for where a preference would drop it`(
        version: String, isAsked: Bool
    ) {
        #expect(Self.offered(version: version).keyExchange.contains("ext-info-c") == isAsked)
        // It is no key exchange (RFC 8308, 2.1), so it must never be the first choice.
        #expect(Self.offered(version: version).keyExchange.first == "curve25519-sha256")
    }

    @Test(arguments: [("1.9.0", false), ("1.10.0", false), ("1.11.0", true), ("1.11.1", true)])
    func `RSA host keys are offered where SHA-2 signs for them`(version: String, isOffered: Bool) {
        let keys = Self.offered(version: version).hostKeys
        #expect(keys.contains("rsa-sha2-512") == isOffered)
        #expect(keys.contains("rsa-sha2-256") == isOffered)
    }

    private static let usual = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "rsa-sha2-512", "rsa-sha2-256",
    ]

    @Test(
        arguments: [
            ([], usual),
            (["ssh-ed25519"], usual),
            (
                ["ecdsa-sha2-nistp384"],
                [
                    "ecdsa-sha2-nistp384", "ssh-ed25519", "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp521",
                    "rsa-sha2-512", "rsa-sha2-256",
                ]
            ),
            (
                ["ssh-rsa"],
                [
                    "rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
                ]
            ),
            (
                ["ssh-rsa", "ssh-ed25519"],
                [
                    "ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
                ]
            ),
            (["ssh-dss", "sk-ssh-ed25519@openssh.com"], usual),
        ] as [([String], [String])])
    func `the types that are known come first, and none is left out`(
        known: [String], expected: [String]
    ) {
        #expect(Self.offered(known).hostKeys == expected)
    }

    @Test func `old algorithms come last, and only on request`() {
        let plain = Self.offered()
        let legacy = Self.offered(allowsLegacy: true)
        #expect(legacy.hostKeys.last == "ssh-rsa")
        #expect(legacy.hostKeys.starts(with: plain.hostKeys))
        #expect(legacy.keyExchange.starts(with: plain.keyExchange))
        #expect(legacy.keyExchange.last == "diffie-hellman-group14-sha1")
        #expect(legacy.ciphers.starts(with: plain.ciphers))
        #expect(legacy.codes == plain.codes + ["hmac-sha1"])
    }

    @Test func `a known RSA key puts the old signature first where there is no other`() {
        let legacy = Self.offered(["ssh-rsa"], version: "1.10.0", allowsLegacy: true)
        #expect(legacy.hostKeys.first == "ssh-rsa")
    }

    @Test(arguments: [
        ("1.11.0", [1, 11, 0], true), ("1.10.0", [1, 11, 0], false), ("1.11.1", [1, 11, 0], true),
        ("1.9.0", [1, 10, 0], false), ("2.0.0", [1, 11, 0], true),
        ("1.11.1_DEV", [1, 11, 1], true),
        ("1.11.2_DEV", [1, 11, 2], true), ("0", [1, 0, 0], false), ("", [0, 0, 1], false),
        ("1.100.0", [1, 11, 0], true),
    ])
    func `versions compare by number`(text: String, wanted: [Int], isAtLeast: Bool) {
        let version = LibraryVersion(text)
        #expect(version.isAtLeast(wanted[0], wanted[1], wanted[2]) == isAtLeast)
        #expect(version.description == text)
    }

    @Test func `the version in use is the library's own`() {
        #expect(Session.libraryVersion.isAtLeast(1, 10, 0), "\(Session.libraryVersion)")
    }
}
