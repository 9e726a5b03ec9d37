/// How a `PrivateSSHD` differs from the plain one.
package struct SSHDOptions: Sendable {
    package var hostKeys: [KeyPair.Kind]
    /// Fresh keys that may log in; the first is `PrivateSSHD.identityFile`.
    package var userKeys: [KeyPair.Kind]
    /// Lines for sshd_config(5).
    ///
    /// They come first, where they win; from a `Match` on they come last.
    package var configuration: [String]
    /// Set in every session, whatever the client asks.
    ///
    /// HOME is a folder of the server's own scratch folder unless it is set here; the working
    /// folder at login is the real home all the same.
    package var environment: [String: String]
    /// An absolute path: sessions go as if that were the user's login shell.
    package var loginShell: String?
    /// A password of the user's, and what PAM asks; only root can have either.
    package var account: SSHDAccount?

    package init(
        hostKeys: [KeyPair.Kind] = [.ed25519], userKeys: [KeyPair.Kind] = [.ed25519],
        configuration: [String] = [], environment: [String: String] = [:],
        loginShell: String? = nil, account: SSHDAccount? = nil
    ) {
        self.hostKeys = hostKeys
        self.userKeys = userKeys
        self.configuration = configuration
        self.environment = environment
        self.loginShell = loginShell
        self.account = account
    }

    /// The text of sshd_config.
    func text(port: Int, folder: ScratchFolder, hostKeys: [KeyPair]) -> String {
        let match = configuration.firstIndex { $0.lowercased().hasPrefix("match ") }
        let split = match ?? configuration.endIndex
        var lines = Array(configuration[..<split])
        lines += hostKeys.map { "HostKey \($0.identityFile)" }
        lines += [
            "ListenAddress 127.0.0.1:\(port)",
            "AuthorizedKeysFile \(folder.file("authorized_keys"))",
            "PidFile none",
            "StrictModes no",
            "UsePAM \(account?.modules.isEmpty == false ? "yes" : "no")",
            "UseDNS no",
            "PermitRootLogin yes",
            "PermitUserRC no",
            "PasswordAuthentication \(account == nil ? "no" : "yes")",
            "KbdInteractiveAuthentication \(account == nil ? "no" : "yes")",
            "PrintMotd no",
            "PrintLastLog no",
            "LogLevel VERBOSE",
            // The defaults (10:30:100) drop connections at random when many tests connect at once.
            "MaxStartups 500",
            "MaxSessions 500",
        ]
        var variables = environment
        if variables["HOME"] == nil { variables["HOME"] = folder.file("home") }
        if let loginShell {
            variables["SHELL"] = loginShell
            lines.append("ForceCommand \(folder.file("login-shell"))")
        }
        // Only the first SetEnv counts, so all go on one line.
        let settings = variables.sorted { $0.key < $1.key }.map { quoted("\($0.key)=\($0.value)") }
        lines.append("SetEnv \(settings.joined(separator: " "))")
        return (lines + configuration[split...]).joined(separator: "\n") + "\n"
    }

    /// A script that runs `loginShell` the way sshd runs the shell of passwd(5).
    func loginShellScript(_ shell: String) -> String {
        """
        #!/bin/sh
        if [ -n "${SSH_ORIGINAL_COMMAND+set}" ]; then
            command=$SSH_ORIGINAL_COMMAND
            unset SSH_ORIGINAL_COMMAND
            exec '\(shell)' -c "$command"
        fi
        exec '\(shell)' -l

        """
    }

    private func quoted(_ word: String) -> String {
        let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
