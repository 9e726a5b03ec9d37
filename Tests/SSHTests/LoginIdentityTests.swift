import Testing

@testable import SSH

@Suite(.enabled(if: KeyTool.isSSHKeygenHere, "ssh-keygen is not here"))
struct LoginIdentityTests {
    let scratch: KeyScratch
    private let passphrase = "correct horse ü"

    init() throws {
        scratch = try KeyScratch()
    }

    private func publicKey(_ name: String) throws -> PublicKey {
        try #require(PublicKey.parse(file: try scratch.read("\(name).pub")))
    }

    /// Checks that the key is the right one, and that OpenSSH takes every signature that it makes.
    private func expectSigns(_ key: PrivateKey, _ kind: KeyKind, as publicKey: PublicKey) throws {
        #expect(key.publicKey.blob == publicKey.blob)
        let message = Array("a message to sign".utf8)
        let data = try SignatureWitness.signedData(for: message)
        // ECDSA numbers differ in length from one signature to the next: several are tried.
        for algorithm in kind.algorithms + kind.algorithms {
            let signature = try key.sign(data, algorithm: algorithm.rawValue)
            let isAccepted = try SignatureWitness.accepts(
                signature, algorithm.rawValue, by: publicKey, over: message, in: scratch)
            #expect(isAccepted, "\(algorithm)")
        }
    }

    @Test(arguments: KeyKind.allCases, [nil, "PEM", "PKCS8"])
    func `a plain key signs`(kind: KeyKind, format: String?) throws {
        let path = try scratch.makeKey("id", kind.arguments, format: format)
        let expected = try publicKey("id")
        // What is known has to come from the private file alone.
        try scratch.write("", to: "id.pub")
        let identity = try IdentityFile.load(path: path)
        #expect(!identity.isEncrypted)
        #expect(identity.holdsPrivateKey)
        #expect(identity.publicKey?.blob == expected.blob)
        try expectSigns(try identity.unlock(passphrase: nil), kind, as: expected)
    }

