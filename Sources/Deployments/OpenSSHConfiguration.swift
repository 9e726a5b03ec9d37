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
    /// `yes`, `no`, a path or `$NAME`.
    package var forwardAgent = "no"
    package var userKnownHostsFiles: [String] = []
    package var globalKnownHostsFiles: [String] = []
    package var revokedHostKeysFiles: [String] = []
    package var hashesKnownHosts = false
    package var strictHostKeyChecking = Endpoint.StrictHostKeyChecking.ask
    package var connectTimeout: Duration?
    package var connectionAttempts = 1
    package var addressFamily = Endpoint.AddressFamily.any
    package var bindAddress: String?
    package var algorithms = Endpoint.AlgorithmLists()
    /// The variables of SetEnv, as `NAME=value`.
    package var setEnvironment: [String] = []
    /// The patterns of SendEnv.
    package var sendEnvironment: [String] = []
    package var requestTTY = Endpoint.RequestTTY.automatic
    /// The byte of EscapeChar; nil for none.
    package var escapeCharacter: UInt8? = UInt8(ascii: "~")
    package var serverAliveInterval = Duration.zero
    package var serverAliveCountMax = 3
    /// The keywords that somebody has set and that ccrun does not support, as ssh_config(5) writes them.
    package var missedKeywords: [String] = []
    /// The hosts of ProxyJump in the order to connect to them, as one text; nil for none.
    package var proxyJump: String?
    /// The ProxyCommand, its tokens not replaced; nil for none.
    package var proxyCommand: String?
    package var login = LoginSettings()

    /// Returns the arguments for `ssh` that ask about `host`.
    ///
    /// `user` and `port` are those already decided on, so that `Match` blocks see them. Without `-T`,
    /// which would stand for RequestTTY, ssh may remark on its standard input.
    package static func arguments(
        host: String,
        user: String? = nil,
        port: UInt16? = nil,
        configurationFile: String? = nil
    ) -> [String] {
        var arguments = ["-G"]
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
        case "forwardagent": forwardAgent = value
        case "userknownhostsfile": userKnownHostsFiles = Self.paths(value)
        case "globalknownhostsfile": globalKnownHostsFiles = Self.paths(value)
        case "revokedhostkeys": revokedHostKeysFiles = Self.paths(value)
        case "hashknownhosts": hashesKnownHosts = value == "yes"
        case "stricthostkeychecking": strictHostKeyChecking = Self.strictness(value)
        case "connecttimeout": connectTimeout = Int64(value).map { .seconds($0) }
        case "proxyjump": proxyJump = value == "none" ? nil : value
        case "proxycommand": proxyCommand = value == "none" ? nil : value
        case "connectionattempts": connectionAttempts = Int(value).map { max($0, 1) } ?? 1
        case "addressfamily": addressFamily = Endpoint.AddressFamily(rawValue: value) ?? .any
        case "bindaddress": bindAddress = value
        case "ciphers": algorithms.ciphers = Self.names(value)
        case "macs": algorithms.codes = Self.names(value)
        case "kexalgorithms": algorithms.keyExchange = Self.names(value)
        case "hostkeyalgorithms": algorithms.hostKeys = Self.names(value)
        case "setenv": setEnvironment.append(value)
        case "sendenv": sendEnvironment.append(value)
        case "requesttty": requestTTY = Self.requestTTY(value)
        case "escapechar": escapeCharacter = Self.escapeCharacter(value)
        case "serveraliveinterval": serverAliveInterval = .seconds(Int64(value) ?? 0)
        case "serveralivecountmax": serverAliveCountMax = Int(value) ?? 3
        default: login.set(keyword, to: value)
        }
        if let known = OpenSSHKeyword.named(keyword), known.isMissed(as: value),
            !missedKeywords.contains(known.name)
        {
            missedKeywords.append(known.name)
        }
    }

    private static func names(_ value: String) -> [String] {
        value.split(separator: ",").map(String.init)
    }

    private static func requestTTY(_ value: String) -> Endpoint.RequestTTY {
        switch value {
        case "yes", "true": .onTerminal
        case "no", "false": .never
        case "force": .always
        default: .automatic
        }
    }

    /// The byte that `ssh -G` prints as vis(3) has it: `~`, `\^]`, `\\`; nil for `none`.
    private static func escapeCharacter(_ value: String) -> UInt8? {
        let bytes = Array(value.utf8)
        switch bytes.count {
        case 1: return bytes[0]
        case 2 where value == "\\\\": return bytes[0]
        case 3 where value.hasPrefix("\\^"): return bytes[2] ^ 0x40
        case 4 where value.hasPrefix("\\"): return UInt8(value.dropFirst(), radix: 8)
        default: return nil
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
