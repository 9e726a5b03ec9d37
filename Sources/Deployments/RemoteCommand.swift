/// What one run sends: the line for `exec`, and the bytes that go ahead of the program's input.
///
/// `exec` is parsed by the login shell of the remote user, which may be fish or csh, so the line is
/// no more than `exec sh -c '…'`. That `sh` reads the environment from its standard input (see
/// `Preamble`), enters the directory, runs `before`, and then the command. Nothing of a value is
/// ever in an argument vector, where `ps` would show it.
///
/// sshd opens a session with a window of 0, so the preamble costs a round trip. Where there is
/// nothing to carry but the names of the deployment and of the run, which are no secrets, they go
/// through `env` instead: in an argument vector for the moment before that becomes `sh`.
package struct RemoteCommand: Sendable, Equatable {
    package enum Request: Sendable, Equatable {
        case loginShell
        /// A text that the remote `sh` reads.
        case shell(String)
        /// A program and its arguments, each one exactly as it is.
        case words([String])
        /// A script of this machine and its arguments.
        case script(LocalScript, arguments: [String])
    }

    /// What `exec` carries.
    package let execLine: String
    /// What the remote `sh` evaluates.
    package let script: String
    /// The environment and a script's text, for the channel's input ahead of the program's own.
    package let preamble: [UInt8]
    /// What the far `sh` prints when it is ready for the preamble; nil where it may be sent at once.
    package let handshake: [UInt8]?

    /// The longest `execLine`; SSH implementations need not take packets over 35000 bytes (RFC 4253,
    /// 6.1), and libssh2 sends none over 40000.
    static let longestExecLine = 32_000

    /// The longest line that a request takes; what is longer goes with the preamble.
    ///
    /// Dropbear ends the connection over a command of more than 9000 bytes (its MAX_CMD_LEN).
    static let longestPortableLine = 9000

    /// Composes what runs `request` on `deployment`.
    ///
    /// `environment` comes on top of the deployment's own, `DEP_NAME`, `CCRUN_RUN_ID` and
    /// `CCRUN_STEP`, a release's step from 1 on, below it.
    /// With a pseudo-terminal and a preamble the channel has to start with echo off, so that nobody
    /// sees that; `terminalModesToRestore` are the operands that `stty` gets once it is read. Throws
    /// `invalidEnvironment` for a variable that no environment can hold, and `invalidCommand` for a
    /// NUL byte, which ends every argument.
    package init(
        _ request: Request,
        deployment: Deployment,
        runID: String? = nil,
        step: Int? = nil,
        environment: [EnvironmentVariable],
        pseudoTerminal: Bool,
        terminalModesToRestore: [String] = ["echo"]
    ) throws(DeploymentsError) {
        try self.init(
            request, deployment,
            identifiers: Self.identifiers(of: deployment, runID: runID, step: step),
            environment: environment, terminalModes: pseudoTerminal ? terminalModesToRestore : nil)
    }

    /// Composes what starts `request` as a detached job, and prints what `RemoteJob.Started` reads.
    ///
    /// The environment is read before, so that the job inherits it; the directory, `before` and the
    /// command are the job. With `through` all of it is at the far end, the job's runner and its
    /// folder as well: what ends the job has to reach its processes.
    package init(
        detaching request: Request,
        deployment: Deployment,
        runID: String,
        title: String,
        ttl: Duration,
        environment: [EnvironmentVariable],
        step: Int? = nil
    ) throws(DeploymentsError) {
        try self.init(
            request, deployment,
            identifiers: Self.identifiers(of: deployment, runID: runID, step: step),
            environment: environment, job: RemoteScript.Job(run: runID, title: title, ttl: ttl))
    }

    private init(
        _ request: Request, _ deployment: Deployment, identifiers: [EnvironmentVariable],
        environment: [EnvironmentVariable], terminalModes: [String]? = nil,
        job: RemoteScript.Job? = nil
    ) throws(DeploymentsError) {
        var variables = EnvironmentVariable.merging(deployment.environment, with: environment)
        let plain = try RemoteScript(request, deployment: deployment, job: job)
        let plainLine = ExecLine.carrying(plain.whole, identifiers: identifiers)
        if variables.isEmpty, plain.input.isEmpty, deployment.through == nil,
            plainLine.utf8.count <= Self.longestPortableLine
        {
            execLine = plainLine
            script = plain.whole
            preamble = []
            handshake = nil
        } else {
            variables = EnvironmentVariable.merging(identifiers, with: variables)
            let full = try RemoteScript(
                request, deployment: deployment, readsPreamble: true, terminalModes: terminalModes,
                job: job)
            let line = ExecLine.carrying(full.whole)
            if line.utf8.count <= Self.longestPortableLine {
                execLine = line
            } else {
                variables.append(
                    EnvironmentVariable(name: RemoteScript.carriedName, value: full.afterPreamble))
                execLine = ExecLine.carrying(full.withCarriedCommand)
            }
            script = full.whole
            preamble = try Preamble.bytes(carrying: variables) + full.input
            handshake = full.needsHandshake ? Preamble.handshake : nil
        }
        if self.script.utf8.contains(0) {
            throw DeploymentsError(
                .invalidCommand, "cannot run this command on \"\(deployment.name)\"",
                because: "it contains a NUL byte, which no argument of a program can hold")
        }
    }

    /// The line for `exec` that runs a script of ours in `sh`, whatever the login shell is.
    ///
    /// Its environment is the login's: without DEP_NAME and CCRUN_RUN_ID, so that no search for a
    /// run's processes finds the searcher. `insideContainer` leads it through `through`, without a
    /// terminal. nil for a script that no line can carry: too long, or with a NUL byte.
    package static func auxiliary(
        _ script: String, on deployment: Deployment, insideContainer: Bool
    ) -> String? {
        let whole = insideContainer ? RemoteScript.led(script, through: deployment) : script
        let line = ExecLine.carrying(whole)
        return line.utf8.count <= longestExecLine && !script.utf8.contains(0) ? line : nil
    }

    /// What tells a run's processes apart; no secrets.
    private static func identifiers(
        of deployment: Deployment, runID: String?, step: Int?
    ) -> [EnvironmentVariable] {
        var variables = [EnvironmentVariable(name: "DEP_NAME", value: "\(deployment.name)")]
        if let runID {
            variables.append(EnvironmentVariable(name: "CCRUN_RUN_ID", value: runID))
        }
        if let step {
            variables.append(EnvironmentVariable(name: "CCRUN_STEP", value: String(step)))
        }
        return variables
    }
}
