extension Endpoint {
    /// Where and how `ssh -G` is asked about further hosts.
    struct Resolver {
        let environment: [String: String]
        let homeFolder: String
        let questions: OpenSSHQuestions
        /// What leads here, the target first, to notice a circle.
        var trail: [String] = []

        /// More hosts than this one after the other are taken for a configuration that leads in a circle.
        private static let mostHops = 8

        /// Begins to ask about a host, by what its name says.
        @discardableResult
        func ask(
            about address: HostAddress, user: String? = nil, port: UInt16? = nil
        ) -> OpenSSHQuestion {
            questions.ask(
                about: OpenSSHQuestion.Subject(
                    host: address.name, user: user ?? address.user, port: port ?? address.port),
                environment: environment, homeFolder: homeFolder)
        }

        /// Throws `sshConfig` where so many hosts more are too many.
        func check(hops: Int) throws(DeploymentsError) {
            guard trail.count - 1 + hops > Self.mostHops else { return }
            throw DeploymentsError(
                .sshConfig, "cannot connect to \(QuotedText.quoted(trail[0]))",
                because: "the configuration of ssh leads through more than \(Self.mostHops) jump "
                    + "hosts",
                hint: "let ProxyJump not hold for the jump host itself: see \"ssh -G "
                    + "\(trail.last ?? "")\"")
        }
    }

    /// Decides how to get to the endpoint, by what ssh says about it.
    ///
    /// A jump host is asked about in turn. The first of a list may have a way of its own; the others are
    /// reached through the one before, whatever their own configuration says, as ssh does it.
    func way(
        by configuration: OpenSSHConfiguration, _ resolver: Resolver
    ) throws(DeploymentsError) -> Way {
        let tokens = OpenSSHTokens(
            for: self, environment: resolver.environment, homeFolder: resolver.homeFolder)
        if let command = configuration.proxyCommand {
            return .command(try tokens.expandedProxy("ProxyCommand", command))
        }
        guard let jump = configuration.proxyJump else { return .direct }
        let hops = try tokens.expandedProxy("ProxyJump", jump).split(separator: ",")
        var resolver = resolver
        resolver.trail.append(alias)
        try resolver.check(hops: hops.count)
        let addresses = try hops.map { text throws(DeploymentsError) in
            try Self.jumpHost(String(text), of: alias)
        }
        for address in addresses { resolver.ask(about: address) }
        var last: Endpoint?
        for address in addresses {
            last = try Endpoint(
                resolving: address, user: address.user, port: address.port, resolver,
                way: last.map { .through($0) })
        }
        return last.map { .through($0) } ?? .direct
    }

    /// One of ProxyJump's hosts: `[user@]host[:port]` or `ssh://[user@]host[:port]`.
    private static func jumpHost(
        _ text: String, of alias: String
    ) throws(DeploymentsError) -> HostAddress {
        var text = text[...]
        if text.hasPrefix("ssh://") {
            text = text.dropFirst("ssh://".count)
            if text.hasSuffix("/") { text.removeLast() }
        }
        do throws(DeploymentsError) {
            return try HostAddress(parsing: String(text))
        } catch {
            throw DeploymentsError(
                .sshConfig, "cannot use the ProxyJump of \(QuotedText.quoted(alias))",
                because: error.message)
        }
    }
}
