/// Where to connect, as whom, and whom to trust there: all that the connection needs to know.
package struct Endpoint: Sendable, Equatable {
    /// What to do about a host key that no file knows.
    package enum StrictHostKeyChecking: Sendable, Equatable {
        case ask
        /// Refuse it.
        case yes
        /// Add it; ssh's `no` and `off`.
        case no
        case acceptNew
    }

    /// Which addresses of a name are tried.
    package enum AddressFamily: String, Sendable, Equatable {
        case any
        case inet
        case inet6
    }

    /// When a terminal is asked for.
    package enum RequestTTY: Sendable, Equatable {
        case automatic
        case never
        /// Where standard input is a terminal.
        case onTerminal
        case always
    }

    /// The algorithms that ssh would offer, each list the best first; nil where nobody was asked.
    package struct AlgorithmLists: Sendable, Equatable {
        package var keyExchange: [String]?
        package var hostKeys: [String]?
        package var ciphers: [String]?
        package var codes: [String]?

        package init() {}
    }

    /// The agent that the programs there may use (ForwardAgent).
    package enum ForwardedAgent: Sendable, Equatable {
        /// None is wanted there.
        case none
        /// One is, but there is none here.
        case missing
        case socket(String)
    }

    /// How to get there.
    package indirect enum Way: Sendable, Equatable {
        /// By a connection from here.
        case direct
        /// Over a channel of a session with another host (ProxyJump), which has a way of its own.
        case through(Endpoint)
        /// By what a program does with its standard input and output (ProxyCommand); a line for the
        /// user's shell, its tokens replaced.
        case command(String)
    }

    /// The host as the user wrote it.
    package var alias: String
    /// The name or address to connect to.
    package var host: String
    package var port: UInt16
    package var user: String
    /// The name to look up in known_hosts files instead of `host`.
    package var hostKeyAlias: String?
    /// Absolute paths, in the order to try; a default one need not exist.
    package var identityFiles: [String]
    /// Whether the agent may offer only keys that `identityFiles` names.
    package var identitiesOnly: Bool
    /// The agent's socket: `IdentityAgent`, else `SSH_AUTH_SOCK`; nil for no agent.
    package var identityAgent: String?
    package var forwardedAgent = ForwardedAgent.none
    package var userKnownHostsFiles: [String]
    package var globalKnownHostsFiles: [String]
    /// Files of public keys that no host may have.
    package var revokedHostKeysFiles: [String] = []
    /// Whether a name is hashed where it is added to a known_hosts file.
    package var hashesKnownHosts = false
    package var strictHostKeyChecking: StrictHostKeyChecking
    package var connectTimeout: Duration?
    package var way = Way.direct
    /// How often the connection is tried, a second apart.
    package var connectionAttempts = 1
    package var addressFamily = AddressFamily.any
    /// The address here to connect from.
    package var bindAddress: String?
    package var algorithms = AlgorithmLists()
    /// What SetEnv and SendEnv give the remote command.
    package var environment: [EnvironmentVariable] = []
    package var requestTTY = RequestTTY.automatic
    /// The byte of EscapeChar; nil for none.
    package var escapeCharacter: UInt8? = UInt8(ascii: "~")
    /// Zero for none.
    package var serverAliveInterval = Duration.zero
    package var serverAliveCountMax = 3
    /// What somebody should know who asks for details: what is set and does not count.
    package var remarks: [String] = []
    /// Which methods a login may use, and how.
    package var login = LoginSettings()

    /// The ServerAliveInterval that somebody has set; nil where it is ssh's own.
    ///
    /// That is 0, for which nobody asks; with BatchMode, Debian's has 300 (its ssh_config(5)).
    package var givenAliveInterval: Duration? {
        let isOwn =
            serverAliveInterval == .zero
            || login.asksNobody && serverAliveInterval == .seconds(300)
        return isOwn ? nil : serverAliveInterval
    }

    /// The hosts that the way leads through, the first to connect to first.
    package var jumpHosts: [Endpoint] {
        guard case .through(let last) = way else { return [] }
        return last.jumpHosts + [last]
    }
}

/// What the command line says about an endpoint; it wins over everything else.
package struct EndpointOptions: Sendable, Equatable {
    package var user: String?
    package var port: UInt16?
    /// Paths as typed; `~` is the home folder.
    package var identityFiles: [String]
    package var host: HostAddress?

    package init(
        user: String? = nil,
        port: UInt16? = nil,
        identityFiles: [String] = [],
        host: HostAddress? = nil
    ) {
        self.user = user
        self.port = port
        self.identityFiles = identityFiles
        self.host = host
    }
}