    @Test(arguments: KeyKind.allCases, [nil, "PEM", "PKCS8"])
    func `an encrypted key signs once the passphrase is given`(
        kind: KeyKind, format: String?
    ) throws {
        let path = try scratch.makeKey(
            "id", kind.arguments, format: format, passphrase: passphrase, rounds: 2)
        let expected = try publicKey("id")
        let identity = try IdentityFile.load(path: path)
        #expect(identity.isEncrypted)
        #expect(identity.publicKey?.blob == expected.blob)
        for wrong in ["wrong", "", nil] {
            let error = #expect(throws: SSHError.self) {
                try identity.unlock(passphrase: wrong.map { Array($0.utf8) })
            }
            #expect(error?.code == .wrongPassphrase)
        }
        let key = try identity.unlock(passphrase: Array(passphrase.utf8))
        try expectSigns(key, kind, as: expected)
    }

    @Test(arguments: ["3072", "4096"])
    func `a larger RSA key signs`(bits: String) throws {
        let path = try scratch.makeKey("id", ["rsa", "-b", bits])
        let key = try IdentityFile.load(path: path).unlock(passphrase: nil)
        try expectSigns(key, .rsa, as: try publicKey("id"))
    }

    @Test(arguments: [
        "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-ctr", "aes192-ctr", "aes256-ctr",
    ])
    func `every AES of OpenSSH's container opens`(cipher: String) throws {
        let path = scratch.file("id")
        try KeyTool.run(
            "ssh-keygen",
            ["-q", "-t", "ed25519", "-N", "secret", "-a", "1", "-Z", cipher, "-f", path])
        let key = try IdentityFile.load(path: path).unlock(passphrase: Array("secret".utf8))
        #expect(key.publicKey.blob == (try publicKey("id")).blob)
    }

    @Test(arguments: ["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "3des-cbc"])
    func `another cipher is named`(cipher: String) throws {
        let path = scratch.file("id")
        try KeyTool.run(
            "ssh-keygen",
            ["-q", "-t", "ed25519", "-N", "secret", "-a", "1", "-Z", cipher, "-f", path])
        let identity = try IdentityFile.load(path: path)
        #expect(identity.publicKey?.blob == (try publicKey("id")).blob)
        let error = #expect(throws: SSHError.self) {
            try identity.unlock(passphrase: Array("secret".utf8))
        }
        #expect(error?.code == .unsupported)
        #expect(error?.underlying == "the cipher \(cipher) is not supported")
    }

    @Test func `the sixteen rounds that ssh-keygen uses are opened`() throws {
        let path = try scratch.makeKey("id", ["ed25519"], passphrase: "secret", rounds: 16)
        let identity = try IdentityFile.load(path: path)
        #expect(throws: Never.self) { try identity.unlock(passphrase: Array("secret".utf8)) }
    }

    @Test func `the comment of a container is known once it is open`() throws {
        let path = try scratch.makeKey("id", ["ed25519"], comment: "ana@laptop")
        let key = try IdentityFile.load(path: path).unlock(passphrase: nil)
        #expect(key.publicKey.comment == "ana@laptop")
        #expect(key.publicKey == (try publicKey("id")))
    }

    @Test func `an encrypted PEM key without its public file shows it once unlocked`() throws {
        let path = try scratch.makeKey(
            "id", KeyKind.rsa.arguments, format: "PEM", passphrase: "secret")
        let expected = try publicKey("id")
        try scratch.write("", to: "id.pub")
        let identity = try IdentityFile.load(path: path)
        #expect(identity.publicKey == nil)
        let key = try identity.unlock(passphrase: Array("secret".utf8))
        #expect(key.publicKey.blob == expected.blob)
    }

    @Test func `a public file that belongs to another key is told`() throws {
        let path = try scratch.makeKey(
            "id", KeyKind.rsa.arguments, format: "PEM", passphrase: "secret")
        try scratch.makeKey("other", ["ed25519"])
        try scratch.write(try scratch.read("other.pub"), to: "id.pub")
        let identity = try IdentityFile.load(path: path)
        let error = #expect(throws: SSHError.self) {
            try identity.unlock(passphrase: Array("secret".utf8))
        }
        #expect(error?.code == .identity)
        #expect(error?.underlying == "\"\(path).pub\" is the public half of another key")
    }

    @Test(arguments: ["id.pub", "id"])
    func `a public key alone is known and cannot be unlocked`(name: String) throws {
        try scratch.makeKey("id", ["ed25519"])
        try KeyTool.run("rm", [scratch.file("id")])
        let identity = try IdentityFile.load(path: scratch.file(name))
        #expect(!identity.holdsPrivateKey)
        #expect(identity.publicKey == (try publicKey("id")))
        let error = #expect(throws: SSHError.self) { try identity.unlock(passphrase: nil) }
        #expect(error?.code == .identity)
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601, 0o644])
    func `a key that others can read is refused`(permissions: Int) throws {
        let path = try scratch.makeKey("id", ["ed25519"])
        try scratch.write(try scratch.read("id"), to: "id", permissions: permissions)
        let error = #expect(throws: SSHError.self) { try IdentityFile.load(path: path) }
        #expect(error?.code == .identity)
        #expect(
            error?.message == "cannot use the private key \"\(path)\": "
                + "its mode \(String(permissions, radix: 8)) lets others read it")
        #expect(error?.hint == "chmod 600 \(path)")
    }

    @Test func `a key in a read-only file is taken`() throws {
        let path = try scratch.makeKey("id", ["ed25519"])
        try scratch.write(try scratch.read("id"), to: "id", permissions: 0o400)
        #expect(throws: Never.self) { try IdentityFile.load(path: path) }
    }

    @Test func `a file that is not there, and a folder, are told`() throws {
        let missing = #expect(throws: SSHError.self) {
            try IdentityFile.load(path: scratch.file("none"))
        }
        #expect(missing?.underlying == "no such file or directory")
        let folder = #expect(throws: SSHError.self) { try IdentityFile.load(path: scratch.path) }
        #expect(folder?.underlying == "is a directory")
    }

    @Test func `a small RSA key is refused by its size`() throws {
        let path = try scratch.makeKey("id", ["rsa", "-b", "1024"])
        let error = #expect(throws: SSHError.self) {
            try IdentityFile.load(path: path).unlock(passphrase: nil)
        }
        #expect(error?.code == .unsupported)
        #expect(error?.underlying == "RSA keys of less than 2048 bits are not supported")
    }

    @Test func `SHA-1 and other keys' algorithms are not signed with`() throws {
        let path = try scratch.makeKey("id", KeyKind.rsa.arguments)
        let key = try IdentityFile.load(path: path).unlock(passphrase: nil)
        for algorithm in ["ssh-rsa", "ssh-ed25519", "", "rsa-sha2-1024"] {
            let error = #expect(throws: SSHError.self) {
                try key.sign([1, 2, 3], algorithm: algorithm)
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test(arguments: [nil, "PEM", "PKCS8"])
    func `no description shows what a key is made of`(format: String?) throws {
        let path = try scratch.makeKey("id", ["ecdsa"], format: format)
        let identity = try IdentityFile.load(path: path)
        let key = try identity.unlock(passphrase: nil)
        var dumped = ""
        dump(identity, to: &dumped)
        dump(key, to: &dumped)
        let texts = [
            "\(identity)", String(reflecting: identity), "\(key)", String(reflecting: key),
            String(describing: [key]), "\(Optional(identity) as Any)",
        ]
        #expect(texts.allSatisfy { $0.utf8.count < 250 })
        #expect(texts[0] == "identity file \"\(path)\"")
        #expect(texts[2] == "private key of \(key.publicKey.fingerprint)")
        for word in ["material", "container", "sealed", "contents"] {
            #expect(!dumped.contains(word), "\(word)")
        }
    }
}
