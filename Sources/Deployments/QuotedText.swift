/// How values of the user appear in messages.
enum QuotedText {
    /// Returns `value` in double quotes, with control characters made visible.
    static func quoted(_ value: some StringProtocol) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                text += scalar.escaped(asASCII: true)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// Returns `"a", "b" and "c"`; a list of more than `limit` names ends in `and 3 more`.
    static func list(_ names: [String], limit: Int = 12) -> String {
        var parts = names.prefix(limit).map { quoted($0) }
        if names.count > limit { parts.append("\(names.count - limit) more") }
        guard let last = parts.popLast() else { return "none" }
        return parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
    }
}

extension String {
    /// The text without blanks and line ends around it.
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
