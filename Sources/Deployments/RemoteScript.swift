/// The text that the remote `sh` evaluates, part by part.
///
/// The order is: variables of `env_file`, variables of the preamble (so that they win), a script's
/// text, the directory, `before`, the command. With `through` all of it happens in a second `sh` at
/// the far end of that command. The common parts do without backslashes, single quotes and `!`, so
/// that `ExecLine` can show them as they are.
struct RemoteScript {
    /// What a command becomes that is to go on without a connection.
    struct Job {
        let run: String
        let title: String
        let ttl: Duration
    }

    /// The variable that brings a command too long for `exec`; it is gone before the command runs.
    static let carriedName = "_ccrun_command"

    /// What happens after the preamble has been read.
    let afterPreamble: String
    /// Whether the far `sh` says when it is ready for the preamble.
    let needsHandshake: Bool
    /// What has to stand behind the preamble.
    let input: [UInt8]

    private let beforePreamble: String
    private let reader: String
    private let through: String?

    /// Composes the parts.
    ///
    /// `terminalModes` are what to restore behind the preamble, nil without a pseudo-terminal. A
    /// `job` starts with the directory.
    init(
        _ request: RemoteCommand.Request, deployment: Deployment, readsPreamble: Bool = false,
        terminalModes: [String]? = nil, job: Job? = nil
    ) throws(DeploymentsError) {
        reader = readsPreamble ? Preamble.reader : ""
        let usesTerminal = terminalModes != nil
        needsHandshake = deployment.through != nil && usesTerminal
        through = deployment.through.map { Self.through($0, usesTerminal: usesTerminal) }

        let envFile = deployment.envFile.map {
            EnvFileReader.script(path: RemotePath.joined($0, in: deployment.directory))
        }
        beforePreamble = (envFile ?? "") + (needsHandshake ? Self.farTerminal : "")

        let delivery = Self.delivery(request, onTerminal: usesTerminal)
        input = delivery?.bytes ?? []
        // A server may have refused the terminal, and a `through` may give none.
        let modes = (terminalModes ?? []).joined(separator: " ")
        let ready =
            (delivery?.receiver ?? "") + (modes.isEmpty ? "" : "if [ -t 0 ];then stty \(modes);fi;")
        let steps =
            (deployment.directory.map(RemotePath.enter) ?? "")
            + (deployment.before.map(Self.before) ?? "")
            + Self.command(request, mayBeFunction: deployment.before != nil)
        if let job {
            let taken = delivery == nil ? "" : ScriptDelivery.takingOver
            let start = try RemoteJob.start(
                run: job.run, title: job.title, script: taken + steps, ttl: job.ttl)
            afterPreamble = ready + (delivery == nil ? start : ScriptDelivery.handingOver(start))
        } else {
            afterPreamble = ready + steps
        }
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

    /// Leads a script of ours to where the deployment's commands run, without a terminal.
    static func led(_ script: String, through deployment: Deployment) -> String {
        guard let command = deployment.through else { return script }
        return wrapped(script, in: through(command, usesTerminal: false))
    }

    private func wrapped(_ script: String) -> String {
        through.map { Self.wrapped(script, in: $0) } ?? script
    }

    private static func wrapped(_ script: String, in command: String) -> String {
        "exec \(command) sh -c \(ShellQuoting.quoted(script))"
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
        case .script(let script, let arguments):
            ScriptDelivery(script: script, onTerminal: false).command(arguments)
        }
    }

    private static func delivery(
        _ request: RemoteCommand.Request, onTerminal: Bool
    ) -> ScriptDelivery? {
        guard case .script(let script, _) = request else { return nil }
        return ScriptDelivery(script: script, onTerminal: onTerminal)
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
