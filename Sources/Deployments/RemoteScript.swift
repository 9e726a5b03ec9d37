/// The text that the remote `sh` evaluates, part by part.
///
/// The order is: variables of `env_file`, variables of the preamble (so that they win), the
/// directory, `before`, the command. With `through` all of it happens in a second `sh` at the far
/// end of that command. The common parts do without backslashes, single quotes and `!`, so that
/// `ExecLine` can show them as they are.
struct RemoteScript {
    /// The variable that brings a command too long for `exec`; it is gone before the command runs.
    static let carriedName = "_ccrun_command"

    /// What happens after the preamble has been read.
    let afterPreamble: String
    /// Whether the far `sh` says when it is ready for the preamble.
    let needsHandshake: Bool

    private let beforePreamble: String
    private let reader: String
    private let through: String?

    /// Composes the parts; `terminalModes` are empty without a pseudo-terminal or a preamble.
    init(
        _ request: RemoteCommand.Request, deployment: Deployment, readsPreamble: Bool = false,
        terminalModes: [String] = []
    ) {
        reader = readsPreamble ? Preamble.reader : ""
        let usesTerminal = !terminalModes.isEmpty
        needsHandshake = deployment.through != nil && usesTerminal
        through = deployment.through.map { Self.through($0, usesTerminal: usesTerminal) }

        let envFile = deployment.envFile.map {
            EnvFileReader.script(path: RemotePath.joined($0, in: deployment.directory))
        }
        beforePreamble = (envFile ?? "") + (needsHandshake ? Self.farTerminal : "")

        var modes = usesTerminal ? "stty \(terminalModes.joined(separator: " "));" : ""
        if needsHandshake { modes = "if [ -t 0 ];then \(modes)fi;" }
        afterPreamble =
            modes + (deployment.directory.map(RemotePath.enter) ?? "")
            + (deployment.before.map(Self.before) ?? "")
            + Self.command(request, mayBeFunction: deployment.before != nil)
    }

    /// All of it, as one text.
    var whole: String { wrapped(beforePreamble + reader + afterPreamble) }

    /// The same, for a command that the preamble brings as `carriedName`.
    var withCarriedCommand: String {
        let name = Self.carriedName
        return wrapped(beforePreamble + reader + "eval \"unset \(name);$\(name)\"")
    }

    /// With `docker exec -t` and the like there is a second terminal, whose echo is still on.
    ///
    /// The preamble must not be sent before it is off, which the announcement tells.
    private static let farTerminal =
        "if [ -t 0 ];then stty -echo||exit 125;fi;" + Preamble.announcement

    private func wrapped(_ script: String) -> String {
        guard let through else { return script }
        return "exec \(through) sh -c \(ShellQuoting.quoted(script))"
    }

    /// Replaces `{tty}` by `-t`, or takes it out together with one blank.
    private static func through(_ command: String, usesTerminal: Bool) -> String {
        var text = ""
        var rest = command[...]
        while let place = rest.firstRange(of: "{tty}") {
            text += rest[..<place.lowerBound]
            rest = rest[place.upperBound...]
            if usesTerminal {
                text += "-t"
            } else if rest.first == " ", text.isEmpty || text.last == " " {
                rest.removeFirst()
            } else if rest.isEmpty, text.last == " " {
                text.removeLast()
            }
        }
        return text + rest
    }

    /// Runs `text`, and ends the run with its status if that is not zero.
    ///
    /// `||exit` looks at the last command of a list joined by `;`, `&&` or `||`, as wanted. What a
    /// newline may belong to (a comment, a here-document) or an operator may not follow goes into
    /// braces of its own.
    private static func before(_ text: String) -> String {
        let text = text.trimmingBlanks
        let isPlainList =
            !text.contains { $0.isNewline || $0 == "#" || $0 == "\\" }
            && !text.contains("<<") && text.last != ";" && text.last != "&"
        return isPlainList ? "\(text)||exit;" : "{ \(text)\n}||exit;"
    }

    private static func command(
        _ request: RemoteCommand.Request, mayBeFunction: Bool
    ) -> String {
        switch request {
        case .words(let words) where !words.isEmpty:
            replacement(words)
        case .loginShell, .words:
            "exec \"${SHELL:-/bin/sh}\" -l"
        case .shell(let text):
            SimpleCommand.replacingShell(text, mayBeFunction: mayBeFunction)
        }
    }

    /// Replaces the shell by a program.
    ///
    /// `exec -- word` is not for dash, and `exec -x` not for bash, so a program whose name begins
    /// with `-` is started by `command`. A first word with `=` is quoted, as zsh takes it for an
    /// assignment else.
    private static func replacement(_ words: [String]) -> String {
        let text = ShellQuoting.joined(words)
        return words.first?.hasPrefix("-") == true ? "command -- \(text)" : "exec \(text)"
    }
}
