internal import ArgumentParser
internal import Deployments
internal import Runs
internal import SSH

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The command line: arguments in, messages and an exit status out.
@main
struct CCRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ccrun",
        abstract: "Runs management tasks on a deployment over SSH, and keeps the transcript.",
        usage: """
            ccrun [options] APP[/DEP] "COMMAND"     one command; && | $X work there
            ccrun [options] APP[/DEP] WORD WORD…    the same, each word as typed
            ccrun [options] APP[/DEP]               a login shell there
            """,
        discussion: """
            Examples:
              ccrun shop/default "python manage.py migrate"
              ccrun shop migrate                   (a task or a process type as first word)
              ccrun shop/staging                   (an interactive shell)
              ccrun replay last

            The exit status is the remote command's own; 255 means no status came, 125 that ccrun \
            was misused, 124 that --timeout ran out. "ccrun help run" lists the options of a run.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, TargetsCommand.self, TasksCommand.self, HistoryCommand.self,
            ReplayCommand.self,
        ])

    /// What ccrun itself exits with when it was misused (125, as env(1) and docker have it).
    static let misuse: CInt = 125

    static func main() {
        Launch.fillStandardDescriptors()
        guard let arguments = Launch.arguments else {
            Notices(.normal).error("an argument is not UTF-8, and would not arrive as it was typed")
            ExitStatus(value: misuse).end()
        }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let ordered = ArgumentOrder(subcommands: names).arranged(arguments)
        let error = failure(of: ordered)
        if let error { end(after: error) }
        ExitStatus(value: 0).end()
    }

    private static func failure(of arguments: [String]) -> (any Error)? {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return nil
        } catch {
            return error
        }
    }

    private static func end(after error: any Error) -> Never {
        switch error {
        case let status as ExitStatus:
            status.end()
        case let error as DeploymentsError:
            Notices(.normal).error(error)
            ExitStatus(value: misuse).end()
        default:
            explain(error)
        }
    }

    /// Help and version go to stdout with status 0; what was mistyped is one error and a hint.
    private static func explain(_ error: any Error) -> Never {
        if exitCode(for: error).isSuccess {
            print(fullMessage(for: error))
            ExitStatus(value: 0).end()
        }
        let lines = message(for: error).split(separator: "\n")
        Notices(.normal).error(
            lines.first.map(lowercased) ?? "the arguments make no sense",
            details: lines.dropFirst().map(String.init), hint: "\"ccrun --help\" shows how it goes")
        ExitStatus(value: misuse).end()
    }

    private static func lowercased(_ line: Substring) -> String {
        var text = line.prefix(1).lowercased() + line.dropFirst()
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

/// Ends the program with a status, all messages having been given.
struct ExitStatus: Error {
    let value: CInt

    func end() -> Never {
        exit(value)
    }
}

enum Version {
    static let number = "0.1.0"

    /// What `--version` prints: ccrun's version and that of the libssh2 it has loaded.
    static var text: String { "ccrun \(number) (libssh2 \(Session.libraryVersion))" }
}

/// This process's environment.
enum ProcessEnvironment {
    /// All variables; entries that are not `NAME=VALUE` are passed over.
    static var all: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            next += 1
            let text = String(cString: entry)
            // By bytes: a character of the value may combine with the "=".
            guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: text.utf8[..<equals], as: UTF8.self)
            let value = text.utf8[text.utf8.index(after: equals)...]
            variables[name] = String(decoding: value, as: UTF8.self)
        }
        return variables
    }

    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}
