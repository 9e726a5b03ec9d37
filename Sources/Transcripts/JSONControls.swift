/// Makes JSON fit to be printed on a terminal.
///
/// JSON escapes the controls below U+0020 by itself. Terminals also obey U+0080 to U+009F, and what turns
/// the direction of text makes it read as another one: all of that is written as `\u009b`, which means
/// the same to those who parse it.
package enum JSONControls {
    /// The same JSON, with such characters escaped; outside of strings it has none.
    package static func escaped(_ json: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(json)
        let first: Set<UInt8> = [0x7f, 0xc2, 0xe2]
        guard bytes.contains(where: { first.contains($0) }) else { return bytes }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count + 64)
        var place = 0
        while place < bytes.count {
            if let (value, length) = control(in: bytes, at: place) {
                let digits = String(value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.count)
                escaped += Array("\\u\(zeros)\(digits)".utf8)
                place += length
            } else {
                escaped.append(bytes[place])
                place += 1
            }
        }
        return escaped
    }

    /// The character at a place and its length in bytes, where it has to be escaped.
    private static func control(in bytes: [UInt8], at place: Int) -> (value: UInt32, length: Int)? {
        switch bytes[place] {
        case 0x7f: return (0x7f, 1)
        case 0xc2:
            guard place + 1 < bytes.count, (0x80...0x9f).contains(bytes[place + 1]) else {
                return nil
            }
            return (UInt32(bytes[place + 1]), 2)
        case 0xe2:
            guard place + 2 < bytes.count else { return nil }
            let value =
                0x2000 | UInt32(bytes[place + 1] & 0x3f) << 6 | UInt32(bytes[place + 2] & 0x3f)
            // Line and paragraph separator, embeddings and overrides, isolates.
            let isControl = (0x2028...0x202e).contains(value) || (0x2066...0x2069).contains(value)
            return isControl ? (value, 3) : nil
        default: return nil
        }
    }
}
