/// Decides whether a shell text ends in one program and its arguments, which can take the shell's place.
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

    /// What of those may stand ahead of `&&`: nothing is left of it that a shell has to stay for, as a
    /// trap would be.
    private static let harmlessWords: Set = [
        ".", ":", "[", "cd", "echo", "export", "printf", "test", "true", "ulimit", "umask", "unset",
    ]

    /// Puts `exec` in front of the last command of a text whose commands are joined by `&&`, each of them
    /// one program or builtin and its arguments; others stay as they are.
    ///
    /// Assignments stay ahead of `exec`, which exports them. Where something ran before, the program's name
    /// may be a function by then, which the shell is asked about first.
    static func replacingShell(_ text: String, mayBeFunction: Bool) -> String {
        guard let parts = parts(of: text), let last = parts.last,
            let command = program(of: last),
            parts.dropLast().allSatisfy({ isHarmless($0) })
        else { return text }
        let head = text.dropLast(last.unicodeScalars.count)
        let mayBeFunction =
            mayBeFunction
            || parts.dropLast().contains { firstWord(of: $0.drop(while: isBlank)) == "." }
        let (assignments, words) = (command.assignments, command.words)
        guard mayBeFunction else { return "\(head)\(assignments)exec \(words)" }
        let asked =
            "_ce=;case $(command -v \(firstWord(of: words))) in /*)_ce=exec;;esac;"
            + "\(assignments)$_ce \(words)"
        return head.isEmpty ? asked : "\(head){ \(asked);}"
    }

    /// A program with its arguments, behind the assignments that its environment gets.
    private static func program(of part: Substring) -> (assignments: Substring, words: Substring)? {
        var words = part.drop(while: isBlank)
        while let rest = behindAssignment(words) { words = rest }
        let name = firstWord(of: words)
        guard !name.isEmpty, name.first != "-", !shellWords.contains(String(name)),
            name.utf8.allSatisfy(isNameByte)
        else { return nil }
        return (part[..<words.startIndex], words)
    }

    private static func isHarmless(_ part: Substring) -> Bool {
        let name = firstWord(of: part.drop(while: isBlank))
        return harmlessWords.contains(String(name)) || program(of: part) != nil
    }

    /// What follows `NAME=value` and blanks; nil where that is not ahead, or nothing follows.
    private static func behindAssignment(_ text: Substring) -> Substring? {
        let name = text.prefix { $0 != "=" && !isBlank($0) }
        guard text[name.endIndex...].first == "=", name.first?.isNumber == false,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { return nil }
        // Quotes are closed: the whole text was looked at.
        var rest = text[name.endIndex...]
        var quote: Character?
        while let character = rest.first, quote != nil || !isBlank(character) {
            rest.removeFirst()
            if character == "\\", quote != "'" {
                rest = rest.dropFirst()
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            }
        }
        rest = rest.drop(while: isBlank)
        return rest.isEmpty ? nil : rest
    }

    private static func firstWord(of text: Substring) -> Substring { text.prefix { !isBlank($0) } }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        TaskDefinition.isNameByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "+")
    }

    /// The commands between `&&`; nil where another operator, a comment or a newline stands outside
    /// quotes, or a quote is open.
    private static func parts(of text: String) -> [Substring]? {
        let scalars = text.unicodeScalars
        var quote: Unicode.Scalar?
        var parts: [Substring] = []
        var start = scalars.startIndex
        var place = start
        while place < scalars.endIndex {
            let scalar = scalars[place]
            let next = scalars.index(after: place)
            let following = next < scalars.endIndex ? scalars[next] : nil
            if scalar == "\\", quote != "'" {
                guard let following, following != "\n" else { return nil }
                place = scalars.index(after: next)
                continue
            } else if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == "&", following == "&" {
                parts.append(text[start..<place])
                start = scalars.index(after: next)
                place = start
                continue
            } else if ";&|()<>`#\n\r".unicodeScalars.contains(scalar) {
                return nil
            }
            place = next
        }
        return quote == nil ? parts + [text[start...]] : nil
    }
}
