extension Deployment {
    /// Decides where to connect for `host`, one of the deployment's.
    ///
    /// The command line wins over the inventory, the inventory over `~/.ssh/config` (asked through
    /// `ssh -G`), and that over ssh's defaults. `environment` is the local one, for `PATH` and
    /// `SSH_AUTH_SOCK`. Throws `sshConfig` where ssh refuses its configuration, or where that leads
    /// nowhere.
    package func endpoint(
        for host: HostAddress,
        options: EndpointOptions,
        environment: [String: String],
        homeFolder: String
    ) throws(DeploymentsError) -> Endpoint {
        let (address, user, port) = login(at: host, options)
        let resolver = Endpoint.Resolver(
            environment: environment, homeFolder: homeFolder, questions: questions)
        var endpoint = try Endpoint(resolving: address, user: user, port: port, resolver)
        endpoint.prefer(identityFiles: options.identityFiles, homeFolder: homeFolder)
        return endpoint
    }

    /// Begins to ask ssh about a host, so that it works while something else is done.
    ///
    /// What it is asked is what `endpoint` needs for the same arguments.
    package func askAhead(
        about host: HostAddress, options: EndpointOptions, environment: [String: String],
        homeFolder: String
    ) {
        let (address, user, port) = login(at: host, options)
        let resolver = Endpoint.Resolver(
            environment: environment, homeFolder: homeFolder, questions: questions)
        resolver.ask(about: address, user: user, port: port)
    }

    /// What command line and inventory say about how to get in there.
    private func login(
        at host: HostAddress, _ options: EndpointOptions
    ) -> (address: HostAddress, user: String?, port: UInt16?) {
        let address = options.host ?? host
        let user =
            options.user ?? address.user ?? self.user
            ?? (address == gateway ? name.dashed : nil)
        return (address, user, options.port ?? address.port)
    }
}

extension Endpoint {
    /// The names in `~/.ssh` that ssh tries unasked, in the order that costs the fewest signatures.
    private static let defaultIdentities = ["id_ed25519", "id_ecdsa", "id_rsa"]

    /// Asks ssh about a host; `user` and `port` are those decided on already, `way` the one that holds
    /// whatever ssh says.
    ///
    /// Throws `sshConfig` where ssh refuses its configuration.
    init(
        resolving address: HostAddress, user: String?, port: UInt16?, _ resolver: Resolver,
        way: Way? = nil
    ) throws(DeploymentsError) {
        let (environment, homeFolder) = (resolver.environment, resolver.homeFolder)
        let configuration = try resolver.ask(about: address, user: user, port: port).answer()
        guard let user = user ?? configuration?.user ?? Self.localUser(environment) else {
            throw DeploymentsError(
                .sshConfig, "cannot connect to \(QuotedText.quoted(address.name))",
                because: "there is no user to log in as", hint: "pass --user")
        }
        self = Endpoint.withDefaults(
            alias: address.name, user: user, environment: environment, homeFolder: homeFolder)
        self.port = port ?? configuration?.port ?? 22
        if let configuration {
            adopt(configuration, environment: environment, homeFolder: homeFolder)
        } else {
            hashesKnownHosts = OpenSSHSystemFile().hashesKnownHosts
            if CapturedProgram.find("ssh", environment: environment) == nil {
                remarks.append("there is no ssh to ask: ~/.ssh/config does not count")
            }
        }
        if let way {
            self.way = way
        } else if let configuration {
            self.way = try self.way(by: configuration, resolver)
        }
    }

    /// The local login name, as ssh takes it: from the passwd database first.
    private static func localUser(_ environment: [String: String]) -> String? {
        LocalAccount.current()?.name ?? environment["USER"] ?? environment["LOGNAME"]
    }

