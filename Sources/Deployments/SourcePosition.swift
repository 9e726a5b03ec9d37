/// A place in a file that the user wrote, for messages: `ccrun.yml:12:5`.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The file as a message names it.
    package let file: String
    /// The line, counted from 1.
    package let line: Int
    /// The column in Unicode scalars, counted from 1; nil where the whole line is meant.
    package let column: Int?

    package init(file: String, line: Int, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String {
        guard let column else { return "\(file):\(line)" }
        return "\(file):\(line):\(column)"
    }

    /// The name a message uses for `path`: its last part where that says enough, else all of it.
    ///
    /// A run reads one inventory and at most one Procfile, so these two need no folder.
    static func displayName(of path: String) -> String {
        let name = String(path.split(separator: "/").last ?? "")
        return ["ccrun.yml", "Procfile"].contains(name) ? name : path
    }
}
