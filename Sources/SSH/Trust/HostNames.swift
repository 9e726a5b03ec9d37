import Crypto

/// The first field of a known_hosts line: which hosts it speaks of (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
struct HostNames: Sendable, Equatable {
    /// OpenSSH gives up on a longer pattern (match.c, match_pattern_list).
    private static let longestPattern = 1023

    private enum Form: Sendable, Equatable {
        case patterns([UInt8])
        /// `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt; one name a line.
        case hashed(salt: [UInt8], hash: [UInt8])
    }

    private let form: Form

    /// Takes the field as it stands in the file; nil where it is a hash that cannot be read.
    init?(field: some Collection<UInt8>) {
        guard field.first == UInt8(ascii: "|") else {
            form = .patterns(Self.lowercased(field))
            return
        }
        let parts = field.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1].elementsEqual("1".utf8) else { return nil }
        guard let salt = Base64.decode(parts[2]), salt.count == Insecure.SHA1.byteCount else {
            return nil
        }
        guard let hash = Base64.decode(parts[3]), hash.count == Insecure.SHA1.byteCount else {
            return nil
        }
        form = .hashed(salt: salt, hash: hash)
    }

    /// The name that stands in known_hosts for a host: bare for port 22, `[host]:port` for others.
    static func name(of host: String, port: UInt16) -> [UInt8] {
        lowercased((port == 22 ? host : "[\(host)]:\(port)").utf8)
    }

    /// The hashed spelling of a name, as `HashKnownHosts yes` writes it.
    static func hashed(_ name: [UInt8], salt: [UInt8]) -> String {
        "|1|\(Base64.encode(salt))|\(Base64.encode(hash(name, salt: salt)))"
    }

    /// Whether the line speaks of a name, which is lower case as `name(of:port:)` makes it.
    func match(_ name: [UInt8]) -> Bool {
        switch form {
        case .hashed(let salt, let hash): Self.hash(name, salt: salt) == hash
        case .patterns(let list): Self.match(name, list: list)
        }
    }

    /// One `!pattern` that fits beats every other pattern of the line, wherever it stands.
    private static func match(_ name: [UInt8], list: [UInt8]) -> Bool {
        var found = false
        let comma = UInt8(ascii: ",")
        for part in list.split(separator: comma, omittingEmptySubsequences: false) {
            let negated = part.first == UInt8(ascii: "!")
            let pattern = negated ? part.dropFirst() : part
            guard pattern.count <= longestPattern else { return false }
            guard match(name, pattern: Array(pattern)) else { continue }
            if negated { return false }
            found = true
        }
        return found
    }

    /// Matches `*` and `?` in time linear in name × pattern: only the last star is ever gone back to.
    private static func match(_ name: [UInt8], pattern: [UInt8]) -> Bool {
        var (at, patternAt) = (0, 0)
        var lastStar: (pattern: Int, name: Int)?
        while at < name.count {
            if patternAt < pattern.count, pattern[patternAt] == UInt8(ascii: "*") {
                lastStar = (patternAt, at)
                patternAt += 1
            } else if patternAt < pattern.count,
                pattern[patternAt] == UInt8(ascii: "?") || pattern[patternAt] == name[at]
            {
                at += 1
                patternAt += 1
            } else if let star = lastStar {
                lastStar = (star.pattern, star.name + 1)
                (at, patternAt) = (star.name + 1, star.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[patternAt...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func hash(_ name: [UInt8], salt: [UInt8]) -> [UInt8] {
        Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: name, using: SymmetricKey(data: salt)))
    }

    /// ASCII only, as OpenSSH does it: names on the wire are ASCII.
    private static func lowercased(_ text: some Collection<UInt8>) -> [UInt8] {
        text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
