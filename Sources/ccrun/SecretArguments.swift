internal import Deployments
internal import Runs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The values that `--secret` and the inventory name: `K=@FILE`, `K=env:VARIABLE` or `K=cmd:COMMAND`.
///
/// A value itself is refused: everybody on this machine could read it in the list of processes.
/// One final line end of a file or of a command's output is no part of the value.
struct SecretArguments {
    /// In bytes; a larger one is no secret that anybody sends to a prompt or puts in an environment.
    static let largestValue = 64 << 10

    /// By name; of two of the same name, the later one.
    private(set) var secrets: [String: Secret] = [:]
    /// What the user should know, and what is no reason to stop.
    private(set) var warnings: [String] = []

    /// Throws `invalidEnvironment` for a source that gives no value; its text never shows one.
    init(_ arguments: [String], environment: [String: String]) throws(DeploymentsError) {
        for argument in arguments { try add(try Self.parted(argument), environment) }
    }

    /// Those that were given already.
    init(given secrets: [String: Secret]) {
        self.secrets = secrets
    }

    /// Takes the value of one that the inventory names, unless it was given here.
    mutating func add(
        ofInventory source: SecretSource, _ environment: [String: String]
    ) throws(DeploymentsError) {
        guard secrets[source.name] == nil else { return }
        let home = HomeFolder.path(environment)
        try add(source.expandingTilde(homeFolder: home), environment)
    }

    private mutating func add(
        _ source: SecretSource, _ environment: [String: String]
    ) throws(DeploymentsError) {
        secrets[source.name] = try value(of: source.name, from: source.place, environment)
    }

    private static func parted(_ argument: String) throws(DeploymentsError) -> SecretSource {
        // By scalars: a combining mark would make one character of "=" and itself.
        let scalars = argument.unicodeScalars
        let equals = scalars.firstIndex(of: "=") ?? scalars.endIndex
        let name = String(scalars[..<equals])
        let source = String(scalars[equals...].dropFirst())
        guard EnvironmentVariable.isValidName(name), !source.drop(while: { $0 == "=" }).isEmpty
        else {
            // The argument could be a secret as a whole, so that nothing of it is shown.
            throw DeploymentsError(
                .invalidEnvironment, "cannot use an argument of --secret",
                because: "it is not of the form NAME=SOURCE", hint: forms("NAME"))
        }
        if let source = SecretSource(source, named: name) { return source }
        throw DeploymentsError(
            .invalidEnvironment, "cannot take the value of \"\(name)\" from the command line",
            because: "everybody on this machine could read it there", hint: forms(name))
    }

    private static func forms(_ name: String) -> String {
        "pass --secret \(name)=@FILE, \(name)=env:VARIABLE or \(name)=cmd:COMMAND"
    }

    // MARK: - Sources

    private mutating func value(
        of name: String, from source: SecretSource.Place, _ environment: [String: String]
    ) throws(DeploymentsError) -> Secret {
        let bytes: [UInt8]
        let attempted: String
        switch source {
        case .file(let path):
            attempted = "cannot read the secret \"\(name)\" from \"\(path)\""
            bytes = try read(path, attempted)
        case .variable(let variable):
            attempted = "cannot copy the secret \"\(name)\" from the variable \"\(variable)\""
            guard let value = environment[variable] else {
                throw Self.error(attempted, "it is not set here")
            }
            bytes = Array(value.utf8)
        case .command(let command):
            attempted = "cannot get the secret \"\(name)\" from its command"
            bytes = try Self.run(command, environment, attempted)
        }
        if bytes.isEmpty { throw Self.error(attempted, "it is empty") }
        if bytes.contains(0) { throw Self.error(attempted, "it contains a NUL byte") }
        return Secret(bytes)
    }

    private mutating func read(
        _ path: String, _ attempted: String
    ) throws(DeploymentsError) -> [UInt8] {
        guard let file = fopen(path, "re") else {
            throw Self.error(attempted, Self.reason(errno))
        }
        defer { fclose(file) }
        let limit = Self.largestValue + 2
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        if ferror(file) != 0 { throw Self.error(attempted, Self.reason(errno)) }
        warnIfOpen(file, path)
        return try Self.value(Array(bytes.prefix(count)), attempted)
    }

    /// The permissions are those of the file that was read, whatever has the path's place by now.
    private mutating func warnIfOpen(_ file: UnsafeMutablePointer<FILE>, _ path: String) {
        var status = stat()
        guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o044 != 0
        else { return }
        let mode = String(status.st_mode & 0o777, radix: 8)
        warnings.append(
            "the secret file \"\(path)\" can be read by others (mode 0\(mode)); chmod 600 ends that"
        )
    }

    private static func run(
        _ command: String, _ environment: [String: String], _ attempted: String
    ) throws(DeploymentsError) -> [UInt8] {
        let program: CapturedProgram
        do {
            program = try CapturedProgram.run(
                "/bin/sh", arguments: ["-c", command], environment: environment,
                terms: CapturedProgram.Terms(outputLimit: largestValue + 2, sharesErrors: true))
        } catch {
            switch error {
            case .notStarted(let reason): throw Self.error(attempted, reason)
            // It may take its time: somebody may be asked to unlock something.
            case .timedOut, .tooLong: throw tooLarge(attempted)
            }
        }
        guard program.status == 0 else {
            throw Self.error(attempted, "it ended with status \(program.status)")
        }
        return try value(program.output, attempted)
    }

    /// What was read without its final line end.
    private static func value(
        _ bytes: [UInt8], _ attempted: String
    ) throws(DeploymentsError) -> [UInt8] {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        guard bytes.count <= largestValue else { throw tooLarge(attempted) }
        return bytes
    }

    private static func tooLarge(_ attempted: String) -> DeploymentsError {
        error(attempted, "it is larger than \(largestValue >> 10) KiB")
    }

    private static func error(_ attempted: String, _ reason: String) -> DeploymentsError {
        DeploymentsError(.invalidEnvironment, attempted, because: reason)
    }

    private static func reason(_ number: CInt) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
