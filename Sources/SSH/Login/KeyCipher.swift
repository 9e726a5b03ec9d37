import Crypto
import CryptoExtras

/// The AES that private key files are encrypted with, under the names that the formats give it.
struct KeyCipher: Sendable, Equatable {
    enum Mode: Sendable { case cbc, ctr }

    static let blockSize = 16

    let mode: Mode
    /// 16, 24 or 32 bytes.
    let keySize: Int

    /// OpenSSH's name, `aes256-ctr`; nil for a cipher that is not supported.
    init?(openSSHName name: String) {
        switch name {
        case "aes128-ctr": self.init(.ctr, 16)
        case "aes192-ctr": self.init(.ctr, 24)
        case "aes256-ctr": self.init(.ctr, 32)
        case "aes128-cbc": self.init(.cbc, 16)
        case "aes192-cbc": self.init(.cbc, 24)
        case "aes256-cbc": self.init(.cbc, 32)
        default: return nil
        }
    }

    /// The name in a PEM file's `DEK-Info`, `AES-128-CBC` (RFC 1421 §4.6.1.3, OpenSSL's names).
    init?(pemName name: some StringProtocol) {
        switch name.uppercased() {
        case "AES-128-CBC": self.init(.cbc, 16)
        case "AES-192-CBC": self.init(.cbc, 24)
        case "AES-256-CBC": self.init(.cbc, 32)
        default: return nil
        }
    }

    /// The object identifier of PKCS#5's schemes (RFC 8018 B.2.5, NIST's arc 2.16.840.1.101.3.4.1).
    init?(objectIdentifier: String) {
        switch objectIdentifier {
        case "2.16.840.1.101.3.4.1.2": self.init(.cbc, 16)
        case "2.16.840.1.101.3.4.1.22": self.init(.cbc, 24)
        case "2.16.840.1.101.3.4.1.42": self.init(.cbc, 32)
        default: return nil
        }
    }

    private init(_ mode: Mode, _ keySize: Int) {
        self.mode = mode
        self.keySize = keySize
    }

    /// Decrypts whole blocks and leaves the padding in place; nil where the sizes do not fit.
    func decrypt(_ sealed: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8]? {
        guard key.count == keySize, iv.count == Self.blockSize, !sealed.isEmpty,
            sealed.count.isMultiple(of: Self.blockSize)
        else { return nil }
        let key = SymmetricKey(data: key)
        switch mode {
        case .cbc:
            guard let iv = try? AES._CBC.IV(ivBytes: iv) else { return nil }
            let opened = try? AES._CBC.decrypt(sealed, using: key, iv: iv, noPadding: true)
            return opened.map { Array($0) }
        case .ctr:
            guard let nonce = try? AES._CTR.Nonce(nonceBytes: iv) else { return nil }
            return (try? AES._CTR.decrypt(sealed, using: key, nonce: nonce)).map { Array($0) }
        }
    }

    /// Decrypts and takes off the padding of RFC 5652 §6.3; nil too where the padding is none.
    func decryptPadded(_ sealed: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8]? {
        guard let opened = decrypt(sealed, key: key, iv: iv), let last = opened.last else {
            return nil
        }
        let count = Int(last)
        guard (1...Self.blockSize).contains(count),
            opened.suffix(count).allSatisfy({ $0 == last })
        else { return nil }
        return opened.dropLast(count)
    }
}
