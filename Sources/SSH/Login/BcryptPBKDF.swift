import Crypto

/// OpenBSD's bcrypt_pbkdf: PBKDF2 over a bcrypt made of SHA-512 hashes (bcrypt_pbkdf(3)).
enum BcryptPBKDF {
    private static let hashSize = 32
    private static let magic = Array("OxychromaticBlowfishSwatDynamite".utf8)

    /// Derives a key; nil for an empty passphrase or salt, or no rounds, which the original refuses too.
    ///
    /// The bytes of the rounds' results are not laid end to end but dealt out in turn, so that each part
    /// of the key costs the whole computation.
    static func deriveKey(
        passphrase: [UInt8], salt: [UInt8], rounds: Int, count: Int
    ) -> [UInt8]? {
        guard !passphrase.isEmpty, !salt.isEmpty, rounds > 0, (1...1024).contains(count) else {
            return nil
        }
        let cipher = Blowfish()
        let secret = words(Array(SHA512.hash(data: passphrase)))
        let stride = (count + hashSize - 1) / hashSize
        var key = [UInt8](repeating: 0, count: count)
        for block in 0..<stride {
            var counter = WireWriter()
            counter.uint32(UInt32(block + 1))
            var output = hash(secret, salt: salt + counter.bytes, cipher)
            var mixed = output
            for _ in 1..<rounds {
                output = hash(secret, salt: output, cipher)
                for index in mixed.indices { mixed[index] ^= output[index] }
            }
            for (index, byte) in mixed.enumerated() {
                let place = index * stride + block
                if place < count { key[place] = byte }
            }
        }
        return key
    }

    /// One bcrypt with cost 6: the state is scheduled 64 times, the magic text enciphered 64 times.
    private static func hash(
        _ secret: [Int], salt: [UInt8], _ cipher: borrowing Blowfish
    ) -> [UInt8] {
        let salt = words(Array(SHA512.hash(data: salt)))
        cipher.reset()
        cipher.expand(key: secret, salt: salt)
        for _ in 0..<64 {
            cipher.expand(key: salt)
            cipher.expand(key: secret)
        }
        var text = words(magic)
        for _ in 0..<64 { cipher.encipher(&text) }
        // Read big-endian, written little-endian: so the original has it.
        return text.flatMap { word in
            [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    private static func words(_ bytes: [UInt8]) -> [Int] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }
}
