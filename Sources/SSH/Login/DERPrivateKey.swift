/// The private keys of PEM files: PKCS#1, SEC 1 and PKCS#8, from decrypted DER.
enum DERPrivateKey {
    private static let curves = [
        "1.2.840.10045.3.1.7": "nistp256",
        "1.3.132.0.34": "nistp384",
        "1.3.132.0.35": "nistp521",
    ]

    /// `RSAPrivateKey` (RFC 8017 A.1.2).
    static func rsa(_ der: [UInt8]) throws(KeyFileProblem) -> PrivateKey {
        var outer = DERReader(der)
        guard var fields = outer.readSequence(), fields.readSmallInteger() == 0,
            let modulus = fields.readUnsignedInteger(),
            let publicExponent = fields.readUnsignedInteger(),
            let privateExponent = fields.readUnsignedInteger(),
            let first = fields.readUnsignedInteger(), let second = fields.readUnsignedInteger()
        else { throw .malformed("its RSA key cannot be read") }
        return try checked(
            PrivateKey.RSANumbers(
                modulus: modulus, publicExponent: publicExponent, privateExponent: privateExponent,
                primes: (first, second)))
    }

    /// Makes the key, or says what is wrong with its numbers.
    static func checked(
        _ numbers: PrivateKey.RSANumbers, comment: String = ""
    ) throws(KeyFileProblem) -> PrivateKey {
        guard numbers.modulus.count >= PrivateKey.smallestRSAModulus else {
            throw .unsupported("RSA keys of less than 2048 bits are not supported")
        }
        guard let key = PrivateKey.rsa(numbers, comment: comment) else {
            throw .malformed("the numbers of its RSA key do not belong together")
        }
        return key
    }

    /// `ECPrivateKey` (RFC 5915 §3); PKCS#8 names the curve outside, in `curve`.
    static func ec(
        _ der: [UInt8], curve outerCurve: String? = nil
    ) throws(KeyFileProblem) -> PrivateKey {
        var outer = DERReader(der)
        guard var fields = outer.readSequence(), fields.readSmallInteger() == 1,
            let scalar = fields.read(.octetString), scalar.count <= 66
        else { throw .malformed("its EC key cannot be read") }
        var identifier = outerCurve
        if fields.peek(.context0), let parameters = fields.read(.context0) {
            var reader = DERReader(parameters)
            identifier = reader.readObjectIdentifier() ?? identifier
        }
        guard let identifier else { throw .malformed("its EC key names no curve") }
        guard let curve = curves[identifier] else {
            throw .unsupported("the curve \(identifier) is not supported")
        }
        guard let key = PrivateKey.ecdsa(curve: curve, scalar: scalar) else {
            throw .malformed("its EC key is none of the curve's")
        }
        return key
    }

    /// `PrivateKeyInfo` (RFC 5958 §2) with an RSA, EC or Ed25519 key in it.
    static func pkcs8(_ der: [UInt8]) throws(KeyFileProblem) -> PrivateKey {
        var outer = DERReader(der)
        guard var fields = outer.readSequence(), fields.readSmallInteger() != nil,
            var algorithm = fields.readSequence(),
            let identifier = algorithm.readObjectIdentifier(),
            let contents = fields.read(.octetString)
        else { throw .malformed("its PKCS#8 structure cannot be read") }
        switch identifier {
        case "1.2.840.113549.1.1.1":
            return try rsa(contents)
        case "1.2.840.10045.2.1":
            return try ec(contents, curve: algorithm.readObjectIdentifier())
        case "1.3.101.112":
            var inner = DERReader(contents)
            guard let seed = inner.read(.octetString), let key = PrivateKey.ed25519(seed: seed)
            else { throw .malformed("its Ed25519 key cannot be read") }
            return key
        default:
            throw .unsupported("keys of type \(identifier) are not supported")
        }
    }
}
