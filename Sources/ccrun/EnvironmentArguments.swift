internal import Deployments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The variables that `--env-file` and `-e` name; later ones win, and `-e` wins over files.
///
/// A file is in dotenv syntax (see `DotEnv`); `${NAME}` in it also sees the files before it, and what
/// is set here.
enum EnvironmentArguments {
    /// Throws `invalidEnvironment` and never shows a value.
    ///
    /// That is for a file that cannot be read, a line or a name that is none, and for `-e K` where K
    /// is not set here.
    static func variables(
        files: [String], assignments: [String], environment: [String: String]
    ) throws(DeploymentsError) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        var known = environment
        for file in files {
            let found = try Self.variables(inFile: file, environment: known)
            for variable in found { known[variable.name] = variable.value }
            variables += found
        }
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

    private static func variables(
        inFile path: String, environment: [String: String]
    ) throws(DeploymentsError) -> [EnvironmentVariable] {
        let attempted = "cannot read the environment file \"\(path)\""
        guard let bytes = read(path) else {
            throw DeploymentsError(.invalidEnvironment, attempted, because: describe(errno))
        }
        guard bytes.count <= largestFile else {
            throw DeploymentsError(
                .invalidEnvironment, attempted, because: "it is larger than 1 MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DeploymentsError(
                .invalidEnvironment, attempted, because: "it is not UTF-8 text")
        }
        do {
            return try DotEnv.variables(in: text, environment: environment)
        } catch {
            let reason =
                switch error.kind {
                case .malformed: "not a line of KEY=VALUE"
                case .tooLarge: "the values up to here have more than 2 MiB"
                }
            throw DeploymentsError(
                .invalidEnvironment, "\(path):\(error.line)", because: reason)
        }
    }

    /// Parts `NAME=VALUE` at its first `=`, whatever character follows that; nil where there is none.
    private static func parted(_ text: Substring) -> (name: String, value: Substring?) {
        let scalars = text.unicodeScalars
        guard let equals = scalars.firstIndex(of: "=") else { return (String(text), nil) }
        return (String(scalars[..<equals]), Substring(scalars[scalars.index(after: equals)...]))
    }

    private static func describe(_ number: CInt) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// In bytes; more than any has.
    private static let largestFile = 1 << 20

    /// A file up to one byte over the largest, nil with errno set when it cannot be read.
    private static func read(_ path: String) -> ArraySlice<UInt8>? {
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
        return bytes.prefix(count)
    }
}
