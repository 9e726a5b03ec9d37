package import Deployments
package import Transcripts

internal import LocalTerminal
internal import SSH

/// One run, decided down to the bytes that will be sent; nothing has been connected to.
package struct RunPlan: Sendable {
    package let run: RunID
    package let deployment: Deployment
    package let destination: Destination
    /// What the user asked for, as history and transcript show it.
    package let title: String
    package let command: PlannedCommand
    /// The task that the command's first word named.
    package let task: TaskDefinition?
    /// The task or process type that the command's first word named, for the transcript.
    let taskName: String?
    package let options: RunOptions
    package let stateFolder: String
    /// The lock that an exclusive task holds while it runs; nil for any other command.
    let lock: PlannedLock?
    /// The rules of the inventory that were overridden for it.
    package var overriddenRules: [String] = []

    /// Decides a run.
    ///
    /// `environment`: this process's; HOME, XDG_STATE_HOME, SSH_AUTH_SOCK, TERM and
    /// CCRUN_LEGACY_ALGORITHMS count.
    /// Throws `DeploymentsError` for a host, a variable or a command that cannot be.
    package init(
        _ request: RemoteCommand.Request, on deployment: Deployment, options: RunOptions,
        environment: [String: String]
    ) throws(DeploymentsError) {
        let run = RunID()
        let (resolved, taskName, task) = deployment.resolve(request)
        self.run = run
        self.deployment = deployment
        self.task = task
        self.taskName = taskName
        self.title = request.title
        self.options = options
        let host = try deployment.host(named: options.host)
        destination = try Destination(
            host, of: deployment, options: options, environment: environment)
        var options = options
        options.escape =
            options.escape ?? destination.endpoint.escapeCharacter.map { .byte($0) }
            ?? EscapeCharacter.none
        command = try PlannedCommand(
            resolved, on: destination.surrounding(deployment), at: host, run: run.description,
            environment: options.environment,
            usesTerminal: Self.wantsTerminal(
                options.terminal, destination.endpoint.requestTTY, task),
            term: Self.term(environment), timeout: options.timeout ?? task?.timeout,
            options: options,
            prompts: try PlannedPrompts(
                task, options: options,
                isAttended: Terminal.standardInput.isTerminal && !options.ignoresInput))
        stateFolder = StateFolder.resolve(environment: environment)
        lock =
            task?.exclusive == true
            ? try PlannedLock(
                of: deployment, at: host == deployment.hosts[0] ? destination : nil, reason: title,
                options: options, environment: environment) : nil
    }

    package var endpoint: Endpoint { destination.endpoint }

    /// A task whose prompts are answered needs a terminal for them, as getpass(3) reads no pipe.
    private static func wantsTerminal(
        _ choice: RunOptions.TerminalChoice, _ configured: Endpoint.RequestTTY,
        _ task: TaskDefinition?
    ) -> Bool {
        switch (choice, configured) {
        case (.always, _): true
        case (.never, _): false
        case _ where task?.expect.isEmpty == false: true
        case (.automatic, .always): true
        case (.automatic, .never): false
        case (.automatic, .onTerminal): Terminal.standardInput.isTerminal
        case (.automatic, .automatic):
            Terminal.standardInput.isTerminal && Terminal.standardOutput.isTerminal
        }
    }

    static func term(_ environment: [String: String]) -> String {
        environment["TERM"].flatMap { $0.isEmpty ? nil : $0 } ?? "dumb"
    }
}

extension RemoteCommand.Request {
    /// The command as a person would type it; empty for a login shell.
    package var title: String {
        switch self {
        case .loginShell: ""
        case .shell(let text): text
        case .words(let words): ShellQuoting.joined(words)
        case .script(let script, let arguments):
            ShellQuoting.joined(["script", script.name] + arguments)
        }
    }
}

extension Deployment {
    /// The host to run on: the primary, the one of that name, or any host where none is listed so.
    package func host(named name: String?) throws(DeploymentsError) -> HostAddress {
        guard let name else { return hosts[0] }
        let wanted = try HostAddress(parsing: name)
        return hosts.first {
            $0.name == wanted.name && (wanted.port == nil || wanted.port == $0.port)
        }
            ?? wanted
    }
}
