/// Base 64 with padding (RFC 4648 section 4), over buffers.
enum Base64 {
    static func encodedCount(of count: Int) -> Int {
        (count + 2) / 3 * 4
    }

    /// Encodes into `target`, which has room for `encodedCount(of:)`.
    static func encode(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
        alphabet.withUnsafeBufferPointer { alphabet in
            var from = 0
            var to = 0
            while from + 3 <= source.count {
                let bits =
                    UInt32(source[from]) << 16 | UInt32(source[from + 1]) << 8
                    | UInt32(source[from + 2])
                let characters =
                    UInt32(alphabet[Int(bits >> 18)])
                    | UInt32(alphabet[Int(bits >> 12 & 63)]) << 8
                    | UInt32(alphabet[Int(bits >> 6 & 63)]) << 16
                    | UInt32(alphabet[Int(bits & 63)]) << 24
                target.storeBytes(of: characters.littleEndian, toByteOffset: to, as: UInt32.self)
                from += 3
                to += 4
            }
            let rest = source.count - from
            guard rest > 0 else { return }
            let bits = UInt32(source[from]) << 16 | (rest == 2 ? UInt32(source[from + 1]) << 8 : 0)
            let characters =
                UInt32(alphabet[Int(bits >> 18)])
                | UInt32(alphabet[Int(bits >> 12 & 63)]) << 8
                | UInt32(rest == 2 ? alphabet[Int(bits >> 6 & 63)] : padding) << 16
                | UInt32(padding) << 24
            target.storeBytes(of: characters.littleEndian, toByteOffset: to, as: UInt32.self)
        }
    }

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: encodedCount(of: bytes.count)) { target, count in
            count = encodedCount(of: bytes.count)
            guard let start = target.baseAddress else { return }
            bytes.withUnsafeBytes { encode($0, into: start) }
        }
    }

    /// The bytes of a text; nil where it is not base 64 with its padding.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let paddings = text.suffix(2) == [padding, padding] ? 2 : text.last == padding ? 1 : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (place, character) in text.dropLast(paddings).enumerated() {
            let digit = digits[Int(character)]
            guard digit < 64 else { return nil }
            bits = bits << 6 | UInt32(digit)
            if place % 4 > 0 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - place % 4 * 2)))
            }
        }
        return bytes
    }

    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() {
            digits[Int(character)] = UInt8(value)
        }
        return digits
    }()
}
