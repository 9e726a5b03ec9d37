/// The algorithms that the user's configuration allows, by list; nil where it says nothing.
///
/// Nothing is offered that is not offered without it: the lists only narrow.
package struct AlgorithmLimits: Sendable {
    package var keyExchange: [String]?
    package var hostKeys: [String]?
    package var ciphers: [String]?
    package var codes: [String]?

    package init(
        keyExchange: [String]? = nil, hostKeys: [String]? = nil, ciphers: [String]? = nil,
        codes: [String]? = nil
    ) {
        self.keyExchange = keyExchange
        self.hostKeys = hostKeys
        self.ciphers = ciphers
        self.codes = codes
    }

    /// What is left of `offered`, in the user's order.
    ///
    /// `attempted`: the first half of the message. Throws `algorithms` where nothing is left of a list.
    func applied(to offered: Algorithms, _ attempted: String) throws(SSHError) -> Algorithms {
        var left = offered
        left.keyExchange = try Self.narrowed(
            offered.keyExchange, to: keyExchange, "KexAlgorithms", attempted)
        left.ciphers = try Self.narrowed(offered.ciphers, to: ciphers, "Ciphers", attempted)
        left.codes = try Self.narrowed(offered.codes, to: codes, "MACs", attempted)
        let known = try Self.narrowed(
            offered.hostKeys, to: hostKeys, "HostKeyAlgorithms", attempted)
        // What known_hosts holds goes first all the same.
        left.hostKeys = offered.hostKeys.filter(known.contains)
        return left
    }

    /// A list that leaves us all we have by ourselves says nothing: ssh's own order is not the user's.
    private static func narrowed(
        _ offered: [String], to allowed: [String]?, _ keyword: String, _ attempted: String
    ) throws(SSHError) -> [String] {
        // Asks for an extension, and is no algorithm (RFC 8308, 2.1).
        let extensions = offered.filter { $0 == "ext-info-c" }
        let offered = offered.filter { $0 != "ext-info-c" }
        let plain = offered.filter { !Algorithms.legacy.contains($0) }
        guard let allowed, !Set(plain).isSubset(of: allowed) else { return offered + extensions }
        let left = allowed.filter(offered.contains)
        guard left.isEmpty else { return left + extensions }
        throw SSHError(
            .algorithms, attempted,
            underlying: "\(keyword) of the configuration of ssh leaves nothing that ccrun offers",
            details: ["\(keyword) of ccrun: \(offered.joined(separator: ", "))"],
            hint: "allow one of these for the host in ~/.ssh/config")
    }
}
