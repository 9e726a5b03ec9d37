/// How a server's question is put to a person.
enum PromptText {
    /// OpenSSH cuts nothing, but no question needs more; in bytes.
    private static let limit = 2048

    /// Cleans a server's question and puts who asks in front of each of its lines, as ssh does ahead
    /// of the first: no line of it can pass for somebody else's.
    static func composed(_ bytes: some Collection<UInt8>, label: String) -> String {
        let text = cleaned(bytes, limit: limit, keepingLines: true)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "(\(label)) \($0)" }
        // A question ends with a blank, which cleaning has taken.
        return lines.joined(separator: "\n") + (text.isEmpty ? "" : " ")
    }
}

extension [UInt8] {
    /// Overwrites what was typed, as far as nobody else has a copy.
    mutating func wipe() {
        for index in indices { self[index] = 0 }
    }
}
