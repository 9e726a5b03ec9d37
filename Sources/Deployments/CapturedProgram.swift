#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that was run to its end, with what it printed.
package struct CapturedProgram: Sendable {
    package enum Failure: Error, Equatable {
        case notStarted(String)
        /// Its time ran out, or the user wanted out; it was ended.
        case timedOut
        /// It printed more than it may, and was killed.
        case tooLong
    }

    /// What a program may take and print.
    package struct Terms: Sendable {
        /// One that takes longer is killed.
        package var limit: Duration?
        /// One that prints more bytes than this on its standard output is killed.
        package var outputLimit: Int
        /// Whether its standard error is ours, so that it can say what it lacks.
        package var sharesErrors: Bool
        /// What it finds on its standard input, at most 4 KiB; nothing unless it is given.
        package var input: [UInt8] = []
        /// A descriptor that turns readable when the user wants out; it is not read.
        package var interrupt: Int32?

        package init(limit: Duration? = nil, outputLimit: Int = .max, sharesErrors: Bool = false) {
            self.limit = limit
            self.outputLimit = outputLimit
            self.sharesErrors = sharesErrors
        }

        /// A limit of time alone.
        static func within(_ limit: Duration) -> Terms { Terms(limit: limit) }
    }

    /// The exit status; 128+n after death by signal n.
    package let status: Int32
    package let output: [UInt8]
    /// Nothing where its standard error is ours.
    package let errors: [UInt8]

    /// Runs the program at `path` without input, and waits for it; it may ask on the terminal.
    package static func run(
        _ path: String, arguments: [String], environment: [String: String], terms: Terms
    ) throws(Failure) -> CapturedProgram {
        try Running(path, arguments: arguments, environment: environment, terms: terms).finish()
    }

    /// A program that runs beside us until `finish()`; ended where nobody waits for it.
    struct Running: ~Copyable {
        private var output: Pipe
        private var errors: Pipe
        private let process: pid_t
        private let terms: Terms
        private var hasEnded = false

        /// Starts it; its time begins when it is waited for.
        init(
            _ path: String, arguments: [String], environment: [String: String], terms: Terms
        ) throws(Failure) {
            var output = try Pipe()
            var errors: Pipe
            do throws(Failure) {
                errors = try Pipe()
            } catch {
                output.close()
                throw error
            }
            do throws(Failure) {
                var input: Pipe?
                if !terms.input.isEmpty { input = try Pipe(holding: terms.input) }
                defer { input?.close() }
                process = try start(
                    [path] + arguments, environment, input: input?.reader, output: output.writer,
                    errors: terms.sharesErrors ? STDERR_FILENO : errors.writer)
            } catch {
                output.close()
                errors.close()
                throw error
            }
            output.closeWriter()
            errors.closeWriter()
            (self.output, self.errors, self.terms) = (output, errors, terms)
        }

        deinit {
            if !hasEnded { CapturedProgram.end(process) }
            var (output, errors) = (output, errors)
            output.close()
            errors.close()
        }

        /// Waits for its end, and returns what it printed until then.
        consuming func finish() throws(Failure) -> CapturedProgram {
            try drain(&output, &errors, terms)
            let status = wait(for: process)
            hasEnded = true
            return CapturedProgram(
                status: status, output: output.received, errors: errors.received)
        }
    }

    /// Looks for an executable file of that name in the folders of `PATH`.
    package static func find(_ name: String, environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let candidates = folders.map { FilePath.absolute(name, in: String($0)) }
        return candidates.first { access($0, X_OK) == 0 && FileText.isFile($0) }
    }

    // MARK: - Steps

    private static func start(
        _ words: [String], _ environment: [String: String], input: Int32?, output: Int32,
        errors: Int32
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
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)

        // What we ignore or block is no business of the program's.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, words[0], &actions, &attributes, arguments, variables)
        guard code == 0 else { throw .notStarted(FileText.systemReason(code)) }
        return process
    }

    /// Reads both pipes to their ends.
    private static func drain(
        _ output: inout Pipe, _ errors: inout Pipe, _ terms: Terms
    ) throws(Failure) {
        let deadline = terms.limit.map { ContinuousClock.now + $0 }
        while output.isOpen || errors.isOpen {
            var patience: Int32 = -1
            if let deadline {
                let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
                guard left > 0 else { throw .timedOut }
                patience = Int32(clamping: Int64(left.rounded(.up)))
            }
            var waiting = [output.reader, errors.reader, terms.interrupt ?? -1].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&waiting, nfds_t(waiting.count), patience) > 0 else { continue }
            if waiting[0].revents != 0 { output.receive() }
            if waiting[1].revents != 0 { errors.receive() }
            if output.received.count > terms.outputLimit { throw .tooLong }
            if waiting[2].revents != 0 { throw .timedOut }
        }
    }

    /// Ends a program that is not waited for any more: it may clean up, but not for long.
    private static func end(_ process: pid_t) {
        kill(process, SIGTERM)
        for _ in 0..<50 {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) != 0 { return }
            poll(nil, 0, 10)
        }
        kill(process, SIGKILL)
        _ = wait(for: process)
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

    /// One that gives these few bytes and its end to whoever reads it.
    init(holding bytes: [UInt8]) throws(CapturedProgram.Failure) {
        try self.init()
        let count = bytes.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
        closeWriter()
        guard count == bytes.count else {
            closeReader()
            throw .notStarted(FileText.systemReason(ENOSPC))
        }
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
