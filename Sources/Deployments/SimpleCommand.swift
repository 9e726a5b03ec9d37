/// Decides whether a shell text is one program and its arguments, which can take the shell's place.
///
/// A shell that stays as the parent of a program in a terminal gets its ^C too: Debian's dash then
/// dies of the signal even where the program has handled it and exits with 0, and that would be the
/// status. A program in the shell's place has its own status, and gets signals itself.
enum SimpleCommand {
    /// What the shell does itself, and the words of its grammar (POSIX.1-2017, 2.4 and 2.14).
    private static let shellWords = Set(
        """
        . : [ alias bg break builtin case cd command continue declare do done echo elif else esac \
        eval exec exit export false fc fg fi for function getopts hash if in jobs kill let local \
        printf pwd read readonly return select set shift source test then time times trap true type \
        typeset ulimit umask unalias unset until wait while
        """.split(separator: " ").map(String.init))

    /// Puts `exec` in front of a text that is one program and its arguments; others stay as they are.
    ///
    /// Where something ran before, the program's name may be a function by then, which the shell is
    /// asked about first.
    static func replacingShell(_ text: String, mayBeFunction: Bool) -> String {
        guard let name = program(of: text) else { return text }
        guard mayBeFunction else { return "exec \(text)" }
        return "_ce=;case $(command -v \(name)) in /*)_ce=exec;;esac;$_ce \(text)"
    }

    /// The program's name, or nil where the text is more than one simple command, or less.
    private static func program(of text: String) -> String? {
        let name = String(text.prefix { $0 != " " && $0 != "\t" })
        guard !name.isEmpty, name.first != "-", !shellWords.contains(name),
            name.utf8.allSatisfy(isNameByte), isOneCommand(text)
        else { return nil }
        return name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        TaskDefinition.isNameByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+")
    }

    /// Whether no operator, comment or newline stands outside quotes, and every quote is closed.
    private static func isOneCommand(_ text: String) -> Bool {
        var quote: Unicode.Scalar?
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                if scalar == "\n" { return false }
                isEscaped = false
            } else if scalar == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if ";&|()<>`#\n\r".unicodeScalars.contains(scalar) {
                return false
            }
        }
        return quote == nil && !isEscaped
    }
}
