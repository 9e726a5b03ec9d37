#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Whole lines of printable ASCII, which need no terminal to be understood.
enum PlainLine {
    /// Where the line that begins at `start` ends, before its `\r\n`; nil where it is none of these.
    static func end(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, 0x0a, bytes.count - start)
            else { return nil }
            let lineFeed = UnsafeRawPointer(found) - base
            guard lineFeed > start, bytes[lineFeed - 1] == 0x0d,
                isPrintable(UnsafeRawBufferPointer(rebasing: bytes[start..<(lineFeed - 1)]))
            else { return nil }
            return lineFeed - 1
        }
    }

    /// Whether all bytes are from 0x20 to 0x7e, looked at eight at a time.
    private static func isPrintable(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // 0x80 stands where a byte is below 0x20, above 0x7e, or has its high bit set.
            let tooSmall = (word | highBits) &- 0x20 * ones
            let tooLarge = (word & ~highBits) &+ ones
            if (word | ~tooSmall | tooLarge) & highBits != 0 { return false }
            position += 8
        }
        while position < bytes.count {
            guard (0x20...0x7e).contains(bytes[position]) else { return false }
            position += 1
        }
        return true
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080
}
