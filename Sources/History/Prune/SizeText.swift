/// Sizes as people write them: `500MiB`, `5G`, `1000000`.
package enum SizeText {
    /// What can be written, for messages.
    package static let forms = "5GiB, 500MiB, 1GB or a number of bytes"

    private static let letters: [Character] = ["k", "m", "g", "t"]

    /// Reads a size in bytes: K, M, G and T and those with `iB` are powers of 1024, those with `B` of 1000.
    package static func parse(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let number = Int(digits) else { return nil }
        let unit = text.dropFirst(digits.count).lowercased()
        guard let letter = unit.first, unit != "b" else { return number }
        guard let power = letters.firstIndex(of: letter),
            ["", "ib", "b"].contains(unit.dropFirst())
        else { return nil }
        let base = unit.dropFirst() == "b" ? 1000 : 1024
        let factor = (0...power).reduce(1) { product, _ in product * base }
        let (size, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : size
    }

    /// Writes a size: `812 B`, `1.2 GiB`.
    package static func format(_ bytes: Int) -> String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var tenths = bytes * 10
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where tenths >= 10_240 {
            (tenths, unit) = ((tenths + 512) / 1024, next)
        }
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
