import TestServer
import Testing

@testable import SSH

/// The blobs that stand for a key in the login.
@Suite struct LoginSessionAlgorithmTests {
    /// `ssh-rsa`, the exponent 65537, a modulus of 9 bytes.
    private static let rsa =
        TestServer.WireWriter().string("ssh-rsa").mpint([1, 0, 1])
        .mpint([0x80, 2, 3, 4, 5, 6, 7, 8]).bytes

    private static func offers(_ blob: [UInt8], _ version: String) throws -> [KeyOffer] {
        let key = try #require(PublicKey(blob: blob))
        return LoginAlgorithms.offers(of: key, version: LibraryVersion(version))
    }

    private static func blobs(_ blob: [UInt8], _ version: String) throws -> [[UInt8]] {
        let offers = try offers(blob, version)
        #expect(offers.allSatisfy { $0.announced == nil && $0.composition == .inner })
        return offers.map(\.blob)
    }

    @Test func `before 1.11 an RSA key is announced by another name, and nothing of it changes`()
        throws
    {
        let offers = try Self.offers(Self.rsa, "1.10.0")
        #expect(offers.map(\.announced) == ["rsa-sha2-512", "rsa-sha2-256"])
        #expect(
            offers.allSatisfy { $0.blob == Self.rsa && $0.composition == .whole(nameLength: 12) })
    }

    @Test(arguments: ["1.11.0", "1.11.1", "1.12.0"])
    func `from 1.11 on an RSA key is its own`(version: String) throws {
        #expect(try Self.blobs(Self.rsa, version) == [Self.rsa])
    }

    @Test(arguments: [KeyPair.Kind.ed25519, .ecdsa256, .ecdsa384, .ecdsa521])
    func `other keys are their own on every version`(kind: KeyPair.Kind) throws {
        try withScratchFolder { folder in
            let blob = try KeyPair(kind, in: folder, name: "id").blob
            let (old, new) = (try Self.blobs(blob, "1.10.0"), try Self.blobs(blob, "1.11.1"))
            #expect(old == [blob])
            #expect(new == [blob])
        }
    }

    @Test(
        arguments: [
            ("ssh-ed25519-cert-v01@openssh.com", [nil], KeyOffer.Composition.whole(nameLength: 32)),
            ("ecdsa-sha2-nistp384-cert-v01@openssh.com", [nil], .inner),
            (
                "ssh-rsa-cert-v01@openssh.com",
                ["rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"],
                .whole(nameLength: 33)
            ),
            ("sk-ssh-ed25519@openssh.com", [nil], .whole(nameLength: 26)),
            ("sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", [nil], .whole(nameLength: 43)),
        ] as [(String, [String?], KeyOffer.Composition)])
    func `certificates and security keys are composed here before 1.11, and left to libssh2 after`(
        type: String, announced: [String?], composition: KeyOffer.Composition
    ) throws {
        let blob = TestServer.WireWriter().string(type).string([1, 2, 3]).bytes
        let old = try Self.offers(blob, "1.10.0")
        #expect(old.map(\.announced) == announced)
        #expect(old.allSatisfy { $0.composition == composition && $0.blob == blob })
        let new = try Self.offers(blob, "1.11.1")
        #expect(new.map(\.announced) == [nil])
        #expect(new.map(\.composition) == [type.hasPrefix("sk-") ? .afterName : .inner])
    }

    @Test(arguments: ["ssh-dss", "ssh-dss-cert-v01@openssh.com", "webauthn-sk@openssh.com"])
    func `keys of other types are not offered`(type: String) throws {
        let blob = TestServer.WireWriter().string(type).string([1, 2, 3]).bytes
        #expect(try Self.blobs(blob, "1.10.0").isEmpty)
    }

    @Test(arguments: [("rsa-sha2-256", 2), ("rsa-sha2-512", 4), ("ssh-ed25519", 0), ("ssh-rsa", 0)])
    func `the agent is told which hash to use`(algorithm: String, flags: UInt32) {
        #expect(LoginAlgorithms.agentFlags(for: algorithm) == flags)
    }
}
