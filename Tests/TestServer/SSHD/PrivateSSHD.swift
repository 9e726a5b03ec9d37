import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Debian's `sshd` on a free port of 127.0.0.1, with fresh keys and nothing of the system's own.
///
/// Use it through `withSSHD`. All it writes is in a folder of its own, but for /run/sshd, which a
/// root's sshd insists on.
package final class PrivateSSHD: Sendable {
    package let options: SSHDOptions
    /// Its files; a test may put its own beside them.
    package let folder: ScratchFolder
    package let port: Int
    /// Who can log in: the user who runs the tests.
    package let user: String
    package let hostKeys: [KeyPair]
    package let userKeys: [KeyPair]
    /// Holds the host keys under `[127.0.0.1]:port`.
    package let knownHostsFile: String
    private let reservation: ReservedPort
    private let state = Watched<(process: ChildProcess?, starts: Int)>((nil, 0))

    package init(_ options: SSHDOptions = SSHDOptions()) throws {
        let folder = try ScratchFolder("sshd")
        do {
            reservation = try ReservedPort()
            let port = reservation.number
            let hostKeys = try options.hostKeys.enumerated().map {
                try KeyPair($1, in: folder, name: "host_\($0)_\($1)")
            }
            let userKeys = try options.userKeys.enumerated().map {
                try KeyPair($1, in: folder, name: "id_\($0)_\($1)")
            }
            let known = hostKeys.map { "[127.0.0.1]:\(port) \($0.publicKeyLine)\n" }.joined()
            knownHostsFile = try folder.write(known, to: "known_hosts")
            let authorized = userKeys.map { "\($0.publicKeyLine)\n" }.joined()
            try folder.write(authorized, to: "authorized_keys")
            try folder.makeFolder("home")
            if let shell = options.loginShell {
                let script = options.loginShellScript(shell)
                try folder.writeExecutable(script, to: "login-shell")
            }
            let text = options.text(port: port, folder: folder, hostKeys: hostKeys)
            try folder.write(text, to: "sshd_config")
            self.options = options
            self.folder = folder
            self.port = port
            self.hostKeys = hostKeys
            self.userKeys = userKeys
            user = NSUserName()
            try start()
        } catch {
            folder.remove()
            throw error
        }
    }

    deinit { remove() }

    /// The private key that may log in.
    package var identityFile: String { userKeys.first?.identityFile ?? "" }

    /// `SHA256:…` of the first host key.
    package var hostKeyFingerprint: String { hostKeys.first?.fingerprint ?? "" }

    /// `ssh-ed25519 AAAA…` of the first host key.
    package var hostKeyLine: String { hostKeys.first?.publicKeyLine ?? "" }

    /// The home of its sessions.
    package var home: String { folder.file("home") }

    /// The number of the process that listens, or nil when it is stopped.
    package var pid: Int32? { state.withLock { $0.process?.process.pid } }

    // MARK: - Start and stop

    /// Starts it again after `stop()`, on the same port.
    package func start() throws {
        if getuid() == 0 { _ = mkdir("/run/sshd", 0o755) }
        let starts = state.withLock {
            $0.starts += 1
            return $0.starts
        }
        // An absolute path, because sshd executes itself anew for each connection.
        var program = try Tool.path("sshd")
        var arguments = ["-D", "-e", "-f", folder.file("sshd_config")]
        if let account = options.account {
            (program, arguments) = try account.prepare(
                in: folder, user: user, command: [program] + arguments)
        }
        let process = try ChildProcess(
            program, arguments,
            output: .discarded, error: .file(folder.file("sshd.\(starts).log")))
        state.withLock { $0.process = process }
        // Logged after listen(2), once for each start; a banner would not tell whose it is.
        try waitForLog("Server listening on 127.0.0.1 port \(port).", count: starts)
    }

    /// Ends the listener and every process of its sessions; the port refuses connections then.
    package func stop() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        let family = ProcessTable.descendants(of: process.process.pid, in: ProcessTable.all())
        process.stop()
        ProcessTable.kill(family)
        // A process that left its parent still has the environment of its session.
        var strays = sessionProcesses()
        while !strays.isEmpty {
            ProcessTable.kill(strays)
            strays = sessionProcesses()
        }
    }

    /// Stops it and removes its files.
    package func remove() {
        stop()
        reservation.release()
        folder.remove()
    }

    // MARK: - What it says

    /// All that it logged, over all starts.
    package var log: String {
        let starts = state.withLock { $0.starts }
        return (1...max(starts, 1)).map {
            String(decoding: (try? folder.read("sshd.\($0).log")) ?? [], as: UTF8.self)
        }.joined()
    }

    /// Waits until it has logged `text` this many times.
    package func waitForLog(
        _ text: String, count: Int = 1, timeout: Duration = .seconds(60)
    ) throws {
        let limit = ContinuousClock.now + timeout
        while true {
            let status = state.withLock { $0.process?.process.currentStatus }
            let log = log
            if log.ranges(of: text).count >= count { return }
            guard status == nil, ContinuousClock.now < limit else {
                let end = status.map { "sshd ended with \($0)" } ?? "sshd is running"
                throw TestServerError.deadline(
                    "sshd to log \"\(text)\"", after: timeout, seen: "\(log)\n\(end)")
            }
            usleep(5_000)
        }
    }
}
