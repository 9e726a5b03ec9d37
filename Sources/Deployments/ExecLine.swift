/// Carries a script through whatever shell the remote user logs in with.
///
/// What sh, bash, zsh, ksh, fish and csh read alike is a word in single quotes without `'`, `\`, `!`
/// and newlines: fish takes `\\` and `\'` in single quotes for one character (fish: *The fish
/// language*, Quotes), csh takes `!` for the history and wants newlines escaped (tcsh(1), *History
/// substitution*, *Lexical structure*).
enum ExecLine {
    /// Returns a line that makes any of these shells run `sh` with `script`.
    ///
    /// A script with other characters goes as the operand of `printf %b`, the troublesome bytes
    /// written as `\0ooo`; `%b` reads at most three digits behind the zero (POSIX.1-2017, *printf*).
    /// The script sees `$0` as `sh` and no positional parameters either way. `identifiers` go through
    /// `env`, which every login shell starts alike, whatever its own way to export is.
    static func carrying(_ script: String, identifiers: [EnvironmentVariable] = []) -> String {
        let assignments = identifiers.map { " \($0.name)=\($0.value)" }.joined()
        let start = assignments.isEmpty ? "exec sh -c" : "exec env\(assignments) sh -c"
        if script.utf8.allSatisfy(isPlain) { return "\(start) '\(script)'" }
        return start + #" 'eval "shift;$(printf %b "$1")"' sh '\#(encoded(script))'"#
    }

    /// Writes every byte that is not plain as a backslash, a zero and three octal digits.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) { bytes.append(byte) } else { bytes += escape(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns `\0ooo`, as `printf %b` reads it.
    static func escape(_ byte: UInt8) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        return [
            UInt8(ascii: "\\"), zero, zero + byte >> 6, zero + byte >> 3 & 7, zero + byte & 7,
        ]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "!"): false
        default: 0x20...0x7e ~= byte
        }
    }
}
