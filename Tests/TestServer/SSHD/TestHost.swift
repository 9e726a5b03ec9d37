/// A server on 127.0.0.1 that a client can log in to.
package protocol TestHost: Sendable {
    var port: Int { get }
    var user: String { get }
    /// The private key that logs in.
    var identityFile: String { get }
    var knownHostsFile: String { get }
    /// `ssh-ed25519 AAAA…`
    var hostKeyLine: String { get }
    var hostKeyFingerprint: String { get }
    var folder: ScratchFolder { get }
}

extension PrivateSSHD: TestHost {}
extension LyingServer: TestHost {}

extension TestHost {
    /// A known_hosts file that holds the host key under another port, that of a relay.
    package func knownHostsFile(port: Int) throws -> String {
        try folder.write("[127.0.0.1]:\(port) \(hostKeyLine)\n", to: "known_hosts_\(port)")
    }

    /// Arguments for OpenSSH's `ssh` up to and with the host, with nothing of the user's own.
    ///
    /// `relay` is the port of a relay to go through; `isInteractive` lets it ask for a password or
    /// passphrase.
    package func sshArguments(
        relay: Int? = nil, options: [String] = [], isInteractive: Bool = false
    ) throws -> [String] {
        let known = try relay.map { try knownHostsFile(port: $0) } ?? knownHostsFile
        return [
            "-F", "none", "-p", "\(relay ?? port)", "-l", user, "-i", identityFile,
            "-o", "UserKnownHostsFile=\(known)", "-o", "GlobalKnownHostsFile=none",
            "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
            "-o", "IdentityAgent=none", "-o", "BatchMode=\(isInteractive ? "no" : "yes")",
        ] + options + ["127.0.0.1"]
    }

    /// Runs OpenSSH's `ssh` against this server, the witness of what ought to happen.
    package func ssh(
        _ command: [String], input: ChildProcess.Input = .null, relay: Int? = nil,
        options: [String] = [], deadline: Duration = .seconds(120)
    ) throws -> ChildResult {
        try ChildProcess.run(
            try Tool.path("ssh"), try sshArguments(relay: relay, options: options) + command,
            input: input, deadline: deadline)
    }
}
