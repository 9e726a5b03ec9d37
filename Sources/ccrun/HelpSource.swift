internal import ArgumentParser
internal import Foundation

/// What the parser knows of its commands: the one list that help, completion and manual are made of.
///
/// It is the parser's own description (`--experimental-dump-help`, version 0 of its format), to which
/// usage lines and groups are added, which that leaves out.
struct HelpSource {
    /// An option, a flag, or a word by its place.
    struct Argument: Decodable, Equatable {
        let kind: String
        let shouldDisplay: Bool
        let isRepeating: Bool
        let names: [Name]?
        /// What its value is called; that also says what completes it.
        let valueName: String?
        /// The values it may have, where it may have no others.
        let allValues: [String]?
        let defaultValue: String?
        let abstract: String?

        struct Name: Decodable, Equatable {
            let kind: String
            let name: String
        }

        var isPositional: Bool { kind == "positional" }
        var takesValue: Bool { kind == "option" }

        /// As they are typed, the long ones first: `--tty`, `-t`.
        var spellings: [String] {
            let names = names ?? []
            return names.filter { $0.kind == "long" }.map { "--\($0.name)" }
                + names.filter { $0.kind != "long" }.map { "-\($0.name)" }
        }
    }

    struct Command: Decodable, Equatable {
        let commandName: String
        let shouldDisplay: Bool
        let abstract: String?
        let discussion: String?
        let subcommands: [Command]?
        let arguments: [Argument]?

        var options: [Argument] {
            (arguments ?? []).filter { !$0.isPositional && $0.shouldDisplay }
        }

        var positionals: [Argument] {
            (arguments ?? []).filter { $0.isPositional && $0.shouldDisplay }
        }

        func option(_ spelling: some StringProtocol) -> Argument? {
            options.first { $0.spellings.contains(String(spelling)) }
        }
    }

    private struct Dump: Decodable {
        let command: Command
    }

    /// ccrun itself.
    let root: Command

    init() throws {
        let text = CCRun._dumpHelp()
        root = try JSONDecoder().decode(Dump.self, from: Data(text.utf8)).command
    }

    /// The subcommands that help shows, `help` not among them.
    var commands: [Command] {
        (root.subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    func command(_ name: String) -> Command? {
        root.subcommands?.first { $0.shouldDisplay && $0.commandName == name }
    }

    /// How the subcommands that help shows are configured.
    static var configurations: [CommandConfiguration] {
        CCRun.groups.flatMap { $0.subcommands }.map { $0.configuration }.filter(\.shouldDisplay)
    }

    /// The lines of a subcommand's usage, or of ccrun's own for nil.
    static func usage(of name: String?) -> [String] {
        var configuration: CommandConfiguration? = CCRun.configuration
        if let name { configuration = configurations.first { $0.commandName == name } }
        return (configuration?.usage ?? "").split(separator: "\n").map(String.init)
    }

    /// The names of the subcommands by group, in the order of the help.
    static var groups: [(name: String, commands: [String])] {
        CCRun.groups.compactMap { group in
            let shown = group.subcommands.map { $0.configuration }.filter(\.shouldDisplay)
            let names = shown.compactMap(\.commandName)
            return names.isEmpty ? nil : (group.name, names)
        }
    }
}

/// Help on one subject: a subcommand's discussion, parted into prose and examples.
struct HelpDiscussion {
    /// The paragraphs of prose.
    private(set) var prose: [String] = []
    /// The lines behind `Examples:`, without their indent.
    private(set) var examples: [String] = []

    init(_ text: String) {
        var isExample = false
        for paragraph in text.split(separator: "\n\n") {
            let lines = paragraph.split(separator: "\n").map(String.init)
            isExample = lines.first == Self.heading
            if isExample {
                examples += lines.dropFirst().map { String($0.drop { $0 == " " }) }
            } else {
                prose.append(lines.joined(separator: " "))
            }
        }
    }

    static let heading = "Examples:"
}
