package import Deployments
package import Transcripts

internal import LocalTerminal
internal import SSH

/// One run, decided down to the bytes that will be sent; nothing has been connected to.
package struct RunPlan: Sendable {
    package let run: RunID
    package let deployment: Deployment
    package let endpoint: Endpoint
    /// What the user asked for, as history and transcript show it.
    package let title: String
    package let command: RemoteCommand
    /// Whether a pseudo-terminal is asked for.
    package let usesTerminal: Bool
    package let options: RunOptions
    package let stateFolder: String
    /// Also offer algorithms that only old servers need.
    package let allowsLegacyAlgorithms: Bool
    /// The value of TERM that the remote side gets.
    package let term: String

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
        let (resolved, _, task) = deployment.resolve(request)
        self.run = run
        self.deployment = deployment
        self.title = request.title
        var options = options
        options.timeout = options.timeout ?? task?.timeout
        self.options = options
        endpoint = try deployment.endpoint(
            for: try deployment.host(named: options.host), options: options.endpoint,
            environment: environment, homeFolder: HomeFolder.path(environment))
        usesTerminal = Self.wantsTerminal(options.terminal)
        command = try RemoteCommand(
            resolved, deployment: deployment, runID: run.description,
            environment: options.environment,
            pseudoTerminal: usesTerminal,
            terminalModesToRestore: PreambleModes.operands(toRestore: RawTerminal.modes))
        stateFolder = StateFolder.resolve(environment: environment)
        allowsLegacyAlgorithms = environment["CCRUN_LEGACY_ALGORITHMS"] == "1"
        term = environment["TERM"].flatMap { $0.isEmpty ? nil : $0 } ?? "dumb"
    }

    private static func wantsTerminal(_ choice: RunOptions.TerminalChoice) -> Bool {
        switch choice {
        case .always: true
        case .never: false
        case .automatic: Terminal.standardInput.isTerminal && Terminal.standardOutput.isTerminal
        }
    }

    /// The pseudo-terminal to ask for: this terminal's modes, but those the preamble needs.
    var pseudoTerminal: PseudoTerminal? {
        guard usesTerminal else { return nil }
        return PseudoTerminal(
            term: term, size: RawTerminal.size ?? WindowSize(columns: 80, rows: 24),
            modes: command.preamble.isEmpty
                ? RawTerminal.modes : PreambleModes.applied(to: RawTerminal.modes))
    }
}

extension RemoteCommand.Request {
    /// The command as a person would type it; empty for a login shell.
    package var title: String {
        switch self {
        case .loginShell: ""
        case .shell(let text): text
        case .words(let words): ShellQuoting.joined(words)
        }
    }
}

extension Deployment {
    /// The host to run on: the primary, the one of that name, or any host where none is listed so.
    func host(named name: String?) throws(DeploymentsError) -> HostAddress {
        guard let name else { return hosts[0] }
        let wanted = try HostAddress(parsing: name)
        return hosts.first {
            $0.name == wanted.name && (wanted.port == nil || wanted.port == $0.port)
        }
            ?? wanted
    }
}
