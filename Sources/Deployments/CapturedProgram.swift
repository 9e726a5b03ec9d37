#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that was run to its end, with what it printed.
struct CapturedProgram: Sendable {
    enum Failure: Error, Equatable {
        case notStarted(String)
        case timedOut
    }

    /// The exit status; 128+n after death by signal n.
    let status: Int32
    let output: [UInt8]
    let errors: [UInt8]

    /// Runs the program at `path` without input, and waits for it at most for `limit`.
    ///
    /// A program that takes longer is killed.
    static func run(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        limit: Duration
    ) throws(Failure) -> CapturedProgram {
        var output = try Pipe()
        var errors = try Pipe()
        defer {
            output.close()
            errors.close()
        }
        let process = try start(
            path, arguments: arguments, environment: environment, output: output, errors: errors)
        output.closeWriter()
        errors.closeWriter()
        let deadline = ContinuousClock.now + limit
        guard drain(&output, &errors, until: deadline) else {
            kill(process, SIGKILL)
            _ = wait(for: process)
            throw .timedOut
        }
        let status = wait(for: process)
        return CapturedProgram(status: status, output: output.received, errors: errors.received)
    }

    /// Looks for an executable file of that name in the folders of `PATH`.
    static func find(_ name: String, environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = folders.map { FilePath.absolute(name, in: String($0)) }
        return candidates.first { access($0, X_OK) == 0 && FileText.isFile($0) }
    }

    // MARK: - Steps

    private static func start(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        output: Pipe,
        errors: Pipe
    ) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writer, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.writer, STDERR_FILENO)

        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, path, &actions, nil, words, variables)
        guard code == 0 else { throw .notStarted(FileText.systemReason(code)) }
        return process
    }

    /// Reads both pipes to their ends; false if the deadline came first.
    private static func drain(
        _ output: inout Pipe,
        _ errors: inout Pipe,
        until deadline: ContinuousClock.Instant
    ) -> Bool {
        while output.isOpen || errors.isOpen {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return false }
            var waiting = [output.reader, errors.reader].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&waiting, nfds_t(waiting.count), Int32(left.rounded(.up))) > 0 else {
                continue
            }
            if waiting[0].revents != 0 { output.receive() }
            if waiting[1].revents != 0 { errors.receive() }
        }
        return true
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 0 }
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}

/// A pipe to a child: the writer is for the child, the reader for us.
private struct Pipe {
    /// -1 once the end has been read, which `poll` passes over.
    private(set) var reader: Int32
    private(set) var writer: Int32
    private(set) var received: [UInt8] = []

    init() throws(CapturedProgram.Failure) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
            // Closed on exec from the start, so that no child of another thread keeps an end open;
            // pipe2(2) would do, but Glibc's module lacks it.
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            let code = socketpair(AF_UNIX, kind, 0, &ends)
        #else
            let code = pipe(&ends)
            for end in ends where code == 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        guard code == 0 else { throw .notStarted(FileText.systemReason(errno)) }
        (reader, writer) = (ends[0], ends[1])
    }

    var isOpen: Bool { reader >= 0 }

    mutating func receive() {
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        let count = read(reader, &chunk, chunk.count)
        if count > 0 {
            received += chunk[..<count]
        } else if count == 0 || errno != EINTR {
            closeReader()
        }
    }

    mutating func close() {
        closeReader()
        closeWriter()
    }

    mutating func closeWriter() { Self.close(&writer) }

    private mutating func closeReader() { Self.close(&reader) }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { closeDescriptor(descriptor) }
        descriptor = -1
    }
}

private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}
