/// UTF-8 seen as bytes (RFC 3629): which ones are valid, and where a code point is unfinished.
package enum UTF8Bytes {
    /// Whether all the bytes are whole, valid code points.
    static func areValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var position = 0
        while position < bytes.count {
            if position + 8 <= bytes.count,
                base.loadUnaligned(fromByteOffset: position, as: UInt64.self) & highBits == 0
            {
                position += 8
            } else if bytes[position] < 0x80 {
                position += 1
            } else {
                let sequence = Sequence(in: bytes, at: position)
                guard sequence.isValid else { return false }
                position += sequence.length
            }
        }
        return true
    }

    static func areValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { areValid($0) }
    }

    /// How many bytes at the end begin a code point that the next bytes may still finish: 0 to 3.
    package static func unfinishedSuffix(of bytes: UnsafeRawBufferPointer) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xc0 == 0x80 { continue }
            guard lead >= 0xc2 else { return 0 }
            let sequence = Sequence(in: bytes, at: bytes.count - length)
            return !sequence.isValid && sequence.isCutShort ? length : 0
        }
        return 0
    }

    /// One byte sequence that begins with a byte of 0x80 or more.
    struct Sequence {
        /// Bytes of the code point, or of the maximal subpart that one U+FFFD stands for
        /// (The Unicode Standard, section 3.9).
        let length: Int
        let isValid: Bool
        /// Whether nothing was wrong up to the end of the bytes.
        let isCutShort: Bool

        init(in bytes: UnsafeRawBufferPointer, at position: Int) {
            let lead = bytes[position]
            let expected: Int
            var second: ClosedRange<UInt8> = 0x80...0xbf
            switch lead {
            case 0xc2...0xdf: expected = 2
            case 0xe0: (expected, second) = (3, 0xa0...0xbf)
            case 0xed: (expected, second) = (3, 0x80...0x9f)
            case 0xe1...0xef: expected = 3
            case 0xf0: (expected, second) = (4, 0x90...0xbf)
            case 0xf1...0xf3: expected = 4
            case 0xf4: (expected, second) = (4, 0x80...0x8f)
            default:
                (length, isValid, isCutShort) = (1, false, false)
                return
            }
            var good = 1
            while good < expected, position + good < bytes.count {
                let byte = bytes[position + good]
                guard good == 1 ? second.contains(byte) : byte & 0xc0 == 0x80 else { break }
                good += 1
            }
            length = good
            isValid = good == expected
            isCutShort = position + good == bytes.count
        }
    }

    /// The bit that sets each of eight bytes apart from ASCII.
    static let highBits: UInt64 = 0x8080_8080_8080_8080
}
