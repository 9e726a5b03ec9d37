/// One page of the manual in the macros of man(7), made from what the parser knows of a command.
struct ManualPage {
    /// `ccrun` or `ccrun-replay`.
    let name: String
    /// The page as a file holds it.
    let text: String

    /// The file's name in a folder `man1`.
    var fileName: String { "\(name).1" }

    /// All pages: ccrun's own, and one for each subcommand that help shows.
    static func all(_ source: HelpSource) -> [ManualPage] {
        [ManualPage(rootOf: source)] + source.commands.map { ManualPage($0, of: source) }
    }

    private init(_ command: HelpSource.Command, of source: HelpSource) {
        name = Self.name(of: command)
        let discussion = HelpDiscussion(command.discussion ?? "")
        var page = ManualPageText(title: name)
        page.section("NAME")
        page.line("\(name) - \(Self.phrase(command.abstract))")
        page.section("SYNOPSIS")
        page.synopsis(HelpSource.usage(of: command.commandName))
        page.section("DESCRIPTION")
        page.paragraphs([Self.sentence(command.abstract)] + discussion.prose)
        if !command.positionals.isEmpty {
            page.section("ARGUMENTS")
            for argument in command.positionals {
                page.item(.placeholder(argument.valueName ?? ""), Self.description(of: argument))
            }
        }
        page.section("OPTIONS")
        for option in command.options {
            page.item(.option(option), Self.description(of: option))
        }
        page.examples(discussion.examples)
        page.section("SEE ALSO")
        page.references(["ccrun"] + source.commands.map(Self.name).filter { [name] in $0 != name })
        self.text = page.text
    }

    private init(rootOf source: HelpSource) {
        name = source.root.commandName
        let discussion = HelpDiscussion(source.root.discussion ?? "")
        var page = ManualPageText(title: name)
        page.section("NAME")
        page.line("\(name) - \(Self.phrase(source.root.abstract))")
        page.section("SYNOPSIS")
        page.synopsis(HelpSource.usage(of: nil))
        page.section("DESCRIPTION")
        page.paragraphs([Self.sentence(source.root.abstract)] + discussion.prose)
        page.section("COMMANDS")
        for group in HelpSource.groups {
            page.subsection(group.name)
            for command in group.commands.compactMap(source.command) {
                page.item(.reference(Self.name(of: command)), Self.sentence(command.abstract))
            }
        }
        page.section("OPTIONS")
        for option in source.root.options {
            page.item(.option(option), Self.description(of: option))
        }
        page.paragraphs(["The options of a run are in ccrun-run(1)."])
        page.section("EXIT STATUS")
        for row in ManualPageTables.statuses { page.item(.literal(row.name), row.meaning) }
        page.section("ENVIRONMENT")
        for row in ManualPageTables.environment { page.item(.literal(row.name), row.meaning) }
        page.subsection("What every remote command finds in its own")
        for row in ManualPageTables.remoteEnvironment { page.item(.literal(row.name), row.meaning) }
        page.section("FILES")
        for row in ManualPageTables.files { page.item(.path(row.name), row.meaning) }
        page.examples(discussion.examples)
        page.section("SEE ALSO")
        page.references(source.commands.map(Self.name) + ["asciinema", "ssh", "ssh_config:5"])
        self.text = page.text
    }

    // MARK: - Texts

    private static func name(of command: HelpSource.Command) -> String {
        "ccrun-\(command.commandName)"
    }

    /// `List the runs.` as it stands behind a page's name: `list the runs`.
    private static func phrase(_ abstract: String?) -> String {
        let text = abstract ?? ""
        let first = text.prefix(1).lowercased()
        return first + text.dropFirst().prefix(text.count - (text.hasSuffix(".") ? 2 : 1))
    }

    private static func sentence(_ abstract: String?) -> String {
        let text = abstract ?? ""
        return text.hasSuffix(".") ? text : text + "."
    }

    private static func description(of argument: HelpSource.Argument) -> String {
        var text = sentence(argument.abstract)
        if let values = argument.allValues, !values.isEmpty {
            text += " One of: \(values.joined(separator: ", "))."
        }
        if let value = argument.defaultValue { text += " The default is \(value)." }
        return text
    }
}
