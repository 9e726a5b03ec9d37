/// The key that, at the beginning of a line, turns the next one into a command to ccrun (ssh(1), ESCAPE
/// CHARACTERS).
package enum EscapeCharacter: Sendable, Equatable {
    /// Every key goes to the remote side.
    case none
    case byte(UInt8)

    /// ssh's default, `~`.
    package static let usual = EscapeCharacter.byte(UInt8(ascii: "~"))

    /// Reads what ssh_config(5) has for EscapeChar: `none`, one character, or `^` and a letter.
    ///
    /// `ssh -G` writes a control character with a backslash in front. Throws `invalidCommand` for
    /// anything else, a character of several bytes included.
    package init(parsing text: String) throws(DeploymentsError) {
        let bytes = Array(text.utf8)
        let key = bytes.first == UInt8(ascii: "\\") && bytes.count > 1 ? bytes[1...] : bytes[...]
        if text == "none" {
            self = .none
        } else if key.count == 1, let byte = key.first, 0x21...0x7e ~= byte {
            self = .byte(byte)
        } else if key.count == 2, key.first == UInt8(ascii: "^"), let letter = key.last,
            0x40...0x7e ~= letter
        {
            self = .byte(letter & 0x1f)
        } else {
            throw DeploymentsError(
                .invalidCommand, "cannot use \(QuotedText.quoted(text)) as the escape character",
                because: "it is one ASCII character, ^ and a letter, or none",
                hint: "write it like --escape '%', --escape '^]' or --escape none")
        }
    }
}
