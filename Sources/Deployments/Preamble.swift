/// Carries environment variables over a program's standard input to the `sh` that starts it.
///
/// Each line is a sign and a part of `NAME=value`:
///
///     +part    a value goes on in the next line
///     =part    the last part of a value
///     %part    the last part of a value that is written for `printf %b`
///     .        the end; what follows is the program's input
///
/// `read` of POSIX sh takes no byte beyond the newline from a pipe or a terminal, so the program
/// finds its own input untouched. On a terminal the line discipline acts on control characters;
/// none is ever sent as such. A terminal's canonical line holds 4096 bytes (termios(3), *Canonical
/// and noncanonical mode*); no line here is longer than 1000.
enum Preamble {
    /// The longest line, its newline included.
    private static let longestLine = 1000

    /// The part of a script that reads the preamble and exports the variables.
    ///
    /// Without the end line the connection is gone, and the command must not start. A `sh` whose
    /// printf is not built in (mksh) starts one for a value with control characters or backslashes.
    static let reader =
        "_cv=;while IFS= read -r _cl;do _cv=$_cv${_cl#?};case $_cl in .*)break;;"
        + "=*)export \"$_cv\";_cv=;;%*)_cv=$(printf %b. \"$_cv\");export \"${_cv%.}\";_cv=;;esac;done;"
        + "[ \"$_cl\" = . ]||exit 125;unset _cl _cv;"

    /// What the far `sh` prints when it waits for the preamble: an OSC string that terminals ignore.
    static let handshake = Array("\u{1b}]5379;ccrun-ready\u{7}".utf8)

    /// The part of a script that prints `handshake`.
    static let announcement = #"printf "\033]5379;ccrun-ready\007";"#

    /// Returns the lines for `variables` and the end line.
    ///
    /// Throws `invalidEnvironment` naming the variable that cannot be sent, never its value.
    static func bytes(
        carrying variables: [EnvironmentVariable]
    ) throws(DeploymentsError) -> [UInt8] {
        var bytes: [UInt8] = []
        for variable in variables {
            if let problem = variable.problem {
                throw DeploymentsError(
                    .invalidEnvironment,
                    "cannot send the variable \(QuotedText.quoted(variable.name))",
                    because: problem)
            }
            append(variable, to: &bytes)
        }
        return bytes + Array(".\n".utf8)
    }

    /// Returns the lines, and an end line, by which a text of any bytes passes a terminal.
    ///
    /// Each is a `%` and a part that is written for `printf %b`. All but plain ASCII is escaped, as a
    /// part may end within a character.
    static func lines(of text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var length = 0
        for byte in text {
            let part = needsEscape(byte) || byte > 0x7f ? ExecLine.escape(byte) : [byte]
            if length == 0 || length + part.count + 1 > longestLine {
                bytes += length == 0 ? [UInt8(ascii: "%")] : Array("\n%".utf8)
                length = 1
            }
            bytes += part
            length += part.count
        }
        return bytes + Array("\n.\n".utf8)
    }

    private static func append(_ variable: EnvironmentVariable, to bytes: inout [UInt8]) {
        let text = "\(variable.name)=\(variable.value)"
        let encodes = text.utf8.contains(where: needsEscape)
        var line: [UInt8] = []
        for scalar in text.unicodeScalars {
            let part = String(scalar).utf8.flatMap { byte in
                needsEscape(byte) ? ExecLine.escape(byte) : [byte]
            }
            if line.count + part.count + 2 > longestLine {
                bytes += [UInt8(ascii: "+")] + line + [UInt8(ascii: "\n")]
                line.removeAll(keepingCapacity: true)
            }
            line += part
        }
        bytes += [UInt8(ascii: encodes ? "%" : "=")] + line + [UInt8(ascii: "\n")]
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "\\")
    }
}
