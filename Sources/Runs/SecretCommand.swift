#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A local command that prints a secret, such as `pass show shop/admin`.
package enum SecretCommand {
    package enum Failure: Error, Equatable {
        /// The system's number, of errno(3).
        case notStarted(CInt)
        /// It ended with this status; 128+n after death by signal n.
        case status(CInt)
        case tooLong
    }

    /// Returns what `command` prints, run by `/bin/sh -c` without input, if it ends with status 0.
    ///
    /// Its standard error is ours, so that it can say what it lacks, and it may ask on the terminal.
    /// One that prints more than `limit` bytes is killed.
    package static func output(
        of command: String, environment: [String: String], limit: Int
    ) throws(Failure) -> [UInt8] {
        let (reader, writer) = try pipeEnds()
        let process: pid_t
        do throws(Failure) {
            defer { close(writer) }
            process = try start(command, environment, output: writer)
        } catch {
            close(reader)
            throw error
        }
        let output = readAll(reader, limit: limit)
        close(reader)
        if output == nil { kill(process, SIGKILL) }
        let status = wait(for: process)
        guard let output else { throw .tooLong }
        guard status == 0 else { throw .status(status) }
        return output
    }

    /// Both ends are closed on exec, so that no child of another thread keeps one open.
    private static func pipeEnds() throws(Failure) -> (reader: CInt, writer: CInt) {
        var ends: [CInt] = [-1, -1]
        #if os(Linux)
            // pipe2(2) would do, but Glibc's module lacks it.
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .notStarted(errno) }
        #else
            guard pipe(&ends) == 0 else { throw .notStarted(errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        return (ends[0], ends[1])
    }

    private static func start(
        _ command: String, _ environment: [String: String], output: CInt
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
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)

        // What we ignore or block is no business of the command's.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        let texts = ["sh", "-c", command]
        let words = texts.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, variables)
        guard code == 0 else { throw .notStarted(code) }
        return process
    }

    /// Everything up to the end; nil where that is more than `limit`.
    private static func readAll(_ descriptor: CInt, limit: Int) -> [UInt8]? {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                output += chunk[..<count]
                if output.count > limit { return nil }
            } else if count == 0 || errno != EINTR {
                return output
            }
        }
    }

    private static func wait(for process: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 255 }
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}
