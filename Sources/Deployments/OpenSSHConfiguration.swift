/// What OpenSSH itself would do about a host, as `ssh -G` tells it.
///
/// `ssh_config` has patterns, conditions, includes and tokens; nothing here reads it. The output of
/// `ssh -G` is one `keyword value` a line, keywords in lower case, every keyword with its default.
package struct OpenSSHConfiguration: Sendable, Equatable {
    package var host: String?
    package var port: UInt16?
    package var user: String?
    package var hostKeyAlias: String?
    /// As `ssh -G` prints them: `~` and tokens are not expanded.
    package var identityFiles: [String] = []
    package var identitiesOnly = false
    /// A path, `none`, `SSH_AUTH_SOCK` or `$NAME`.
    package var identityAgent: String?
    package var userKnownHostsFiles: [String] = []
    package var globalKnownHostsFiles: [String] = []
    package var revokedHostKeysFiles: [String] = []
    package var hashesKnownHosts = false
    package var strictHostKeyChecking = Endpoint.StrictHostKeyChecking.ask
    package var connectTimeout: Duration?
    /// The hosts of ProxyJump in the order to connect to them, as one text; nil for none.
    package var proxyJump: String?
    /// The ProxyCommand, its tokens not replaced; nil for none.
    package var proxyCommand: String?

    /// Returns the arguments for `ssh` that ask about `host`.
    ///
    /// `user` and `port` are those already decided on, so that `Match` blocks see them. `-T` keeps
    /// ssh from remarking on its standard input.
    package static func arguments(
        host: String,
        user: String? = nil,
        port: UInt16? = nil,
        configurationFile: String? = nil
    ) -> [String] {
        var arguments = ["-G", "-T"]
        if let configurationFile { arguments += ["-F", configurationFile] }
        if let user { arguments += ["-l", user] }
        if let port { arguments += ["-p", "\(port)"] }
        return arguments + ["--", host]
    }

    /// Reads the output of `ssh -G`; keywords that mean nothing here are passed over.
    package static func parse(_ output: String) -> OpenSSHConfiguration {
        var configuration = OpenSSHConfiguration()
        for line in output.split(whereSeparator: \.isNewline) {
            guard let blank = line.firstIndex(of: " ") else { continue }
            let value = String(line[line.index(after: blank)...])
            configuration.set(line[..<blank].lowercased(), to: value)
        }
        return configuration
    }

    private mutating func set(_ keyword: String, to value: String) {
        switch keyword {
        case "hostname": host = value
        case "port": port = UInt16(value)
        case "user": user = value
        case "hostkeyalias": hostKeyAlias = value == "none" ? nil : value
        case "identityfile": identityFiles.append(value)
        case "identitiesonly": identitiesOnly = value == "yes"
        case "identityagent": identityAgent = value
        case "userknownhostsfile": userKnownHostsFiles = Self.paths(value)
        case "globalknownhostsfile": globalKnownHostsFiles = Self.paths(value)
        case "revokedhostkeys": revokedHostKeysFiles = Self.paths(value)
        case "hashknownhosts": hashesKnownHosts = value == "yes"
        case "stricthostkeychecking": strictHostKeyChecking = Self.strictness(value)
        case "connecttimeout": connectTimeout = Int64(value).map { .seconds($0) }
        case "proxyjump": proxyJump = value == "none" ? nil : value
        case "proxycommand": proxyCommand = value == "none" ? nil : value
        default: break
        }
    }

    /// Parts a list of files, which `ssh -G` prints without quotes.
    ///
    /// A path there is absolute or begins with `~`, so any other word belongs to the path before.
    private static func paths(_ value: String) -> [String] {
        var paths: [String] = []
        for word in value.split(separator: " ", omittingEmptySubsequences: false) {
            if paths.isEmpty || word.hasPrefix("/") || word.hasPrefix("~") {
                paths.append(String(word))
            } else {
                paths[paths.count - 1] += " \(word)"
            }
        }
        return paths == ["none"] ? [] : paths
    }

    private static func strictness(_ value: String) -> Endpoint.StrictHostKeyChecking {
        switch value {
        case "true", "yes": .yes
        case "false", "no", "off": .no
        case "accept-new": .acceptNew
        default: .ask
        }
    }
}
