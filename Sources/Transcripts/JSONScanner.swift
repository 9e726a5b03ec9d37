#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The tokens of JSON over bytes that somebody else keeps alive.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool {
        position == bytes.count
    }

    var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    /// Takes the token if it comes next.
    mutating func take(_ token: StaticString) -> Bool {
        let count = token.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[position + offset] != token.utf8Start[offset] {
            return false
        }
        position += count
        return true
    }

    mutating func number() -> Double? {
        let start = position
        while let byte = peek, numeric.contains(byte) { position += 1 }
        guard position > start, bytes[start] != UInt8(ascii: "+") else { return nil }
        return Double(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// A string's text in UTF-8; nil for a lone surrogate, a control character or invalid UTF-8.
    mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        // No escape is shorter than what it stands for, so the rest of the bytes is room enough.
        guard let end = endOfString() else { return nil }
        var isSound = true
        let text = [UInt8](unsafeUninitializedCapacity: end - position) { room, count in
            while isSound, position < end {
                isSound = copyRun(to: end, into: room, &count)
                guard position < end else { break }
                position += 1
                isSound = isSound && unescape(into: room, &count)
            }
        }
        guard isSound, position == end, UTF8Bytes.areValid(text) else { return nil }
        position += 1
        return text
    }

    /// Copies what comes before the next backslash; false if a control character is in it.
    private mutating func copyRun(
        to end: Int, into room: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) -> Bool {
        guard let base = bytes.baseAddress, let target = room.baseAddress else { return false }
        let backslash = memchr(base + position, 0x5c, end - position)
        let length = (backslash.map { UnsafeRawPointer($0) - base } ?? end) - position
        memcpy(target + count, base + position, length)
        let run = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        position += length
        count += length
        return !run.contains { $0 < 0x20 }
    }

    /// Where the closing quote is: the first one with an even number of backslashes before it.
    private func endOfString() -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var from = position
        while from < bytes.count,
            let quote = memchr(base + from, 0x22, bytes.count - from)
        {
            let place = UnsafeRawPointer(quote) - base
            let backslashes = bytes[position..<place].reversed().prefix { $0 == 0x5c }.count
            if backslashes.isMultiple(of: 2) { return place }
            from = place + 1
        }
        return nil
    }

    /// What follows a backslash.
    private mutating func unescape(
        into room: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) -> Bool {
        let character: UInt8
        switch bytes[position] {
        case UInt8(ascii: "n"): character = 0x0a
        case UInt8(ascii: "r"): character = 0x0d
        case UInt8(ascii: "t"): character = 0x09
        case UInt8(ascii: "b"): character = 0x08
        case UInt8(ascii: "f"): character = 0x0c
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): character = bytes[position]
        case UInt8(ascii: "u"):
            position += 1
            guard let scalar = escapedScalar(), let encoded = UTF8.encode(scalar) else {
                return false
            }
            for byte in encoded {
                room[count] = byte
                count += 1
            }
            return true
        default: return false
        }
        position += 1
        room[count] = character
        count += 1
        return true
    }

    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let first = hexadecimal() else { return nil }
        guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
        guard take("\\u"), let second = hexadecimal(), (0xdc00..<0xe000).contains(second) else {
            return nil
        }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

private let numeric = Set("+-.0123456789eE".utf8)
