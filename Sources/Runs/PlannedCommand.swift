package import Deployments

internal import LocalTerminal
internal import SSH

/// One command of a run, decided down to the bytes that will be sent.
package struct PlannedCommand: Sendable {
    package let remote: RemoteCommand
    /// Whether a pseudo-terminal is asked for.
    package let usesTerminal: Bool
    /// The value of TERM that the remote side gets.
    package let term: String
    let deployment: Deployment
    /// The options that lead a command line of the user's to the same host.
    let reach: [String]
    let run: String
    /// Its number in a release, from 1; nil for a command of its own.
    let step: Int?
    /// Whether it is a shell that ends with its terminal, and takes no TERM.
    let isLoginShell: Bool
    package let timeout: Duration?
    /// How long the command has to end by itself once it was told to.
    let grace: Duration
    let prompts: PlannedPrompts
    /// What turns a key into a command to ccrun, where there is a terminal.
    let escape: EscapeCharacter

    init(
        _ request: RemoteCommand.Request, on deployment: Deployment, at host: HostAddress,
        run: String, step: Int? = nil, environment: [EnvironmentVariable], usesTerminal: Bool,
        term: String, timeout: Duration?, options: RunOptions, prompts: PlannedPrompts
    ) throws(DeploymentsError) {
        remote = try RemoteCommand(
            request, deployment: deployment, runID: run, step: step, environment: environment,
            pseudoTerminal: usesTerminal,
            terminalModesToRestore: PreambleModes.operands(toRestore: RawTerminal.modes))
        self.usesTerminal = usesTerminal
        self.term = term
        self.deployment = deployment
        reach = options.reach(host, of: deployment)
        self.run = run
        self.step = step
        isLoginShell = request == .loginShell
        self.timeout = timeout
        grace = options.grace
        self.prompts = prompts
        escape = options.escape ?? .usual
    }

    /// The pseudo-terminal to ask for: this terminal's modes, but those the preamble needs.
    var pseudoTerminal: PseudoTerminal? {
        guard usesTerminal else { return nil }
        return PseudoTerminal(
            term: term, size: RawTerminal.size ?? WindowSize(columns: 80, rows: 24),
            modes: remote.preamble.isEmpty
                ? RawTerminal.modes : PreambleModes.applied(to: RawTerminal.modes))
    }

    /// What starts it.
    var startup: Channel.Startup {
        Channel.Startup(
            pseudoTerminal: pseudoTerminal, command: remote.execLine,
            preamble: remote.handshake == nil ? remote.preamble : [])
    }
}
