internal import Deployments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The variables that `--env-file` and `-e` name; later ones win, and `-e` wins over files.
enum EnvironmentArguments {
    /// Throws `invalidEnvironment` and never shows a value.
    ///
    /// That is for a file that cannot be read, a line or a name that is none, and for `-e K` where K
    /// is not set here.
    static func variables(
        files: [String], assignments: [String], environment: [String: String]
    ) throws(DeploymentsError) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        for file in files { variables += try lines(of: file) }
        for assignment in assignments { variables.append(try variable(assignment, environment)) }
        return variables
    }

    private static func variable(
        _ assignment: String, _ environment: [String: String]
    ) throws(DeploymentsError) -> EnvironmentVariable {
        let (name, value) = parted(assignment[...])
        guard EnvironmentVariable.isValidName(name) else {
            throw DeploymentsError(
                .invalidEnvironment, "cannot use \"\(name)\" as a variable of -e",
                because: "a name consists of letters, digits and _, and does not begin with a digit"
            )
        }
        if let value { return EnvironmentVariable(name: name, value: String(value)) }
        guard let value = environment[name] else {
            throw DeploymentsError(
                .invalidEnvironment, "cannot copy \"\(name)\" with -e",
                because: "it is not set here",
                hint: "set it, or pass -e \(name)=VALUE")
        }
        return EnvironmentVariable(name: name, value: value)
    }

    private static func lines(of path: String) throws(DeploymentsError) -> [EnvironmentVariable] {
        let attempted = "cannot read the environment file \"\(path)\""
        guard let text = read(path) else {
            throw DeploymentsError(.invalidEnvironment, attempted, because: describe(errno))
        }
        guard text.utf8.count <= largestFile else {
            throw DeploymentsError(
                .invalidEnvironment, attempted, because: "it is larger than 1 MiB")
        }
        var variables: [EnvironmentVariable] = []
        // By bytes: to Swift, "\r\n" is one character that is no "\n".
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            var line = Substring(bytes).drop { $0 == " " || $0 == "\t" }
            if line.last == "\r" { line.removeLast() }
            if line.isEmpty || line.first == "#" { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7) }
            let (name, value) = parted(line)
            guard let value, EnvironmentVariable.isValidName(name) else {
                throw DeploymentsError(
                    .invalidEnvironment, "\(path):\(index + 1)", because: "not a line of KEY=VALUE")
            }
            variables.append(EnvironmentVariable(name: name, value: unquoted(value)))
        }
        return variables
    }

    /// Parts `NAME=VALUE` at its first `=`, whatever character follows that; nil where there is none.
    private static func parted(_ text: Substring) -> (name: String, value: Substring?) {
        let scalars = text.unicodeScalars
        guard let equals = scalars.firstIndex(of: "=") else { return (String(text), nil) }
        return (String(scalars[..<equals]), Substring(scalars[scalars.index(after: equals)...]))
    }

    /// Takes one pair of quotes off, as the remote side does with its `env_file`.
    private static func unquoted(_ value: Substring) -> String {
        for quote in ["\"", "'"] where value.count >= 2 {
            if value.hasPrefix(quote), value.hasSuffix(quote) {
                return String(value.dropFirst().dropLast())
            }
        }
        return String(value)
    }

    private static func describe(_ number: CInt) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// In bytes; more than any has.
    private static let largestFile = 1 << 20

    /// The text of a file up to one byte over the largest, nil with errno set when it cannot be read.
    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        let limit = largestFile + 1
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = fread(&bytes, 1, limit, file)
        let problem = ferror(file) == 0 ? nil : errno
        fclose(file)
        if let problem {
            errno = problem
            return nil
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
