/// Reads the data types of RFC 4251 §5 from foreign bytes; nil means truncated or malformed, never a trap.
///
/// After a nil the position is undefined, so a reader that failed is not read further.
package struct WireReader: Sendable {
    /// OpenSSH's bound for one number: 16384 bits and the sign (sshbuf.h, SSHBUF_MAX_BIGNUM).
    static let largestInteger = 16384 / 8 + 1

    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var remaining: Int { bytes.count - position }

    package var isAtEnd: Bool { remaining == 0 }

    package mutating func readBytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    package mutating func readByte() -> UInt8? {
        guard remaining > 0 else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func readUInt32() -> UInt32? {
        guard let four = readBytes(4) else { return nil }
        return four.reduce(0) { $0 << 8 | UInt32($1) }
    }

    package mutating func readString() -> [UInt8]? {
        guard let count = readUInt32(), count <= remaining else { return nil }
        return readBytes(Int(count))
    }

    /// An algorithm or key type name: 1 to 64 printable ASCII characters, no comma or space (RFC 4251 §6).
    package mutating func readName() -> String? {
        guard let text = readString(), (1...64).contains(text.count) else { return nil }
        guard text.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }) else {
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The magnitude of an `mpint` that is not negative, big-endian, without leading zeros.
    package mutating func readUnsignedInteger() -> [UInt8]? {
        guard let number = readString(), number.count <= Self.largestInteger else { return nil }
        if let first = number.first, first & 0x80 != 0 { return nil }
        return Array(number.drop { $0 == 0 })
    }
}

/// Writes the data types of RFC 4251 §5.
package struct WireWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func raw(_ more: some Sequence<UInt8>) {
        bytes += more
    }

    package mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    package mutating func uint32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The caller's bytes are ours, far below the 4 GiB that the length can say.
    package mutating func string(_ text: some Collection<UInt8>) {
        uint32(UInt32(clamping: text.count))
        bytes += text
    }

    /// Writes a magnitude as `mpint`: no leading zeros, a zero byte ahead of a high bit.
    package mutating func unsignedInteger(_ magnitude: some Collection<UInt8>) {
        let digits = Array(magnitude.drop { $0 == 0 })
        let needsSign = digits.first.map { $0 & 0x80 != 0 } ?? false
        string(needsSign ? [0] + digits : digits)
    }
}
