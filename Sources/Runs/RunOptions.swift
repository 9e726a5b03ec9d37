package import Deployments

/// What the command line says about a run, beside the target and the command.
package struct RunOptions: Sendable {
    /// Whether the remote program gets a terminal.
    package enum TerminalChoice: Sendable {
        /// When stdin and stdout both are terminals.
        case automatic
        case always
        case never
    }

    package var terminal = TerminalChoice.automatic
    /// Local stdin is left alone; the remote program's is empty.
    package var ignoresInput = false
    package var environment: [EnvironmentVariable] = []
    /// The host of the deployment to run on, when it is not the primary.
    package var host: String?
    package var endpoint = EndpointOptions()
    /// How long lookup, connection, handshake and login may take each.
    package var connectTimeout: Duration?
    /// How long the command may run.
    package var timeout: Duration?
    /// How long the command has to end by itself once it was told to.
    package var grace = Duration.seconds(10)
    /// What turns a key into a command to ccrun; nil for what is configured, else `~`.
    package var escape: EscapeCharacter?
    /// How long a question may stand unanswered where there is no terminal.
    package var promptTimeout: Duration?
    /// How long to wait for a lock that somebody else holds; nil not at all.
    package var lockWait: Duration?
    package var secrets: [String: Secret] = [:]
    package var acceptsNewHostKey = false
    package var records = true
    package var recordsStrictly = false
    /// Whether what is typed is recorded too, but for what looks like a secret.
    package var recordsInput = false
    /// What signs the transcript; nil where nothing does.
    package var signingKey: SigningKey?
    package var verbosity = Verbosity.normal

    package init() {}

    /// The options that lead a command line to a host of a deployment as these do.
    func reach(_ host: HostAddress, of deployment: Deployment) -> [String] {
        var words: [String] = []
        if self.host != nil || host != deployment.hosts.first { words += ["--host", "\(host)"] }
        if let user = endpoint.user { words += ["-l", user] }
        if let port = endpoint.port { words += ["-p", "\(port)"] }
        for file in endpoint.identityFiles { words += ["-i", file] }
        return words
    }

    package enum Verbosity: Sendable, Comparable {
        case quiet
        case normal
        case verbose
    }
}
