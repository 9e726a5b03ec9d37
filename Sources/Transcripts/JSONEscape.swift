/// The inside of a JSON string, written eight bytes at a time where nothing needs escaping.
enum JSONEscape {
    /// How many bytes one byte may become at most: `\u001b`, or `\ufffd` for an invalid one.
    static let expansion = 6

    /// What may be written past the end of the result.
    static let slack = 8

    /// How the bytes are to be read.
    struct Rules {
        /// Line feeds become `\r\n`.
        var onlcr = false
        /// The bytes may be invalid UTF-8, and U+FFFD takes the place of what is.
        var repairs = false
    }

    /// Escapes bytes into `target`, which has room for `expansion` times as many plus `slack`.
    ///
    /// Returns how many bytes were written. Without `repairs` the bytes must be valid UTF-8.
    static func escape(
        _ source: UnsafeRawBufferPointer, _ rules: Rules, into target: UnsafeMutableRawPointer
    ) -> Int {
        guard let base = source.baseAddress else { return 0 }
        let special = rules.repairs ? UTF8Bytes.highBits : 0
        var from = 0
        var to = 0
        while from < source.count {
            if from + 8 <= source.count {
                let word = base.loadUnaligned(fromByteOffset: from, as: UInt64.self)
                target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
                let marks = escapeMarks(in: word) | (word & special)
                let plain = marks == 0 ? 8 : marks.littleEndian.trailingZeroBitCount / 8
                from += plain
                to += plain
                if plain == 8 { continue }
            }
            let byte = source[from]
            if byte >= 0x80 && rules.repairs {
                let sequence = UTF8Bytes.Sequence(in: source, at: from)
                if sequence.isValid {
                    target.advanced(by: to).copyMemory(
                        from: base + from, byteCount: sequence.length)
                    to += sequence.length
                } else {
                    to += put(replacement, at: target + to)
                }
                from += sequence.length
            } else {
                to += put(byte, rules, at: target + to)
                from += 1
            }
        }
        return to
    }

    /// Text with its special characters escaped, for small things.
    static func escaped(_ text: String) -> ArraySlice<UInt8> {
        var text = text
        return text.withUTF8 { bytes in
            var room = [UInt8](repeating: 0, count: bytes.count * expansion + slack)
            let count = room.withUnsafeMutableBytes { room in
                room.baseAddress.map { escape(UnsafeRawBufferPointer(bytes), Rules(), into: $0) }
            }
            return room.prefix(count ?? 0)
        }
    }

    /// The high bit of each byte that is a control character, a quote or a backslash.
    ///
    /// Marks above the first true one may be wrong (the borrow runs upwards), the first never is.
    private static func escapeMarks(in word: UInt64) -> UInt64 {
        let quote = word ^ (0x22 * ones)
        let backslash = word ^ (0x5c * ones)
        let control = (word &- 0x20 * ones) & ~word
        return (control | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash))
            & UTF8Bytes.highBits
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    private static func put(
        _ byte: UInt8, _ rules: Rules, at target: UnsafeMutableRawPointer
    ) -> Int {
        switch byte {
        case 0x0a: put(rules.onlcr ? #"\r\n"# : #"\n"#, at: target)
        case 0x0d: put(#"\r"#, at: target)
        case 0x09: put(#"\t"#, at: target)
        case 0x08: put(#"\b"#, at: target)
        case 0x0c: put(#"\f"#, at: target)
        case 0x22: put(#"\""#, at: target)
        case 0x5c: put(#"\\"#, at: target)
        case 0..<0x20:
            put(#"\u00"#, at: target) + put(hexadecimal(byte), at: target + 4)
        default: put(byte, at: target)
        }
    }

    private static func put(_ text: StaticString, at target: UnsafeMutableRawPointer) -> Int {
        target.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    private static func put<Value: BitwiseCopyable>(
        _ value: Value, at target: UnsafeMutableRawPointer
    ) -> Int {
        target.storeBytes(of: value, as: Value.self)
        return MemoryLayout<Value>.size
    }

    private static let replacement: StaticString = #"\ufffd"#

    /// The two digits of a control character, in the order they are written.
    private static func hexadecimal(_ byte: UInt8) -> UInt16 {
        let low = byte & 15
        let digit = low < 10 ? 0x30 + low : 0x61 - 10 + low
        return (UInt16(0x30 + byte >> 4) | UInt16(digit) << 8).littleEndian
    }
}
