extension OpenSSHConfiguration {
    /// How long `ssh -G` may take; a `Match exec` or a canonical host name can make it wait.
    private static let limit = Duration.seconds(10)
    /// In bytes; what it prints is some kilobytes.
    private static let outputLimit = 1 << 20

    /// Asks `ssh -G` about `host`; nil where there is nothing to learn, or no `ssh`.
    ///
    /// ssh reads `.ssh/config` of the passwd database's home folder, whatever `HOME` says. Where the
    /// two differ, `homeFolder`'s file is named with `-F`, and ssh then leaves out the system's
    /// (ssh(1)); where it has none, the system's is named. Throws `sshConfig` with ssh's own words
    /// where it refuses.
    static func ask(
        about host: String,
        user: String?,
        port: UInt16?,
        environment: [String: String],
        homeFolder: String
    ) throws(DeploymentsError) -> OpenSSHConfiguration? {
        guard isWorthAsking(homeFolder: homeFolder),
            let ssh = CapturedProgram.find("ssh", environment: environment)
        else { return nil }
        let accountHome = LocalAccount.current()?.homeFolder ?? homeFolder
        var file: String?
        if accountHome != homeFolder {
            let own = FilePath.absolute(".ssh/config", in: homeFolder)
            file = FileText.exists(own) ? own : "/etc/ssh/ssh_config"
        }
        let arguments = arguments(host: host, user: user, port: port, configurationFile: file)
        let output = try run(ssh, arguments, host: host, environment: environment)
        return parse(output).movingHome(from: accountHome, to: homeFolder)
    }

    /// Whether any file could tell `ssh -G` more than its defaults.
    ///
    /// It costs some milliseconds, and most machines that run tasks in CI have no configuration. The
    /// system's file counts as soon as it has a line that no distribution ships.
    static func isWorthAsking(
        homeFolder: String,
        systemFolder: String = "/etc/ssh"
    ) -> Bool {
        FileText.exists(FilePath.absolute(".ssh/config", in: homeFolder))
            || !FileText.names(inFolder: "\(systemFolder)/ssh_config.d").isEmpty
            || OpenSSHSystemFile(folder: systemFolder).isUncommon
    }

    private static func run(
        _ ssh: String,
        _ arguments: [String],
        host: String,
        environment: [String: String]
    ) throws(DeploymentsError) -> String {
        let attempted = "cannot ask ssh about \(QuotedText.quoted(host))"
        let program: CapturedProgram
        do {
            program = try CapturedProgram.run(
                ssh, arguments: arguments, environment: environment,
                terms: CapturedProgram.Terms(limit: limit, outputLimit: outputLimit))
        } catch {
            let reason =
                switch error {
                case .timedOut: "ssh -G took longer than \(DurationText.format(limit))"
                case .notStarted(let reason): reason
                case .tooLong: "ssh -G printed more than \(outputLimit >> 20) MiB"
                }
            throw DeploymentsError(.sshConfig, attempted, because: reason)
        }
        guard program.status == 0 else {
            // Without a terminal on its standard input ssh remarks on that as well.
            let words = String(decoding: program.errors, as: UTF8.self)
                .split(whereSeparator: \.isNewline)
                .filter { !$0.hasPrefix("Pseudo-terminal will not be allocated") }
                .joined(separator: "; ")
            throw DeploymentsError(
                .sshConfig, attempted,
                because: words.isEmpty ? "ssh -G ended with status \(program.status)" : words,
                hint: "see what \"ssh -G \(host)\" says")
        }
        return String(decoding: program.output, as: UTF8.self)
    }

    /// ssh expands `~` in some of its output, and to the passwd database's home folder.
    private func movingHome(from accountHome: String, to homeFolder: String) -> Self {
        guard accountHome != homeFolder else { return self }
        let move = { (path: String) in
            path.hasPrefix("\(accountHome)/")
                ? homeFolder + path.dropFirst(accountHome.count) : path
        }
        var moved = self
        moved.userKnownHostsFiles = userKnownHostsFiles.map(move)
        moved.revokedHostKeysFiles = revokedHostKeysFiles.map(move)
        moved.identityAgent = identityAgent.map(move)
        return moved
    }
}
