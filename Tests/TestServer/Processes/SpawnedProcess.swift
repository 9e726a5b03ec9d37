import CTestServerShims

#if canImport(Glibc)
    import Glibc
#endif

/// How a process ended.
package enum ProcessStatus: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// Reads the status word of wait(2).
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
    }

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let number): "signal \(number)"
        }
    }
}

/// A child of this process in a session of its own, reaped by a thread of its own.
///
/// Signals are sent only while the child is not reaped, so that they cannot reach a stranger who
/// was given the same number.
package final class SpawnedProcess: Sendable {
    /// Where the child's descriptors 0, 1 and 2 lead.
    enum Files {
        case descriptors(Descriptor, Descriptor, Descriptor)
        /// A terminal's device, which becomes the controlling one.
        case terminal(String)
    }

    package let pid: Int32
    private let status = Watched<ProcessStatus?>(nil)

    /// Starts a program; `environment` is all of it, nothing is inherited.
    init(
        executable: String, arguments: [String], environment: [String: String],
        workingFolder: String?, files: Files
    ) throws {
        _ = ignoresBrokenPipes
        var numbers: [Int32] = [-1, -1, -1]
        var terminal: String?
        switch files {
        case .descriptors(let input, let output, let error):
            numbers = [input.rawValue, output.rawValue, error.rawValue]
        case .terminal(let path):
            terminal = path
        }
        var child: Int32 = -1
        let failure = withCStrings([executable] + arguments) { argv in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                test_server_spawn(
                    &child, executable, argv, envp, workingFolder, numbers, terminal)
            }
        }
        guard failure == 0 else {
            throw TestServerError.system("cannot start \"\(executable)\"", failure)
        }
        pid = child
        reapInBackground()
    }

    /// How the child ended, or nil while it runs.
    package var currentStatus: ProcessStatus? { status.withLock { $0 } }

    /// How the child ended, waiting at most `timeout`.
    package func wait(_ timeout: Duration) -> ProcessStatus? { status.wait(timeout) { $0 } }

    /// Sends a signal to the child, unless it has ended.
    package func send(signal: Int32) {
        status.withLock { status in
            if status == nil { _ = kill(pid, signal) }
        }
    }

    /// Kills the child and whatever it started, and returns when all of them are gone.
    package func stop() {
        let family = ProcessTable.family(of: pid)
        send(signal: SIGKILL)
        _ = status.wait { $0 }
        ProcessTable.kill(family)
        ProcessTable.kill(ProcessTable.all().filter { $0.session == pid })
    }

    private func reapInBackground() {
        _ = Worker("reaper \(pid)") { [pid, status] in
            var information = siginfo_t()
            // WNOWAIT: the number stays taken until the lock is held, see `send(signal:)`.
            _ = try? retrying("cannot wait for \(pid)") {
                waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT)
            }
            status.withLock { status in
                var word: Int32 = 0
                _ = try? retrying("cannot reap \(pid)") { waitpid(pid, &word, 0) }
                status = ProcessStatus(waitStatus: word)
            }
        }
    }
}

/// Calls `body` with an array of C strings that ends with a null pointer.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
