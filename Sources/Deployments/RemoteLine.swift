/// Lines that scripts of ours print on a host, and others may have had a hand in.
package enum RemoteLine {
    /// The longest owner and reason of a lock that are kept, in bytes of UTF-8.
    static let ownerLimit = 128
    static let reasonLimit = 256

    /// Splits a line at its tabs.
    static func fields(of line: some StringProtocol) -> [Substring] {
        Substring(line).split(separator: "\t", omittingEmptySubsequences: false)
    }

    /// One line without controls, of at most `limit` bytes; blanks around it go.
    ///
    /// White space becomes a space. What would not show, or would make other text show differently
    /// (direction overrides), becomes a `�`.
    package static func cleaned(_ text: some StringProtocol, limit: Int) -> String {
        var clean = ""
        for scalar in text.unicodeScalars {
            let shown: Unicode.Scalar =
                switch scalar.properties.generalCategory {
                case _ where scalar.properties.isWhitespace: " "
                case .format where scalar == "\u{200d}": scalar
                case .control, .format, .surrogate, .privateUse, .unassigned: "\u{fffd}"
                default: scalar
                }
            guard clean.utf8.count + UTF8.width(shown) <= limit else { break }
            clean.unicodeScalars.append(shown)
        }
        return clean.trimmingBlanks
    }

    /// A whole number of the host's; nil for what is none, or too long for one.
    static func number(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count <= 16 else { return nil }
        return Int(text)
    }
}
