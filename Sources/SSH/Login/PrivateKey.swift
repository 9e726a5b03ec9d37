import Crypto
import CryptoExtras

/// A private key that can sign; what it is made of shows in no description.
package struct PrivateKey: Sendable {
    private enum Material: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    /// swift-crypto refuses smaller RSA keys, and so does a careful sshd.
    static let smallestRSAModulus = 2048 / 8

    private let material: Material
    package let publicKey: PublicKey

    /// Signs data and returns the inner signature, without the algorithm's name around it.
    ///
    /// The bytes are those of RFC 8709 §6 (ed25519) and RFC 8332 §3 (RSA), raw, and `mpint r`,
    /// `mpint s` of RFC 5656 §3.1.2 (ECDSA). Throws `unsupported` where the key makes no such signature.
    package func sign(_ data: [UInt8], algorithm: String) throws(SSHError) -> [UInt8] {
        guard let known = SignatureAlgorithm(rawValue: algorithm), known.keyType == publicKey.type
        else {
            throw SSHError(
                .unsupported, "cannot sign with a key of type \(publicKey.type)",
                underlying: "it makes no signature \"\(cleaned(algorithm.utf8))\"")
        }
        do {
            switch material {
            case .ed25519(let key): return Array(try key.signature(for: data))
            case .p256(let key): return Self.encoded(try key.signature(for: data).rawRepresentation)
            case .p384(let key): return Self.encoded(try key.signature(for: data).rawRepresentation)
            case .p521(let key): return Self.encoded(try key.signature(for: data).rawRepresentation)
            case .rsa(let key): return try Self.sign(data, with: key, known)
            }
        } catch {
            // The library's errors are bare numbers; none of them can be met by a key that was checked.
            throw SSHError(
                .identity, "cannot sign with a key of type \(publicKey.type)",
                underlying: "the cryptographic library refused")
        }
    }

    private static func sign(
        _ data: [UInt8], with key: _RSA.Signing.PrivateKey, _ algorithm: SignatureAlgorithm
    ) throws -> [UInt8] {
        let padding = _RSA.Signing.Padding.insecurePKCS1v1_5
        let signature =
            algorithm == .rsaSHA512
            ? try key.signature(for: SHA512.hash(data: data), padding: padding)
            : try key.signature(for: SHA256.hash(data: data), padding: padding)
        return Array(signature.rawRepresentation)
    }

    /// Two numbers of equal width, one after the other, as two `mpint`.
    private static func encoded(_ pair: some Collection<UInt8>) -> [UInt8] {
        var writer = WireWriter()
        writer.unsignedInteger(pair.prefix(pair.count / 2))
        writer.unsignedInteger(pair.suffix(pair.count / 2))
        return writer.bytes
    }
}

// MARK: - Made from numbers

extension PrivateKey {
    /// The bytes of an ed25519 key's seed (RFC 8032 §5.1.5), 32 of them; nil for any other count.
    static func ed25519(seed: [UInt8], comment: String = "") -> PrivateKey? {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            return nil
        }
        var blob = WireWriter()
        blob.string("ssh-ed25519".utf8)
        blob.string(Array(key.publicKey.rawRepresentation))
        return PrivateKey(.ed25519(key), blob: blob, comment: comment)
    }

    /// A key on `nistp256`, `nistp384` or `nistp521`; nil where the scalar is none of the curve's.
    static func ecdsa(curve: String, scalar: [UInt8], comment: String = "") -> PrivateKey? {
        let digits = scalar.drop { $0 == 0 }
        let padded = { (width: Int) in
            [UInt8](repeating: 0, count: max(0, width - digits.count)) + digits
        }
        let material: Material
        let point: [UInt8]
        switch curve {
        case "nistp256":
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: padded(32)) else {
                return nil
            }
            (material, point) = (.p256(key), Array(key.publicKey.x963Representation))
        case "nistp384":
            guard let key = try? P384.Signing.PrivateKey(rawRepresentation: padded(48)) else {
                return nil
            }
            (material, point) = (.p384(key), Array(key.publicKey.x963Representation))
        case "nistp521":
            guard let key = try? P521.Signing.PrivateKey(rawRepresentation: padded(66)) else {
                return nil
            }
            (material, point) = (.p521(key), Array(key.publicKey.x963Representation))
        default:
            return nil
        }
        var blob = WireWriter()
        blob.string("ecdsa-sha2-\(curve)".utf8)
        blob.string(curve.utf8)
        blob.string(point)
        return PrivateKey(material, blob: blob, comment: comment)
    }

    /// The numbers of an RSA key, big-endian without leading zeros.
    struct RSANumbers {
        let modulus: [UInt8]
        let publicExponent: [UInt8]
        let privateExponent: [UInt8]
        let primes: ([UInt8], [UInt8])
    }

    /// A key from its numbers; nil where they do not belong together.
    static func rsa(_ numbers: RSANumbers, comment: String = "") -> PrivateKey? {
        let all = [
            numbers.modulus, numbers.publicExponent, numbers.privateExponent, numbers.primes.0,
            numbers.primes.1,
        ]
        // The library computes with these before it checks them: only odd numbers above 1 go in.
        let isPlausible = all.allSatisfy { number in
            guard let last = number.last, number.count <= WireReader.largestInteger else {
                return false
            }
            return last & 1 == 1 && (number.count > 1 || last > 1)
        }
        guard isPlausible, numbers.modulus.count >= smallestRSAModulus else { return nil }
        let key = try? _RSA.Signing.PrivateKey(
            n: numbers.modulus, e: numbers.publicExponent, d: numbers.privateExponent,
            p: numbers.primes.0, q: numbers.primes.1)
        guard let key else { return nil }
        var blob = WireWriter()
        blob.string("ssh-rsa".utf8)
        blob.unsignedInteger(numbers.publicExponent)
        blob.unsignedInteger(numbers.modulus)
        return PrivateKey(.rsa(key), blob: blob, comment: comment)
    }

    private init?(_ material: Material, blob: WireWriter, comment: String) {
        guard let publicKey = PublicKey(blob: blob.bytes, comment: comment) else { return nil }
        self.material = material
        self.publicKey = publicKey
    }
}

// MARK: - Descriptions

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "private key of \(publicKey.fingerprint)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
