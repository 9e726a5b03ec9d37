internal import ArgumentParser
internal import Deployments

/// `ccrun --help`: the three uses, the subcommands by group, on one screen of 80 by 24.
enum HelpScreen {
    /// The subcommand that a release goes through; the screen has its line once there is one.
    private static let release = "release"

    /// How ccrun is used, each with its purpose.
    static var uses: [(line: String, purpose: String)] {
        let scripted =
            HelpSource.groups.flatMap(\.commands).contains(release)
            ? [("ccrun release [options] APP[/DEP]", "scripted release tasks, one by one")] : []
        return [("ccrun [options] APP[/DEP] \"COMMAND\"", "one command, or its words as typed")]
            + scripted
            + [("ccrun [options] APP[/DEP]", "an interactive shell")]
    }

    /// The same as the lines of a usage.
    static var usage: String {
        columns(uses.map { ($0.line, $0.purpose) }).joined(separator: "\n")
    }

    static var text: String {
        let abstract = CCRun.configuration.abstract
        let examples = HelpDiscussion(CCRun.configuration.discussion).examples
        let parts: [[String]] = [
            [abstract],
            columns(uses.map { ($0.line, $0.purpose) }).map { "  \($0)" },
            [HelpDiscussion.heading] + examples.map { "  \($0)" },
            ["Commands:"]
                + columns(HelpSource.groups.map { ($0.name, $0.commands.joined(separator: ", ")) })
                .map { "  \($0)" },
            [
                "\"ccrun help COMMAND\" tells more, \"ccrun help run\" the options of a run.",
                "The exit status is the remote command's own; 255 says that no status came,",
                "125 that ccrun was misused, 124 that --timeout ran out.",
            ],
        ]
        return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    /// The answer to `--help` and `help` without a subject; nil where something else is asked for.
    ///
    /// Throws `UnknownSubject` where `help` is asked about what there is not.
    static func answer(to arguments: [String]) throws -> String? {
        if arguments == ["--help"] || arguments == ["-h"] { return text }
        guard arguments.first == "help" else { return nil }
        guard let subject = arguments.dropFirst().first(where: { !$0.hasPrefix("-") }) else {
            return text
        }
        let names = HelpSource.groups.flatMap(\.commands)
        guard !names.contains(subject), subject != "help" else { return nil }
        let hint = Suggestion.command(near: subject).map { "did you mean \"ccrun help \($0)\"?" }
        throw UnknownSubject(subject: subject, hint: hint)
    }

    /// Help was asked about something that is no subcommand.
    struct UnknownSubject: Error, CustomStringConvertible {
        let subject: String
        let hint: String?

        var description: String { "there is no command \"\(subject)\"" }
    }

    private static func columns(_ rows: [(String, String)]) -> [String] {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { first, second in
            first + String(repeating: " ", count: width - first.count + 3) + second
        }
    }
}
