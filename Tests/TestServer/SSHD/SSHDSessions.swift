#if canImport(Glibc)
    import Glibc
#endif

extension PrivateSSHD {
    /// The sshd processes that serve connections, one or two for each.
    package var connectionProcesses: [ProcessEntry] {
        guard let pid else { return [] }
        return ProcessTable.descendants(of: pid, in: ProcessTable.all()).filter {
            // Each gives itself a title: "sshd: root@pts/0", "sshd: [accepted]".
            $0.commandLine.first?.hasPrefix("sshd:") == true
        }
    }

    /// The processes that its sessions run, wherever they have gone since.
    ///
    /// They are known by the SSH_CONNECTION that sshd puts into each session's environment
    /// (ssh(1)); its last word is the server's port, and this port is nobody else's.
    package func sessionProcesses() -> [ProcessEntry] {
        ProcessTable.all().filter { entry in
            entry.environment.contains {
                $0.hasPrefix("SSH_CONNECTION=") && $0.hasSuffix(" 127.0.0.1 \(port)")
            } && ProcessTable.isRunning(entry)
        }
    }

    /// Sends a signal to every process that serves a connection; the listener goes on.
    ///
    /// Waits until there is one, and after SIGKILL and SIGTERM until all have gone.
    package func killSessions(
        _ signal: Int32 = SIGKILL, timeout: Duration = .seconds(60)
    ) throws {
        let limit = ContinuousClock.now + timeout
        var serving = connectionProcesses
        while serving.isEmpty, ContinuousClock.now < limit {
            usleep(5_000)
            serving = connectionProcesses
        }
        guard !serving.isEmpty else {
            throw TestServerError.deadline("a connection", after: timeout, seen: log)
        }
        for entry in serving { _ = kill(entry.pid, signal) }
        guard signal == SIGKILL || signal == SIGTERM else { return }
        while serving.contains(where: ProcessTable.isRunning), ContinuousClock.now < limit {
            usleep(5_000)
        }
    }
}
