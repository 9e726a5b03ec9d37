/// So much of the output as is shown at once: a line, or a piece of one that is long.
enum OutputPiece {
    /// In bytes; the rows that these finish are in memory together.
    private static let longest = 16 * 1024

    /// Where the piece that begins at `start` ends, which is never within a code point.
    static func end(in bytes: [UInt8], from start: Int) -> Int {
        let piece = bytes[start...].prefix(longest)
        if let lineFeed = piece.firstIndex(of: 0x0a) { return lineFeed + 1 }
        guard piece.endIndex < bytes.count else { return bytes.count }
        // No code point has more than three bytes behind its first one.
        let ends = ((piece.endIndex - 3)...piece.endIndex).reversed()
        return ends.first { bytes[$0] & 0xc0 != 0x80 } ?? piece.endIndex
    }
}
