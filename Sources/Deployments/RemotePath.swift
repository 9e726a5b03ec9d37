/// Paths of the remote side, as its `sh` has to read them.
enum RemotePath {
    /// Returns `path` for a shell: quoted, but with a leading `~` or `~user` left to be expanded.
    static func quoted(_ path: String) -> String {
        guard path.hasPrefix("~") else { return ShellQuoting.quoted(path) }
        let home = path.prefix { $0 != "/" }
        guard home.utf8.dropFirst().allSatisfy(TaskDefinition.isNameByte) else {
            return ShellQuoting.quoted(path)
        }
        let rest = path.dropFirst(home.count + 1)
        if rest.isEmpty { return String(home) }
        return "\(home)/\(ShellQuoting.quoted(String(rest)))"
    }

    /// Returns `path` as seen from `folder`, which may be nil for the login folder.
    static func joined(_ path: String, in folder: String?) -> String {
        guard let folder, !path.hasPrefix("/"), !path.hasPrefix("~") else { return path }
        return FilePath.absolute(path, in: folder)
    }

    /// The part of a script that enters `folder`, or ends the run with status 125.
    ///
    /// A relative folder gets a `./`, or `CDPATH` would be searched for it, and `-` would mean the
    /// folder before.
    static func enter(_ folder: String) -> String {
        let isAnchored = folder.hasPrefix("/") || folder.hasPrefix("~")
        let path = isAnchored ? folder : "./\(folder)"
        return "cd \(quoted(path)) 2>/dev/null||"
            + failure("cannot enter the directory \(named(folder)) on the server")
    }

    /// Shell text that prints an error of ccrun's and ends the run with status 125.
    static func failure(_ message: String) -> String {
        let text = "ccrun: error: \(message)"
        // As words of echo, a text without any character of the shell's needs no quotes.
        let isPlain = text.utf8.allSatisfy { $0 == UInt8(ascii: " ") || ShellQuoting.isPlain($0) }
        let print = isPlain ? "echo \(text)" : "printf \"%s\\n\" \(ShellQuoting.quoted(text))"
        return "{ \(print) >&2;exit 125;};"
    }

    /// The path as a message names it: in double quotes, unless nothing in it needs any.
    static func named(_ path: String) -> String {
        path.utf8.allSatisfy(ShellQuoting.isPlain) ? path : QuotedText.quoted(path)
    }
}
