/// A list of algorithms in which a server and this client have nothing in common.
struct AlgorithmGap: Sendable, Equatable {
    /// More names than this are only counted.
    private static let shownNames = 8

    /// What messages call the list's members, `cipher`, and sshd_config(5) the list.
    let member: String
    let keyword: String
    let ours: [String]
    let theirs: [String]

    /// The gaps between what we offer and what a server does, in the order of the protocol.
    static func all(between ours: Algorithms, and theirs: ServerOffer) -> [AlgorithmGap] {
        // It stands among the key exchanges, and is none (RFC 8308, 2.1).
        let keyExchange = ours.keyExchange.filter { $0 != "ext-info-c" }
        let lists = [
            AlgorithmGap("key exchange", "KexAlgorithms", keyExchange, theirs.keyExchange),
            AlgorithmGap("host key", "HostKeyAlgorithms", ours.hostKeys, theirs.hostKeys),
        ]
        let ciphers = theirs.ciphers.map { AlgorithmGap("cipher", "Ciphers", ours.ciphers, $0) }
        let codes = theirs.codes.map { AlgorithmGap("MAC", "MACs", ours.codes, $0) }
        return (lists + ciphers + codes).reduce(into: []) { gaps, list in
            guard Set(list.ours).isDisjoint(with: list.theirs) else { return }
            if !gaps.contains(where: { $0.keyword == list.keyword }) { gaps.append(list) }
        }
    }

    private init(_ member: String, _ keyword: String, _ ours: [String], _ theirs: [String]) {
        self.member = member
        self.keyword = keyword
        self.ours = ours
        self.theirs = theirs
    }

    /// Both sides' names, a line each.
    var details: [String] {
        [
            "\(keyword) of the server: \(Self.text(theirs))",
            "\(keyword) of ccrun: \(Self.text(ours))",
        ]
    }

    private static func text(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none" }
        let more = names.count - shownNames
        return names.prefix(shownNames).joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }
}
