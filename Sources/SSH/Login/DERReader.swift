/// Reads the few DER forms that private keys are made of (X.690); nil means truncated or malformed.
struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case octetString = 0x04
        case objectIdentifier = 0x06
        case sequence = 0x30
        /// `[0]`, constructed: an optional field in front of others.
        case context0 = 0xA0
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    func peek(_ tag: Tag) -> Bool {
        position < bytes.count && bytes[position] == tag.rawValue
    }

    /// The contents of the next value, which has to have this tag.
    mutating func read(_ tag: Tag) -> [UInt8]? {
        guard peek(tag) else { return nil }
        position += 1
        guard let count = readLength(), count <= bytes.count - position else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func readSequence() -> DERReader? {
        read(.sequence).map { DERReader($0) }
    }

    /// A number that is not negative, without leading zeros.
    mutating func readUnsignedInteger() -> [UInt8]? {
        guard let number = read(.integer), let first = number.first, first & 0x80 == 0 else {
            return nil
        }
        return Array(number.drop { $0 == 0 })
    }

    /// A number from 0 to 2³¹ - 1.
    mutating func readSmallInteger() -> Int? {
        guard let number = readUnsignedInteger(), number.count <= 4 else { return nil }
        let value = number.reduce(0) { $0 << 8 | Int($1) }
        return value <= Int(Int32.max) ? value : nil
    }

    /// An object identifier in dotted form (X.690 §8.19).
    mutating func readObjectIdentifier() -> String? {
        guard let contents = read(.objectIdentifier), (1...64).contains(contents.count) else {
            return nil
        }
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        var isComplete = true
        for byte in contents {
            guard arc >> 56 == 0 else { return nil }
            arc = arc << 7 | UInt64(byte & 0x7F)
            isComplete = byte & 0x80 == 0
            guard isComplete else { continue }
            arcs.append(arc)
            arc = 0
        }
        guard isComplete, let first = arcs.first else { return nil }
        // The first two arcs share a number: 40 times the first, which is at most 2, and the second.
        let root = min(first / 40, 2)
        let all = [root, first - 40 * root] + arcs.dropFirst()
        return all.map(String.init).joined(separator: ".")
    }

    private mutating func readLength() -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        position += 1
        if first < 0x80 { return Int(first) }
        // 0x80 is BER's indefinite length; more than four bytes is more than any key.
        let count = Int(first & 0x7F)
        guard (1...4).contains(count), count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
    }
}
