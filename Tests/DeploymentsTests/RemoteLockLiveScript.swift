import Foundation
import Testing

@testable import Deployments

/// A script that runs while a test goes on: a child of its own, its output in files.
///
/// Only the task of one test uses it.
final class LiveScript {
    let processID: Int32
    private let output: String
    private var input: Int32
    private var hasEnded = false

    /// Starts `/bin/sh -c line`; the files of its output are made in `folder`.
    init(_ line: String, folder: String, environment: [String: String]) throws {
        output = "\(folder)/\(UUID().uuidString)"
        // Closed on exec from the start, so that no child of another test keeps an end open.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let isMade = socketpair(AF_UNIX, kind, 0, &ends) == 0
        try #require(isMade)
        input = ends[0]
        defer { close(ends[1]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        for (descriptor, suffix) in [(STDOUT_FILENO, "out"), (STDERR_FILENO, "err")] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, "\(output).\(suffix)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        // A shell that waits for its children needs SIGCHLD, which the threads of a task block.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let words = [strdup("/bin/sh"), strdup("-c"), strdup(line), nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, variables)
        try #require(code == 0)
        processID = process
    }

    deinit {
        closeInput()
        if isRunning {
            kill(processID, SIGKILL)
            waitpid(processID, nil, 0)
        }
    }

    var isRunning: Bool {
        if !hasEnded, waitpid(processID, nil, WNOHANG) != 0 { hasEnded = true }
        return !hasEnded
    }

    var errors: String { (try? String(contentsOfFile: "\(output).err", encoding: .utf8)) ?? "?" }

    /// The whole lines that it has printed so far.
    var lines: [String] {
        let data = FileManager.default.contents(atPath: "\(output).out") ?? Data()
        return String(decoding: data, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// The messages so far, but for the signs of life of one that waits.
    var messages: [RemoteLock.Message] {
        lines.compactMap(RemoteLock.Message.parse).filter { $0 != .alive }
    }

    func send(_ bytes: [UInt8]) throws {
        // A script that has gone is no reason to die of SIGPIPE.
        let count = Glibc.send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        try #require(count == bytes.count)
    }

    func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    func stop() {
        kill(processID, SIGKILL)
    }

    /// Waits until `message` is the last one.
    func last(_ message: RemoteLock.Message) async throws {
        try await eventually("\(message) is the last of \(lines) \(errors)") {
            messages.last == message
        }
    }

    /// Waits until it is told that `run` has the lock.
    func busy(with run: String) async throws {
        try await eventually("busy with \(run): \(lines) \(errors)") {
            if case .busy(let holder) = messages.last { holder.run == run } else { false }
        }
    }

    func end() async throws {
        try await eventually("the script ends: \(lines) \(errors)") { !isRunning }
    }
}