    fileprivate static func withDefaults(
        alias: String,
        user: String,
        environment: [String: String],
        homeFolder: String
    ) -> Endpoint {
        let folder = FilePath.absolute(".ssh", in: homeFolder)
        let agent = environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 }
        return Endpoint(
            alias: alias, host: alias, port: 22, user: user, hostKeyAlias: nil,
            identityFiles: defaultIdentities.map { "\(folder)/\($0)" }, identitiesOnly: false,
            identityAgent: agent,
            userKnownHostsFiles: ["\(folder)/known_hosts", "\(folder)/known_hosts2"],
            globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
            strictHostKeyChecking: .ask, connectTimeout: nil)
    }

    /// Takes over what ssh says, except user and port, which have been decided.
    fileprivate mutating func adopt(
        _ configuration: OpenSSHConfiguration,
        environment: [String: String],
        homeFolder: String
    ) {
        host = configuration.host ?? host
        hostKeyAlias = configuration.hostKeyAlias
        identitiesOnly = configuration.identitiesOnly
        strictHostKeyChecking = configuration.strictHostKeyChecking
        connectTimeout = configuration.connectTimeout
        hashesKnownHosts = configuration.hashesKnownHosts
        connectionAttempts = configuration.connectionAttempts
        addressFamily = configuration.addressFamily
        bindAddress = configuration.bindAddress
        algorithms = configuration.algorithms
        requestTTY = configuration.requestTTY
        escapeCharacter = configuration.escapeCharacter
        serverAliveInterval = configuration.serverAliveInterval
        serverAliveCountMax = configuration.serverAliveCountMax
        self.environment = configuration.variables(from: environment)
        if !configuration.missedKeywords.isEmpty {
            let names = configuration.missedKeywords.joined(separator: ", ")
            remarks.append(
                "set in ssh_config for \(QuotedText.quoted(alias)), not supported: \(names)")
        }
        login = configuration.login

        let tokens = OpenSSHTokens(for: self, environment: environment, homeFolder: homeFolder)
        userKnownHostsFiles = configuration.userKnownHostsFiles.map(tokens.expanded)
        globalKnownHostsFiles = configuration.globalKnownHostsFiles.map(tokens.expanded)
        revokedHostKeysFiles = configuration.revokedHostKeysFiles.map(tokens.expanded)
        login.certificateFiles = login.certificateFiles.map(tokens.expanded)
        if !Self.areDefaults(configuration.identityFiles) {
            identityFiles = configuration.identityFiles.filter { $0 != "none" }.map(tokens.expanded)
        }
        switch configuration.identityAgent {
        case nil, "SSH_AUTH_SOCK": break
        case "none": identityAgent = nil
        case .some(let name) where name.hasPrefix("$") && !name.hasPrefix("${"):
            identityAgent = environment[String(name.dropFirst())]
        case .some(let path): identityAgent = tokens.expanded(path)
        }
        forwardedAgent = forwardedAgent(configuration.forwardAgent, environment, tokens)
    }

    /// The agent that a value of ForwardAgent means: with `yes` the one to log in by, as for ssh, for which
    /// IdentityAgent takes the place of `SSH_AUTH_SOCK`.
    private func forwardedAgent(
        _ value: String, _ environment: [String: String], _ tokens: OpenSSHTokens
    ) -> ForwardedAgent {
        let path: String? =
            switch value {
            case "no": nil
            case "yes": identityAgent
            case _ where value.hasPrefix("$") && !value.hasPrefix("${"):
                environment[String(value.dropFirst())]
            default: tokens.expanded(value)
            }
        guard let path, !path.isEmpty else { return value == "no" ? .none : .missing }
        return .socket(path)
    }

    /// Puts the files of `-i` ahead of configured ones and in place of the defaults, as ssh does.
    fileprivate mutating func prefer(identityFiles files: [String], homeFolder: String) {
        guard !files.isEmpty else { return }
        let isDefault = { (path: String) in
            Self.defaultIdentities.contains { path == "\(homeFolder)/.ssh/\($0)" }
        }
        let configured = identityFiles.allSatisfy(isDefault) ? [] : identityFiles
        let preferred = files.map { path in
            FilePath.absolute(
                FilePath.expandingTilde(path, homeFolder: homeFolder), in: FileText.currentFolder)
        }
        identityFiles = preferred + configured.filter { !preferred.contains($0) }
    }

    /// Whether `ssh -G` named the files it tries when none is configured.
    ///
    /// It does not say so itself. The list has grown over the years; these three were always in it,
    /// and all of it is `~/.ssh/id_…`.
    private static func areDefaults(_ files: [String]) -> Bool {
        files.allSatisfy { $0.hasPrefix("~/.ssh/id_") }
            && defaultIdentities.allSatisfy { files.contains("~/.ssh/\($0)") }
    }
}
