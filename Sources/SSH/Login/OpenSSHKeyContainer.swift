/// The container of `BEGIN OPENSSH PRIVATE KEY`: the public key in the open, the private one sealed
/// (OpenSSH's PROTOCOL.key).
struct OpenSSHKeyContainer: Sendable {
    private static let magic = Array("openssh-key-v1\0".utf8)
    /// ssh-keygen's default is 16, some 100 ms; far more only comes from a damaged file.
    private static let mostRounds: UInt32 = 4096

    private let cipherName: String
    private let derivationName: String
    private let derivationOptions: [UInt8]
    private let sealed: [UInt8]
    let publicKey: PublicKey

    init(_ bytes: [UInt8]) throws(KeyFileProblem) {
        var reader = WireReader(bytes)
        guard reader.readBytes(Self.magic.count) == Self.magic, let cipher = reader.readName(),
            let derivation = reader.readName(), let options = reader.readString(),
            let count = reader.readUInt32()
        else { throw .malformed("its OpenSSH key cannot be read") }
        guard count == 1 else { throw .unsupported("it does not hold exactly one key") }
        guard let blob = reader.readString(), let sealed = reader.readString(), !sealed.isEmpty,
            let publicKey = PublicKey(blob: blob)
        else { throw .malformed("its OpenSSH key cannot be read") }
        cipherName = cipher
        derivationName = derivation
        derivationOptions = options
        self.sealed = sealed
        self.publicKey = publicKey
    }

    var isEncrypted: Bool { cipherName != "none" }

    /// Opens the sealed part and makes the key; the passphrase matters only for an encrypted one.
    func open(passphrase: [UInt8]) throws(KeyFileProblem) -> PrivateKey {
        var reader = WireReader(isEncrypted ? try decrypted(passphrase) : sealed)
        guard let first = reader.readUInt32(), let second = reader.readUInt32() else {
            throw .malformed("its private part cannot be read")
        }
        guard first == second else {
            throw isEncrypted ? .wrongPassphrase : .malformed("its private part is damaged")
        }
        let key = try Self.readKey(&reader)
        // Only blob and type: the comment stands in the sealed part alone.
        guard key.publicKey.blob == publicKey.blob else {
            throw .malformed("its private and its public part do not belong together")
        }
        return key
    }

    private func decrypted(_ passphrase: [UInt8]) throws(KeyFileProblem) -> [UInt8] {
        guard let cipher = KeyCipher(openSSHName: cipherName) else {
            throw .unsupported("the cipher \(cipherName) is not supported")
        }
        guard derivationName == "bcrypt" else {
            throw .unsupported("the key derivation \(derivationName) is not supported")
        }
        var options = WireReader(derivationOptions)
        guard let salt = options.readString(), let rounds = options.readUInt32(), rounds > 0,
            !salt.isEmpty, options.isAtEnd, sealed.count.isMultiple(of: KeyCipher.blockSize)
        else { throw .malformed("its encryption header cannot be read") }
        guard rounds <= Self.mostRounds else {
            throw .unsupported("\(rounds) rounds of bcrypt are more than \(Self.mostRounds)")
        }
        let material = BcryptPBKDF.deriveKey(
            passphrase: passphrase, salt: salt, rounds: Int(rounds),
            count: cipher.keySize + KeyCipher.blockSize)
        guard let material,
            let opened = cipher.decrypt(
                sealed, key: Array(material.prefix(cipher.keySize)),
                iv: Array(material.suffix(KeyCipher.blockSize)))
        else { throw .wrongPassphrase }
        return opened
    }

    private static func readKey(_ reader: inout WireReader) throws(KeyFileProblem) -> PrivateKey {
        guard let type = reader.readName() else {
            throw .malformed("its private part cannot be read")
        }
        switch type {
        case "ssh-ed25519": return try readEd25519(&reader)
        case "ssh-rsa": return try readRSA(&reader)
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            return try readECDSA(&reader)
        default:
            throw .unsupported("keys of type \(type) are not supported")
        }
    }

    /// The public key, then seed and public key as one string.
    private static func readEd25519(_ reader: inout WireReader) throws(KeyFileProblem) -> PrivateKey
    {
        guard let publicPart = reader.readString(), let pair = reader.readString(),
            pair.count == 64, pair.suffix(32).elementsEqual(publicPart),
            let comment = reader.readString(),
            let key = PrivateKey.ed25519(
                seed: Array(pair.prefix(32)), comment: String(decoding: comment, as: UTF8.self))
        else { throw .malformed("its Ed25519 key cannot be read") }
        return key
    }

    private static func readECDSA(_ reader: inout WireReader) throws(KeyFileProblem) -> PrivateKey {
        guard let curve = reader.readName(), reader.readString() != nil,
            let scalar = reader.readUnsignedInteger(), let comment = reader.readString(),
            let key = PrivateKey.ecdsa(
                curve: curve, scalar: scalar, comment: String(decoding: comment, as: UTF8.self))
        else { throw .malformed("its ECDSA key cannot be read") }
        return key
    }

    /// n, e, d, the inverse of q, p, q: another order than PKCS#1's.
    private static func readRSA(_ reader: inout WireReader) throws(KeyFileProblem) -> PrivateKey {
        guard let modulus = reader.readUnsignedInteger(),
            let publicExponent = reader.readUnsignedInteger(),
            let privateExponent = reader.readUnsignedInteger(),
            reader.readUnsignedInteger() != nil, let first = reader.readUnsignedInteger(),
            let second = reader.readUnsignedInteger(), let comment = reader.readString()
        else { throw .malformed("its RSA key cannot be read") }
        return try DERPrivateKey.checked(
            PrivateKey.RSANumbers(
                modulus: modulus, publicExponent: publicExponent, privateExponent: privateExponent,
                primes: (first, second)),
            comment: String(decoding: comment, as: UTF8.self))
    }
}
