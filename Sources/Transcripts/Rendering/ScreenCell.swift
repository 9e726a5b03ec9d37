/// One cell of a screen.
struct ScreenCell: Equatable {
    /// A Unicode scalar value, or `clusterBit` and the place of several ones in `CellAlphabet`; 0 for none.
    var content: UInt32
    /// The place of its style in `CellAlphabet`.
    var style: UInt16
    /// Columns: 1 or 2, and 0 for the right half of a wide character.
    var width: UInt8

    static var clusterBit: UInt32 { 1 << 31 }
    static var blank: ScreenCell { ScreenCell(content: 0, style: 0, width: 1) }
}

/// What cells refer to: styles, and characters of several code points, each kept once.
///
/// Both are bounded, since transcripts of others are untrusted: later styles look like none, later
/// characters lose what combines with them.
struct CellAlphabet {
    private(set) var styles: [TextStyle] = [TextStyle()]
    private(set) var clusters: [[UInt8]] = []
    private var styleNumbers: [TextStyle: UInt16] = [TextStyle(): 0]
    private var clusterNumbers: [[UInt8]: UInt32] = [:]

    private static let mostStyles = 16_384
    private static let mostClusters = 65_536

    mutating func number(of style: TextStyle) -> UInt16 {
        if let known = styleNumbers[style] { return known }
        guard styles.count < CellAlphabet.mostStyles else { return 0 }
        let number = UInt16(styles.count)
        styles.append(style)
        styleNumbers[style] = number
        return number
    }

    /// The content of a cell that shows a character and what combines with it.
    mutating func content(of scalars: [UInt32]) -> UInt32 {
        guard scalars.count > 1 else { return scalars.first ?? 0 }
        var bytes: [UInt8] = []
        for scalar in scalars { CellAlphabet.append(scalar, to: &bytes) }
        if let known = clusterNumbers[bytes] { return known | ScreenCell.clusterBit }
        guard clusters.count < CellAlphabet.mostClusters else { return scalars[0] }
        let number = UInt32(clusters.count)
        clusters.append(bytes)
        clusterNumbers[bytes] = number
        return number | ScreenCell.clusterBit
    }

    /// Writes down what a cell shows.
    func append(_ content: UInt32, to text: inout [UInt8]) {
        if content < 0x80 {
            text.append(content == 0 ? 0x20 : UInt8(content))
        } else if content & ScreenCell.clusterBit != 0 {
            text += clusters[Int(content ^ ScreenCell.clusterBit)]
        } else {
            CellAlphabet.append(content, to: &text)
        }
    }

    private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        // Controls never get here, surrogates and numbers past Unicode have no text.
        let scalar = Unicode.Scalar(scalar) ?? "\u{fffd}"
        text += Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter
    }
}
