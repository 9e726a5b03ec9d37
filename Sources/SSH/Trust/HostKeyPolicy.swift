/// What to do about a host whose key nobody has recorded yet.
package enum HostKeyPolicy {
    /// Refuse it.
    case refuse
    /// Take and record it; still refuse a key that differs from a recorded one.
    case acceptNew
    /// Show this question to the user; true takes and records the key.
    case ask((_ question: String) -> Bool)
}

extension Session {
    /// Checks the server's key against the recorded ones; nothing has been sent that needs trust.
    ///
    /// `name` is what known_hosts calls the host, its name or the HostKeyAlias; a newly accepted key is
    /// recorded in `file`, with the name `hashed` where HashKnownHosts wants that. Returns the key, now
    /// trusted, and a note for the user when one was recorded. Throws `hostKeyUnknown`,
    /// `hostKeyChanged`, `hostKeyRevoked` or `knownHosts`.
    package func verifyHostKey(
        against knownHosts: KnownHosts, name: String, port: UInt16, policy: HostKeyPolicy,
        recordingIn file: String?, hashed: Bool = false
    ) throws(SSHError) -> (key: HostKey, note: String?) {
        guard let key = hostKey else {
            throw SSHError(.hostKeyUnknown, "the server showed no host key; nothing was sent")
        }
        let host = "\"\(cleaned(name.utf8))\""
        if let unusable = knownHosts.unusableRevokedKeys {
            throw SSHError(
                .knownHosts,
                "the host key of \(host) cannot be told from a revoked one; nothing was sent",
                underlying: unusable.reason, hint: unusable.hint)
        }
        switch knownHosts.verdict(on: key, name: name, port: port) {
        case .trusted:
            return (key, nil)
        case .revoked(let line):
            throw SSHError(
                .hostKeyRevoked, "the host key of \(host) is revoked; nothing was sent",
                details: ["revoked by \(line.file):\(line.number), received \(key.summary)"],
                hint: "the server must get a new key; do not log in to it before")
        case .changed(let lines):
            throw Self.changed(host, key, lines, what: "changed")
        case .onlyOtherTypes(let lines):
            throw Self.changed(host, key, lines, what: "is of another type than the known ones")
        case .unknown where !knownHosts.unreadableFiles.isEmpty:
            // What cannot be read may hold another key for this host.
            throw SSHError(
                .knownHosts, "the host key of \(host) is not known; nothing was sent",
                underlying: "not all known_hosts files can be read",
                details: knownHosts.warnings,
                hint: "make \(knownHosts.unreadableFiles.joined(separator: ", ")) readable")
        case .unknown where knownHosts.holdsCertificateAuthority(forName: name, port: port):
            throw SSHError(
                .unsupported, "the host key of \(host) is not known; nothing was sent",
                underlying:
                    "known_hosts trusts its certificate authority, which ccrun cannot check",
                details: ["received \(key.summary)"],
                hint: "add the key itself to known_hosts, once its fingerprint is confirmed")
        case .unknown:
            try accept(key, host, policy)
            return (key, file.map { record(key, name, port, in: $0, hashed: hashed) })
        }
    }

    private static func changed(
        _ host: String, _ key: HostKey, _ lines: [KnownHosts.Line], what: String
    ) -> SSHError {
        let places = lines.map { "\($0.file):\($0.number)" }.joined(separator: ", ")
        return SSHError(
            .hostKeyChanged, "the host key of \(host) \(what); nothing was sent",
            details: lines.map { line in
                "expected \(line.fingerprint) (\(line.keyType), \(line.file):\(line.number))"
            } + ["received \(key.fingerprint) (\(key.type))"],
            hint: "if the server was rebuilt, remove \(places) and run again; "
                + "if not, somebody may be in between")
    }

    private func accept(
        _ key: HostKey, _ host: String, _ policy: HostKeyPolicy
    ) throws(SSHError) {
        switch policy {
        case .refuse:
            throw SSHError(
                .hostKeyUnknown, "the host key of \(host) is not known; nothing was sent",
                details: ["received \(key.summary)"],
                hint: "compare the fingerprint with the server's, then pass --accept-new-host-key")
        case .ask(let question):
            let text = "The host key of \(host) (\(address)) is not known.\n\(key.summary)\n"
            guard question(text) else {
                throw SSHError(
                    .hostKeyUnknown, "the host key of \(host) was not accepted; nothing was sent",
                    hint: "ask whoever runs the server for its fingerprint")
            }
        case .acceptNew:
            break
        }
    }

    /// Returns a note on what was recorded, or why nothing was.
    private func record(
        _ key: HostKey, _ name: String, _ port: UInt16, in file: String, hashed: Bool
    ) -> String {
        let host = "\"\(cleaned(name.utf8))\""
        do throws(SSHError) {
            try KnownHosts.add(key, name: name, port: port, to: file, hashed: hashed)
            return "recorded the host key of \(host) (\(key.summary)) in \(file)"
        } catch {
            // Trust was decided; a read-only known_hosts only means that the question comes again.
            return "the host key of \(host) is not recorded: \(error.message)"
        }
    }
}

extension HostKey {
    /// The key for people: type and fingerprint, `ssh-ed25519 SHA256:…`.
    package var summary: String { "\(type) \(fingerprint)" }
}
