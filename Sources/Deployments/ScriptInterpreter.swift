/// What runs a script: the program of its `#!` line, or `sh`.
///
/// The line is read as Linux does (execve(2), *Interpreter scripts*): blanks, a path, blanks, and
/// all the rest as one argument, without the blanks at its end. It is not left to the kernel, as
/// `/tmp` and `/home` may be mounted `noexec`.
struct ScriptInterpreter: Sendable, Equatable {
    /// What is wrong with the line.
    struct Problem: Error {
        let reason: String
        let hint: String?
    }

    /// How the interpreter can be given the text.
    enum Footing: Sendable {
        /// As `/dev/fd/9`, open but without a name any more, so that nothing can be left behind.
        case descriptor
        /// The same, but only if nobody else may create folders beside that of the script.
        ///
        /// Python and PHP find the name that the file had, and look for modules in its folder: that
        /// must not be one that somebody makes anew in `/tmp`.
        case privateFolder
        /// As a file, for the programs of which we know no better.
        case file
    }

    /// The program and its arguments ahead of the script.
    let words: [String]
    let footing: Footing

    init(of script: [UInt8]) throws(Problem) {
        guard script.starts(with: Array("#!".utf8)) else {
            self.init(words: ["sh"])
            return
        }
        let line = script.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") {
            throw Problem(
                reason: "its \"#!\" line ends with a carriage return, as on Windows, which no "
                    + "interpreter has in its name",
                hint: #"convert its line ends: sed -i 's/\r$//' FILE"#)
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw Problem(reason: "its \"#!\" line is not UTF-8 text", hint: nil)
        }
        let trimmed = text.trimmingBlanks
        let path = String(trimmed.prefix { $0 != " " && $0 != "\t" })
        let argument = String(trimmed.dropFirst(path.count)).trimmingBlanks
        if path.isEmpty {
            self.init(words: ["sh"])
        } else if path.contains("/") {
            self.init(
                words: [path.hasPrefix("-") ? "./\(path)" : path]
                    + (argument.isEmpty ? [] : [argument]))
        } else {
            throw Problem(
                reason: "its \"#!\" line names no path, but \(QuotedText.quoted(path))",
                hint: "begin it with \"#!/usr/bin/env \(path)\"")
        }
    }

    private init(words: [String]) {
        let family = Self.family(of: words)
        footing =
            if Self.readingModulesBesideTheFile.contains(family) {
                .privateFolder
            } else if Self.content.contains(family) || Self.nodes.contains(family) {
                .descriptor
            } else {
                .file
            }
        // Node would look for the file by the name that it had.
        self.words = words + (Self.nodes.contains(family) ? ["--preserve-symlinks-main"] : [])
    }

    // MARK: - What is known of interpreters

    /// Those that were seen to read an unlinked script from `/dev/fd/9`.
    private static let content = Set(
        """
        sh ash dash bash ksh mksh yash zsh fish csh tcsh busybox perl ruby awk gawk mawk sed tclsh \
        expect lua make
        """.split(separator: " ").map(String.init))

    private static let nodes: Set<String> = ["node", "nodejs"]

    private static let readingModulesBesideTheFile: Set<String> = ["python", "pypy", "php"]

    /// The program's name without its version: `python` for `/usr/bin/env python3.11`.
    private static func family(of words: [String]) -> String {
        var program = name(of: words[0])
        if program == "env", words.count > 1 {
            let operand = words[1].split { $0 == " " || $0 == "\t" }
                .first { !$0.hasPrefix("-") && !$0.contains("=") }
            program = name(of: String(operand ?? ""))
        }
        while let last = program.last, last.isNumber || last == "." { program.removeLast() }
        return program
    }

    private static func name(of path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}
