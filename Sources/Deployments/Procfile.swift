/// A process type of a Procfile: a name and the command that runs it.
package struct ProcessType: Sendable, Equatable {
    package let name: String
    package let command: String

    package init(name: String, command: String) {
        self.name = name
        self.command = command
    }
}

/// The Procfile that Heroku, cloudControl and foreman read: one `name: command` a line.
package enum Procfile {
    /// Reads the process types in file order.
    ///
    /// Names are `[A-Za-z0-9_-]+` as in foreman's `lib/foreman/procfile.rb`. Blank lines and lines
    /// that begin with `#` are skipped, a carriage return at the end of a line is dropped. Foreman
    /// ignores any other line; here it throws `invalidProcfile` with file and line, as does a name
    /// that is taken.
    package static func parse(
        _ text: String,
        path: String
    ) throws(DeploymentsError) -> [ProcessType] {
        var types: [ProcessType] = []
        var lines: [String: Int] = [:]
        let scalars = text.unicodeScalars
        for (index, line) in scalars.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let position = SourcePosition(
                file: SourcePosition.displayName(of: path), line: index + 1)
            let content = trimmed(line)
            guard let first = content.first, first != "#" else { continue }
            guard let type = processType(content) else {
                throw DeploymentsError(
                    .invalidProcfile, at: position,
                    because: "a line is \"name: command\", a comment, or empty",
                    hint: "a name consists of letters, digits, \"_\" and \"-\"")
            }
            if let earlier = lines[type.name] {
                throw DeploymentsError(
                    .invalidProcfile, at: position,
                    because: "\(QuotedText.quoted(type.name)) is defined in line \(earlier) already"
                )
            }
            lines[type.name] = index + 1
            types.append(type)
        }
        return types
    }

    private static func processType(_ line: Substring.UnicodeScalarView) -> ProcessType? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let name = String(line[..<colon])
        let command = String(trimmed(line[line.index(after: colon)...]))
        guard !command.isEmpty, !name.isEmpty,
            name.utf8.allSatisfy({
                TaskDefinition.isNameByte($0) && !".:".utf8.contains($0)
            })
        else { return nil }
        return ProcessType(name: name, command: command)
    }

    private static func trimmed(
        _ text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView {
        let isBlank = { (scalar: Unicode.Scalar) in " \t\r\u{feff}".unicodeScalars.contains(scalar)
        }
        guard let first = text.firstIndex(where: { !isBlank($0) }),
            let last = text.lastIndex(where: { !isBlank($0) })
        else { return text.prefix(0) }
        return text[first...last]
    }
}
