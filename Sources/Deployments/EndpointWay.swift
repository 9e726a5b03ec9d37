extension Endpoint {
    /// More hosts than this one after the other are taken for a configuration that leads in a circle.
    private static let mostHops = 8

    /// Where and how `ssh -G` is asked about further hosts.
    struct Resolver {
        let environment: [String: String]
        let homeFolder: String
        /// What leads here, the target first, to notice a circle.
        var trail: [String] = []
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
        var resolver = resolver
        resolver.trail.append(alias)
        var last: Endpoint?
        for text in try tokens.expandedProxy("ProxyJump", jump).split(separator: ",") {
            let address = try Self.jumpHost(String(text), of: alias)
            var hop = try Endpoint(
                resolving: address, user: address.user, port: address.port, resolver,
                way: last.map { .through($0) })
            try hop.checkTrail(resolver.trail)
            hop.alias = address.name
            last = hop
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

    private func checkTrail(_ trail: [String]) throws(DeploymentsError) {
        guard trail.count + jumpHosts.count > Self.mostHops else { return }
        throw DeploymentsError(
            .sshConfig, "cannot connect to \(QuotedText.quoted(trail[0]))",
            because: "the configuration of ssh leads through more than \(Self.mostHops) jump hosts",
            hint: "let ProxyJump not hold for the jump host itself: see \"ssh -G "
                + "\(trail.last ?? alias)\"")
    }
}
