import Crypto
import CryptoExtras

/// The two ways in which OpenSSL encrypts a PEM key: `DEK-Info` headers, and PKCS#8's PBES2.
enum PEMEncryption {
    /// OpenSSL's default is 2048; far more than this only comes from a damaged file.
    private static let mostIterations = 10_000_000

    /// Decrypts a block with `Proc-Type: 4,ENCRYPTED`, the old way.
    static func openTraditional(
        _ block: PEMBlock, passphrase: [UInt8]
    ) throws(KeyFileProblem) -> [UInt8] {
        let fields = (block.headers["DEK-Info"] ?? "").split(separator: ",")
        guard fields.count == 2, let iv = bytes(hexadecimal: fields[1]) else {
            throw .malformed("its DEK-Info header cannot be read")
        }
        guard let cipher = KeyCipher(pemName: fields[0]) else {
            throw .unsupported("the cipher \(cleaned(fields[0].utf8, limit: 40)) is not supported")
        }
        guard iv.count == KeyCipher.blockSize else {
            throw .malformed("its DEK-Info header cannot be read")
        }
        let key = bytesToKey(passphrase, salt: iv.prefix(8), count: cipher.keySize)
        guard let opened = cipher.decryptPadded(block.contents, key: key, iv: iv) else {
            throw .wrongPassphrase
        }
        return opened
    }

    /// Decrypts an `EncryptedPrivateKeyInfo` (RFC 5958 §3) under PBES2 with PBKDF2 (RFC 8018 A.2, A.4).
    static func openPKCS8(_ der: [UInt8], passphrase: [UInt8]) throws(KeyFileProblem) -> [UInt8] {
        let malformed = KeyFileProblem.malformed("its encryption header cannot be read")
        var outer = DERReader(der)
        guard var fields = outer.readSequence(), var algorithm = fields.readSequence(),
            let scheme = algorithm.readObjectIdentifier(), let sealed = fields.read(.octetString)
        else { throw malformed }
        guard scheme == "1.2.840.113549.1.5.13" else {
            throw .unsupported("the encryption scheme \(scheme) is not supported")
        }
        guard var parameters = algorithm.readSequence(), var derivation = parameters.readSequence(),
            var encryption = parameters.readSequence(),
            let cipherName = encryption.readObjectIdentifier()
        else { throw malformed }
        guard let cipher = KeyCipher(objectIdentifier: cipherName) else {
            throw .unsupported("the cipher \(name(ofCipher: cipherName)) is not supported")
        }
        guard let iv = encryption.read(.octetString), iv.count == KeyCipher.blockSize else {
            throw malformed
        }
        let key = try derive(&derivation, passphrase: passphrase, count: cipher.keySize)
        guard let opened = cipher.decryptPadded(sealed, key: key, iv: iv) else {
            throw .wrongPassphrase
        }
        return opened
    }

    private static func derive(
        _ derivation: inout DERReader, passphrase: [UInt8], count: Int
    ) throws(KeyFileProblem) -> [UInt8] {
        let malformed = KeyFileProblem.malformed("its key derivation cannot be read")
        guard let function = derivation.readObjectIdentifier() else { throw malformed }
        guard function == "1.2.840.113549.1.5.12" else {
            let name = name(ofDerivation: function)
            throw .unsupported("the key derivation \(name) is not supported")
        }
        guard var parameters = derivation.readSequence(), let salt = parameters.read(.octetString),
            let iterations = parameters.readSmallInteger(),
            (1...mostIterations).contains(iterations)
        else { throw malformed }
        if parameters.peek(.integer) {
            guard parameters.readSmallInteger() == count else { throw malformed }
        }
        var hash = "1.2.840.113549.2.7"  // hmacWithSHA1 is the default (RFC 8018 A.2)
        if !parameters.isAtEnd {
            guard var prf = parameters.readSequence(), let name = prf.readObjectIdentifier() else {
                throw malformed
            }
            hash = name
        }
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: passphrase, salt: salt, using: hashFunction(hash), outputByteCount: count,
            unsafeUncheckedRounds: iterations)
        guard let key else { throw malformed }
        return key.withUnsafeBytes { Array($0) }
    }

    private static func hashFunction(
        _ objectIdentifier: String
    ) throws(KeyFileProblem) -> KDF.Insecure.PBKDF2.HashFunction {
        switch objectIdentifier {
        case "1.2.840.113549.2.7": .insecureSHA1
        case "1.2.840.113549.2.9": .sha256
        case "1.2.840.113549.2.10": .sha384
        case "1.2.840.113549.2.11": .sha512
        default: throw .unsupported("the hash \(objectIdentifier) is not supported")
        }
    }

    /// OpenSSL's EVP_BytesToKey(3) with MD5 and one round: hash upon hash, each over the one before.
    private static func bytesToKey(
        _ passphrase: [UInt8], salt: some Sequence<UInt8>, count: Int
    ) -> [UInt8] {
        var key: [UInt8] = []
        var last: [UInt8] = []
        while key.count < count {
            last = Array(Insecure.MD5.hash(data: last + passphrase + salt))
            key += last
        }
        return Array(key.prefix(count))
    }

    private static func name(ofCipher identifier: String) -> String {
        identifier == "1.2.840.113549.3.7" ? "DES-EDE3-CBC" : identifier
    }

    private static func name(ofDerivation identifier: String) -> String {
        identifier == "1.3.6.1.4.1.11591.4.11" ? "scrypt" : identifier
    }

    private static func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
