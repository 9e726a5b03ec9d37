#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Expands the tokens in paths that `ssh -G` prints as they were written (ssh_config(5), TOKENS).
struct OpenSSHTokens {
    /// What the `%` tokens stand for, by their letter.
    private let values: [Character: String]
    private let environment: [String: String]
    private let homeFolder: String

    /// Takes what is known about `endpoint`, to expand the paths that belong to it.
    init(for endpoint: Endpoint, environment: [String: String], homeFolder: String) {
        let machine = Self.localHostName()
        values = [
            "%": "%",
            "d": homeFolder,
            "h": endpoint.host,
            "i": "\(getuid())",
            "k": endpoint.hostKeyAlias ?? endpoint.alias,
            "L": String(machine.prefix { $0 != "." }),
            "l": machine,
            "n": endpoint.alias,
            "p": "\(endpoint.port)",
            "r": endpoint.user,
            "u": LocalAccount.current()?.name ?? "",
        ]
        self.environment = environment
        self.homeFolder = homeFolder
    }

    /// Returns `path` with its leading `~`, its `%` tokens and its `${NAME}` replaced.
    ///
    /// What stands for nothing is left as it was.
    func expanded(_ path: String) -> String {
        var text = ""
        var rest = FilePath.expandingTilde(path, homeFolder: homeFolder)[...]
        while let mark = rest.firstIndex(where: { $0 == "%" || $0 == "$" }) {
            text += rest[..<mark]
            rest = rest[mark...]
            if let token = Self.token(at: rest), let value = value(of: token) {
                text += value
                rest = rest.dropFirst(token.count)
            } else {
                text.append(rest.removeFirst())
            }
        }
        return text + rest
    }

    /// Returns a ProxyCommand or ProxyJump with the tokens that both have replaced: `%%`, `%h`, `%n`,
    /// `%p` and `%r` (ssh_config(5), TOKENS).
    ///
    /// Throws `sshConfig` for any other, as ssh does.
    func expandedProxy(_ keyword: String, _ text: String) throws(DeploymentsError) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "%") {
            result += rest[..<mark]
            rest = rest[mark...].dropFirst()
            guard let letter = rest.popFirst(), "%hnpr".contains(letter), let value = values[letter]
            else {
                throw DeploymentsError(
                    .sshConfig, "cannot use \(keyword) \(QuotedText.quoted(text))",
                    because: "a % there goes with one of %hnpr")
            }
            result += value
        }
        return result + rest
    }

    private static func token(at text: Substring) -> Substring? {
        if text.hasPrefix("%") { return text.prefix(2) }
        guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return nil }
        return text[...end]
    }

    private func value(of token: Substring) -> String? {
        if token.hasPrefix("${") { return environment[String(token.dropFirst(2).dropLast())] }
        return token.dropFirst().first.flatMap { values[$0] }
    }

    private static func localHostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}
