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

        fileprivate var index: Int {
            (onlcr ? 1 : 0) + (repairs ? 2 : 0)
        }
    }

    /// Escapes bytes into `target`, which has room for `expansion` times as many plus `slack`.
    ///
    /// Returns how many bytes were written. Without `repairs` the bytes must be valid UTF-8.
    static func escape(
        _ source: UnsafeRawBufferPointer, _ rules: Rules, into target: UnsafeMutableRawPointer
    ) -> Int {
        guard let base = source.baseAddress else { return 0 }
        return tables[rules.index].withUnsafeBufferPointer { table in
            var from = 0
            var to = 0
            while from < source.count {
                // Where bytes are invalid hardly eight in a row are plain: not worth the look.
                if !rules.repairs, from + 8 <= source.count {
                    let word = base.loadUnaligned(fromByteOffset: from, as: UInt64.self)
                    target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
                    let marks = escapeMarks(in: word).littleEndian
                    let plain = marks == 0 ? 8 : marks.trailingZeroBitCount / 8
                    from += plain
                    to += plain
                    if plain == 8 { continue }
                }
                let escaped = table[Int(source[from])]
                target.storeBytes(of: escaped.text, toByteOffset: to, as: UInt64.self)
                to += escaped.count
                from += 1
                guard escaped.count == 0 else { continue }
                // A lead byte that nothing follows up is by far the most frequent case.
                let isAlone = from == source.count || source[from] & 0xc0 != 0x80
                let sequence = isAlone ? nil : UTF8Bytes.Sequence(in: source, at: from - 1)
                if let sequence, sequence.isValid {
                    copy(base + (from - 1), sequence.length, to: target + to)
                    to += sequence.length
                } else {
                    let replacement = table[Int(alwaysInvalid)]
                    target.storeBytes(of: replacement.text, toByteOffset: to, as: UInt64.self)
                    to += replacement.count
                }
                if let sequence { from += sequence.length - 1 }
            }
            return to
        }
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

    private static func copy(
        _ bytes: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer
    ) {
        for place in 0..<count {
            let byte = bytes.load(fromByteOffset: place, as: UInt8.self)
            target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        }
    }

    // MARK: - Tables

    /// What stands for one byte: up to eight bytes in the order of memory, and how many they are.
    private struct Escaped {
        let text: UInt64
        let count: Int

        init(_ characters: String) {
            count = characters.utf8.count
            text = characters.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }.littleEndian
        }

        init(byte: UInt8) {
            text = UInt64(byte).littleEndian
            count = 1
        }
    }

    /// A byte that UTF-8 has no use for, and whose place in the table says what stands for such.
    private static var alwaysInvalid: UInt8 { 0xff }

    /// One table for each of the rules, by `Rules.index`.
    private static let tables: [[Escaped]] = [
        Rules(), Rules(onlcr: true), Rules(repairs: true), Rules(onlcr: true, repairs: true),
    ].map { rules in (0...0xff).map { escaped($0, rules) } }

    private static func escaped(_ byte: UInt8, _ rules: Rules) -> Escaped {
        switch byte {
        case 0x0a: Escaped(rules.onlcr ? #"\r\n"# : #"\n"#)
        case 0x0d: Escaped(#"\r"#)
        case 0x09: Escaped(#"\t"#)
        case 0x08: Escaped(#"\b"#)
        case 0x0c: Escaped(#"\f"#)
        case 0x22: Escaped(#"\""#)
        case 0x5c: Escaped(#"\\"#)
        case 0..<0x10: Escaped(#"\u000"# + String(byte, radix: 16))
        case 0x10..<0x20: Escaped(#"\u00"# + String(byte, radix: 16))
        // What can begin a code point takes a closer look, what cannot is invalid on its own.
        case 0xc2...0xf4 where rules.repairs: Escaped("")
        case 0x80...alwaysInvalid where rules.repairs: Escaped(#"\ufffd"#)
        default: Escaped(byte: byte)
        }
    }
}
