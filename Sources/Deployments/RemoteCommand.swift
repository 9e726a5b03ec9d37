/// What one run sends: the line for `exec`, and the bytes that go ahead of the program's input.
///
/// `exec` is parsed by the login shell of the remote user, which may be fish or csh, so the line is
/// no more than `exec sh -c '…'`. That `sh` reads the environment from its standard input (see
/// `Preamble`), enters the directory, runs `before`, and then the command. Nothing of a value is
/// ever in an argument vector, where `ps` would show it.
package struct RemoteCommand: Sendable, Equatable {
    package enum Request: Sendable, Equatable {
        case loginShell
        /// A text that the remote `sh` reads.
        case shell(String)
        /// A program and its arguments, each one exactly as it is.
        case words([String])
    }

    /// What `exec` carries.
    package let execLine: String
    /// What the remote `sh` evaluates.
    package let script: String
    /// The environment, for the channel's input ahead of the program's own.
    package let preamble: [UInt8]
    /// What the far `sh` prints when it is ready for the preamble; nil where it may be sent at once.
    package let handshake: [UInt8]?

    /// The longest `execLine`; SSH implementations need not take packets over 35000 bytes (RFC 4253,
    /// 6.1), and libssh2 sends none over 40000.
    static let longestExecLine = 32_000

    /// Composes what runs `request` on `deployment`.
    ///
    /// `environment` comes on top of the deployment's own, and `DEP_NAME` below it. With a
    /// pseudo-terminal the channel has to start with echo off, so that nobody sees the preamble;
    /// `terminalModesToRestore` are the operands that `stty` gets once it has been read. Throws
    /// `invalidEnvironment` for a variable that no environment can hold, and `invalidCommand` for a
    /// NUL byte, which ends every argument.
    package init(
        _ request: Request,
        deployment: Deployment,
        environment: [EnvironmentVariable],
        pseudoTerminal: Bool,
        terminalModesToRestore: [String] = ["echo"]
    ) throws(DeploymentsError) {
        var variables = EnvironmentVariable.merging(
            [EnvironmentVariable(name: "DEP_NAME", value: "\(deployment.name)")]
                + deployment.environment, with: environment)
        let script = RemoteScript(
            request, deployment: deployment,
            terminalModes: pseudoTerminal ? terminalModesToRestore : [])
        let line = ExecLine.carrying(script.whole)
        if line.utf8.count <= Self.longestExecLine {
            self.execLine = line
        } else {
            variables.append(
                EnvironmentVariable(name: RemoteScript.carriedName, value: script.afterPreamble))
            self.execLine = ExecLine.carrying(script.withCarriedCommand)
        }
        self.script = script.whole
        self.preamble = try Preamble.bytes(carrying: variables)
        self.handshake = script.needsHandshake ? Preamble.handshake : nil
        if self.script.utf8.contains(0) {
            throw DeploymentsError(
                .invalidCommand, "cannot run this command on \"\(deployment.name)\"",
                because: "it contains a NUL byte, which no argument of a program can hold")
        }
    }
}
