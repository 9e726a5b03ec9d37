import Testing

@testable import SSH

/// What is left of the algorithms once a user's configuration has had its say.
@Suite struct TransportAlgorithmLimitsTests {
    private static func left(
        _ limits: AlgorithmLimits, allowsLegacy: Bool = false, known: [String] = [],
        version: String = "1.11.0"
    ) throws(SSHError) -> SSH.Algorithms {
        try limits.applied(
            to: SSH.Algorithms(
                knownTypes: known, version: LibraryVersion(version), allowsLegacy: allowsLegacy),
            "cannot agree")
    }

    @Test(
        arguments: [
            (nil, ["aes256-ctr", "aes192-ctr", "aes128-ctr"]),
            // ssh's own list has all of ours in it, in another order.
            (
                ["chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
                ["aes256-ctr", "aes192-ctr", "aes128-ctr"]
            ),
            (
                ["aes128-ctr", "aes256-gcm@openssh.com", "aes256-ctr"],
                ["aes128-ctr", "aes256-ctr"]
            ),
        ] as [([String]?, [String])])
    func `a list narrows in the user's order`(allowed: [String]?, expected: [String]) throws {
        #expect(try Self.left(AlgorithmLimits(ciphers: allowed)).ciphers == expected)
    }

    @Test func `each list is its own`() throws {
        let left = try Self.left(
            AlgorithmLimits(
                keyExchange: ["ecdh-sha2-nistp256"], hostKeys: ["ssh-rsa", "rsa-sha2-256"],
                codes: ["hmac-sha2-512"]))
        #expect(left.keyExchange == ["ecdh-sha2-nistp256", "ext-info-c"])
        #expect(left.hostKeys == ["rsa-sha2-256"])
        #expect(left.codes == ["hmac-sha2-512"])
        #expect(left.ciphers.count == 3)
    }

    @Test func `the types that are known go first all the same`() throws {
        let left = try Self.left(
            AlgorithmLimits(hostKeys: ["ssh-ed25519", "ecdsa-sha2-nistp256"]),
            known: ["ecdsa-sha2-nistp256"])
        #expect(left.hostKeys == ["ecdsa-sha2-nistp256", "ssh-ed25519"])
    }

    @Test func `what is out of date is not offered because a list has it`() throws {
        let list = ["hmac-sha1", "hmac-sha2-256"]
        #expect(try Self.left(AlgorithmLimits(codes: list)).codes == ["hmac-sha2-256"])
        #expect(try Self.left(AlgorithmLimits(codes: list), allowsLegacy: true).codes == list)
        // A list of ssh's own lacks it, and does not take back what was asked for.
        let own = ["hmac-sha2-256", "hmac-sha2-512", "umac-64@openssh.com"]
        let codes = try Self.left(AlgorithmLimits(codes: own), allowsLegacy: true).codes
        #expect(codes.contains("hmac-sha1"))
    }

    @Test(
        arguments: [
            ("Ciphers", AlgorithmLimits(ciphers: ["chacha20-poly1305@openssh.com"])),
            ("MACs", AlgorithmLimits(codes: ["umac-64@openssh.com"])),
            ("KexAlgorithms", AlgorithmLimits(keyExchange: ["sntrup761x25519-sha512"])),
            ("HostKeyAlgorithms", AlgorithmLimits(hostKeys: [])),
        ])
    func `a list that leaves nothing is an error that names it`(
        keyword: String, limits: AlgorithmLimits
    ) {
        let error = sshError { _ = try Self.left(limits) }
        #expect(error?.code == .algorithms)
        #expect(
            error?.message == "cannot agree: \(keyword) of the configuration of ssh leaves nothing "
                + "that ccrun offers")
        #expect(error?.details.first?.hasPrefix("\(keyword) of ccrun: ") == true)
    }
}
