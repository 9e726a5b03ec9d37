/// Quotes words for a POSIX shell, so that each one arrives exactly as it was.
package enum ShellQuoting {
    /// Returns `word` as it is where no shell reads anything into it, else in single quotes.
    ///
    /// Inside single quotes every byte stands for itself (POSIX.1-2017, Shell Command Language
    /// 2.2.2); a single quote is written as `'\''`.
    package static func quoted(_ word: String) -> String {
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
        var text = "'"
        for scalar in word.unicodeScalars {
            if scalar == "'" {
                text += "'\\''"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }

    /// Returns the words quoted where needed and joined by spaces.
    package static func joined(_ words: some Sequence<String>) -> String {
        words.map(quoted).joined(separator: " ")
    }

    /// Whether a byte stands for itself in every shell and at every place of a word.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "_@%+:,./-".utf8.contains(byte)
        }
    }
}
