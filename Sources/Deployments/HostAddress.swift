/// A host as the user wrote it: `host`, `host:port`, `user@host`, `[v6]:port`, or a bare IPv6 address.
///
/// The name may be an alias of `~/.ssh/config`; what it stands for is `Endpoint`'s business.
package struct HostAddress: Hashable, Sendable, CustomStringConvertible {
    package let user: String?
    package let name: String
    package let port: UInt16?

    package init(user: String? = nil, name: String, port: UInt16? = nil) {
        self.user = user
        self.name = name
        self.port = port
    }

    /// Reads `[user@]host[:port]`; throws `invalidHost` with the reason.
    package init(parsing text: String) throws(DeploymentsError) {
        func invalid(_ reason: String) -> DeploymentsError {
            DeploymentsError(
                .invalidHost, "cannot use \(QuotedText.quoted(text)) as a host", because: reason)
        }
        var rest = text[...]
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
            if let reason = user.flatMap(Self.problem(withUser:)) { throw invalid(reason) }
        }
        let (name, port) = Self.splitPort(rest)
        if let port {
            guard port.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
                let number = UInt16(port), number > 0
            else { throw invalid("a port is a number from 1 to 65535") }
            self.port = number
        } else {
            self.port = nil
        }
        if let reason = Self.problem(withName: name) { throw invalid(reason) }
        self.user = user
        self.name = String(name)
    }

    package var description: String {
        let host = port != nil && name.contains(":") ? "[\(name)]" : name
        return (user.map { "\($0)@" } ?? "") + host + (port.map { ":\($0)" } ?? "")
    }

    /// Parts `host:port` and `[v6]:port`; several colons without brackets are an IPv6 address.
    private static func splitPort(_ text: Substring) -> (name: Substring, port: Substring?) {
        if text.first == "[", let close = text.firstIndex(of: "]") {
            let name = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if rest.isEmpty { return (name, nil) }
            if rest.first == ":" { return (name, rest.dropFirst()) }
            return (text, nil)
        }
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else {
            return (text, nil)
        }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    /// Refuses what could be taken for an option of `ssh`, or cannot be part of a name.
    private static func problem(withName name: Substring) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name.first == "-" { return "a name does not begin with \"-\"" }
        return problem(in: name, refusing: "[]@'\"`\\$;&<>|(){}*?!,").map { "a name \($0)" }
    }

    /// Refuses the same in a user name, where directories allow `@`, `$` and `\`.
    private static func problem(withUser user: String) -> String? {
        if user.isEmpty { return "the user name before the @ is empty" }
        if user.first == "-" { return "a user name does not begin with \"-\"" }
        return problem(in: user[...], refusing: "'\"`;&<>|(){}*?!,").map { "a user name \($0)" }
    }

    private static func problem(in text: Substring, refusing characters: String) -> String? {
        let stray = text.unicodeScalars.first {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
                || characters.unicodeScalars.contains($0)
        }
        return stray.map { "does not contain \(QuotedText.quoted(String($0)))" }
    }
}
