import Testing

@testable import SSH

/// Keys that OpenSSL wrote, in forms that ssh-keygen never writes.
@Suite(.enabled(if: KeyTool.isOpenSSLHere && KeyTool.isSSHKeygenHere, "openssl is not here"))
struct LoginOpenSSLKeyTests {
    let scratch: KeyScratch

    init() throws {
        scratch = try KeyScratch()
    }

    /// Makes a plain key and has OpenSSL write it anew, as `id`; returns the public key.
    private func convert(_ type: [String], _ arguments: [String]) throws -> PublicKey {
        let plain = try scratch.makeKey("plain", type, format: "PEM")
        try KeyTool.run("openssl", arguments + ["-in", plain, "-out", scratch.file("id")])
        try KeyTool.run("chmod", ["600", scratch.file("id")])
        return try #require(PublicKey.parse(file: try scratch.read("plain.pub")))
    }

    private func unlock(_ passphrase: String) throws -> PrivateKey {
        try IdentityFile.load(path: scratch.file("id")).unlock(passphrase: Array(passphrase.utf8))
    }

    @Test(arguments: ["-aes128", "-aes192", "-aes256"])
    func `the old encryption opens with every AES`(cipher: String) throws {
        let rsa = try convert(
            KeyKind.rsa.arguments, ["rsa", "-traditional", cipher, "-passout", "pass:secret"])
        #expect(try unlock("secret").publicKey.blob == rsa.blob)
        #expect(throws: SSHError.self) { try unlock("wrong") }
        try KeyTool.run("rm", [scratch.file("plain")])
        let ec = try convert(["ecdsa"], ["ec", cipher, "-passout", "pass:secret"])
        #expect(try unlock("secret").publicKey.blob == ec.blob)
    }

    @Test(
        arguments: ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"],
        [
            "hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512",
        ])
    func `PKCS#8 opens with every AES and hash`(cipher: String, hash: String) throws {
        let expected = try convert(
            ["ecdsa", "-b", "521"],
            ["pkcs8", "-topk8", "-v2", cipher, "-v2prf", hash, "-passout", "pass:secret"])
        #expect(try unlock("secret").publicKey.blob == expected.blob)
        let error = #expect(throws: SSHError.self) { try unlock("wrong") }
        #expect(error?.code == .wrongPassphrase)
    }

    @Test(arguments: [
        (["rsa", "-traditional", "-des3"], "the cipher DES-EDE3-CBC is not supported"),
        (["pkcs8", "-topk8", "-v2", "des3"], "the cipher DES-EDE3-CBC is not supported"),
        (["pkcs8", "-topk8", "-scrypt"], "the key derivation scrypt is not supported"),
    ])
    func `what is not supported is named`(arguments: [String], reason: String) throws {
        _ = try convert(KeyKind.rsa.arguments, arguments + ["-passout", "pass:secret"])
        let error = #expect(throws: SSHError.self) { try unlock("secret") }
        #expect(error?.code == .unsupported)
        #expect(error?.underlying == reason)
    }

    @Test func `an Ed25519 key in PKCS#8 is read`() throws {
        try KeyTool.run(
            "openssl", ["genpkey", "-algorithm", "ed25519", "-out", scratch.file("id")])
        try KeyTool.run("chmod", ["600", scratch.file("id")])
        let key = try unlock("")
        #expect(key.publicKey.type == "ssh-ed25519")
        let text = try KeyTool.run("openssl", ["pkey", "-in", scratch.file("id"), "-pubout"])
        // The public key's last 32 bytes are the key in both formats.
        let lines = text.split(separator: "\n").dropFirst().dropLast().joined()
        let der = try #require(Base64.decode(lines.utf8))
        #expect(key.publicKey.blob.suffix(32) == der.suffix(32))
    }

    @Test func `curve parameters ahead of the key are passed over`() throws {
        try KeyTool.run(
            "openssl",
            ["ecparam", "-name", "prime256v1", "-genkey", "-out", scratch.file("id")])
        try KeyTool.run("chmod", ["600", scratch.file("id")])
        #expect(try unlock("").publicKey.type == "ecdsa-sha2-nistp256")
    }

    @Test func `a curve that SSH does not have is named`() throws {
        try KeyTool.run(
            "openssl", ["ecparam", "-name", "secp256k1", "-genkey", "-out", scratch.file("id")])
        try KeyTool.run("chmod", ["600", scratch.file("id")])
        let error = #expect(throws: SSHError.self) { try unlock("") }
        #expect(error?.underlying == "the curve 1.3.132.0.10 is not supported")
    }

    @Test func `CR LF line ends are read`() throws {
        let expected = try convert(
            KeyKind.rsa.arguments, ["rsa", "-traditional", "-aes256", "-passout", "pass:secret"])
        let text = try scratch.read("id").flatMap { byte -> [UInt8] in
            byte == UInt8(ascii: "\n") ? [13, 10] : [byte]
        }
        try scratch.write(text, to: "id")
        #expect(try unlock("secret").publicKey.blob == expected.blob)
    }
}
