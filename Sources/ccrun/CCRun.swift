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
        usage: HelpScreen.usage,
        discussion: """
            APP alone is APP/default. A command of one word is a shell line for the remote side, so \
            that && and pipes work there; of several words each arrives as it was typed. Its first \
            word is looked up among the deployment's tasks and the process types of its Procfile.

            Everything behind the command's first word is the remote command's, dashes included: \
            ccrun's own options stand before it. An app that is called like a command of ccrun is \
            reached by "ccrun run APP".

            Examples:
              ccrun shop "python manage.py migrate && python manage.py check"
              ccrun shop/staging migrate                # a task, or a process type
              ccrun replay last
            """,
        version: Version.text,
        groupedSubcommands: groups)

    /// The subcommands as the help groups them.
    static let groups = [
        CommandGroup(
            name: "run", subcommands: [RunCommand.self, ReleaseCommand.self, LockCommand.self]),
        CommandGroup(
            name: "jobs",
            subcommands: [
                JobsCommand.self, LogsCommand.self, AttachCommand.self, WaitCommand.self,
                StopCommand.self,
            ]),
        CommandGroup(
            name: "look up",
            subcommands: [TargetsCommand.self, TasksCommand.self, DoctorCommand.self]),
        CommandGroup(
            name: "look back",
            subcommands: [
                HistoryCommand.self, SearchCommand.self, ShowCommand.self, ReplayCommand.self,
                ExportCommand.self,
            ]),
        CommandGroup(name: "evidence", subcommands: [VerifyCommand.self, ScrubCommand.self]),
        CommandGroup(name: "keep house", subcommands: [PruneCommand.self]),
        CommandGroup(name: "set up", subcommands: [CompletionCommand.self]),
        CommandGroup(name: "hidden", subcommands: [ManualPagesCommand.self]),
    ]

    /// What ccrun itself exits with when it was misused (125, as env(1) and docker have it).
    static let misuse: CInt = 125

    static func main() {
        Launch.fillStandardDescriptors()
        guard let arguments = Launch.arguments else {
            Notices(.normal).error("an argument is not UTF-8, and would not arrive as it was typed")
            ExitStatus(value: misuse).end()
        }
        if arguments.first == CompletionAnswer.word {
            CompletionCommand.answer(Array(arguments.dropFirst()))
            ExitStatus(value: 0).end()
        }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let order = ArgumentOrder(subcommands: names)
        let arranged = order.arranged(arguments)
        if let error = failure(of: arranged) {
            end(
                after: error, of: arranged.first.flatMap { names.contains($0) ? $0 : nil },
                suggestion: order.target(arguments).map {
                    Suggestion(target: $0, arguments: arguments)
                })
        }
        ExitStatus(value: 0).end()
    }

    private static func failure(of arguments: [String]) -> (any Error)? {
        do {
            if let text = try HelpScreen.answer(to: arguments) {
                print(text)
                return nil
            }
            var command = try parseAsRoot(arguments)
            try command.run()
            return nil
        } catch {
            return error
        }
    }

    /// Says what went wrong with `command`, a subcommand's name, nil for none.
    ///
    /// `suggestion`: what a word could have been meant for that was taken for a deployment's name.
    private static func end(
        after error: any Error, of command: String?, suggestion: @autoclosure () -> Suggestion?
    ) -> Never {
        switch error {
        case let status as ExitStatus:
            status.end()
        case let error as DeploymentsError:
            Notices(.normal).error(suggestion()?.added(to: error) ?? error)
            ExitStatus(value: misuse).end()
        default:
            explain(error, of: command, suggestion())
        }
    }

    /// Version and a subcommand's help go to stdout with status 0; what was mistyped is one error and
    /// a hint.
    private static func explain(
        _ error: any Error, of command: String?, _ suggestion: @autoclosure () -> Suggestion?
    ) -> Never {
        if exitCode(for: error).isSuccess {
            print(fullMessage(for: error))
            ExitStatus(value: 0).end()
        }
        let lines = message(for: error).split(separator: "\n")
        let help = command.map { "ccrun help \($0)" } ?? "ccrun --help"
        let hint = (error as? HelpScreen.UnknownSubject)?.hint ?? suggestion()?.hint
        Notices(.normal).error(
            lines.first.map(lowercased) ?? "the arguments make no sense",
            details: lines.dropFirst().map(String.init),
            hint: hint ?? "\"\(help)\" shows how it goes")
        ExitStatus(value: misuse).end()
    }

    private static func lowercased(_ line: Substring) -> String {
        var text = line.prefix(1).lowercased() + line.dropFirst()
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

enum Version {
    static let number = "0.1.0"
    /// When that number was given; the manual's pages carry it.
    static let date = "2026-11-22"

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
