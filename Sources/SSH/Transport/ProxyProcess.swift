internal import CLibSSH2Shims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A child process with a pipe each way, whose standard error and terminal are ours.
enum ProxyProcess {
    struct Failure: Error {
        let reason: String
    }

    /// Our ends of the pipes are non-blocking, and no other child inherits them.
    struct Started {
        let process: pid_t
        let reader: CInt
        let writer: CInt
    }

    /// The argument vector that has `shell` run `line` in its own place, as ssh does.
    ///
    /// A ^C at the terminal goes to all of its foreground; it is for the remote command, and must not
    /// take the connection away. What is ignored stays so over exec (execve(2)).
    static func words(line: String, shell: String) -> [String] {
        ["/bin/sh", "-c", #"trap "" INT QUIT; exec "$0" -c "$1""#, shell, "exec \(line)"]
    }

    static func start(
        _ words: [String], environment: [String: String]
    ) throws(Failure) -> Started {
        let input = try Pipe()
        let output: Pipe
        do throws(Failure) {
            output = try Pipe()
        } catch {
            input.close()
            throw error
        }
        let process: pid_t
        do throws(Failure) {
            process = try spawn(words, environment, input: input.reader, output: output.writer)
        } catch {
            input.close()
            output.close()
            throw error
        }
        close(input.reader)
        close(output.writer)
        for end in [input.writer, output.reader] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        return Started(process: process, reader: output.reader, writer: input.writer)
    }

    /// The wait status of a child that ends in this time, which reaps it; nil where it does not.
    static func status(of process: pid_t, within limit: Duration) -> CInt? {
        let deadline = Deadline.after(limit)
        while true {
            var status: CInt = 0
            let result = waitpid(process, &status, WNOHANG)
            if result == process { return status }
            // Somebody else has reaped it.
            if result < 0, errno != EINTR { return 0 }
            if deadline.hasPassed { return nil }
            usleep(1_000)
        }
    }

    // MARK: - Steps

    private struct Pipe {
        let reader: CInt
        let writer: CInt

        init() throws(Failure) {
            var ends: [CInt] = [-1, -1]
            guard ccr_pipe(&ends) == 0 else { throw Failure(reason: describe(errno: errno)) }
            (reader, writer) = (ends[0], ends[1])
        }

        func close() {
            closeDescriptors([reader, writer])
        }
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], input: CInt, output: CInt
    ) throws(Failure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)

        // What we ignore or block is no business of the program's.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ, SIGTSTP] {
            sigaddset(&signals, number)
        }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, words[0], &actions, &attributes, arguments, variables)
        guard code == 0 else { throw Failure(reason: describe(errno: code)) }
        return process
    }
}

private func closeDescriptors(_ descriptors: [CInt]) {
    for descriptor in descriptors { close(descriptor) }
}
