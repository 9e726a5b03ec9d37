import Foundation
import Testing

@testable import Deployments

/// An account with detached jobs: a home folder of its own, and a shell that is its `sh`.
///
/// Whatever has been started in it is gone when the value is.
final class RemoteJobSide: Sendable {
    typealias Shell = RemoteSide.Shell

    let scratch: Scratch
    private let environment: [String: String]

    /// What is found beside the shell.
    enum Programs { case all, withoutSetsid, busybox }

    /// The shells that a system is likely to have as its `sh`.
    static let shells = Shell.posix.filter { $0.name != "ksh" && $0.name != "zsh" }

    /// A shell that is not installed cancels the test with that reason.
    init(sh: Shell = .dash, programs: Programs = .all) throws {
        scratch = try Scratch()
        let folder = try scratch.makeFolder("bin")
        var links = ["sh": try RemoteSide.find(sh)]
        let needed = [
            "cat", "date", "dd", "grep", "kill", "mkdir", "mv", "printf", "ps", "rm", "sed",
            "sleep",
            "tr", "wc",
        ]
        switch programs {
        case .all: break
        case .withoutSetsid:
            for name in needed { links[name] = try RemoteSide.find(Shell(name: name)) }
        case .busybox:
            let busybox = try RemoteSide.find(Shell(name: "busybox"))
            for name in needed + ["setsid"] { links[name] = busybox }
        }
        for (name, path) in links {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: path)
        }
        environment = [
            "PATH": programs == .all ? "\(folder):/usr/bin:/bin" : folder,
            "HOME": try scratch.makeFolder("home"),
        ]
    }

    deinit { for process in processes { kill(process, SIGKILL) } }

    var home: String { "\(scratch.path)/home" }

    // MARK: - Scripts

    /// Evaluates a script that does not read its input.
    func run(_ script: String, adding variables: [String: String] = [:]) throws -> CapturedProgram {
        try withSignals {
            try CapturedProgram.run(
                "/usr/bin/env",
                arguments: ["--default-signal", "\(scratch.path)/bin/sh", "-c", script],
                environment: environment.merging(variables) { $1 }, terms: .within(limit))
        }
    }

    /// Starts a job, and returns its run id.
    func start(
        _ script: String, title: String = "a job", ttl: Duration = .seconds(3600)
    ) throws -> String {
        let run = Self.makeID()
        let program = try self.run(
            RemoteJob.start(run: run, title: title, script: script, ttl: ttl))
        let started = try #require(
            RemoteJob.Started(parsing: program.output), "\(program.errorText)")
        #expect(program.text == "started\t\(run)\t\(started.pid)\n")
        #expect(program.errorText == "")
        #expect(started.run == run)
        return run
    }

    /// Waits for the end of a job.
    func wait(for run: String) throws -> RemoteJob.Verdict? {
        let following = try Following(RemoteJob.wait(run: run), in: self)
        #expect(try following.end() == 0)
        #expect(following.errors == "")
        return RemoteJob.Verdict(parsing: following.output)
    }

    func listing() throws -> RemoteJob.Listing {
        let program = try run(RemoteJob.list)
        #expect(program.errorText == "")
        #expect(program.status == 0)
        return try #require(RemoteJob.Listing(parsing: program.output), "\(program.text)")
    }

    // MARK: - Files and processes

    func file(_ name: String, of run: String) -> String { "\(home)/.ccrun/jobs/\(run)/\(name)" }

    /// The first line of a job's file; empty where there is none.
    func line(_ name: String, of run: String) -> String {
        let text = try? String(contentsOfFile: file(name, of: run), encoding: .utf8)
        return text?.split(separator: "\n").first.map { String($0) } ?? ""
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Lets jobs go on that wait for this file.
    func touch(_ name: String) throws { try scratch.write("home/\(name)", "") }

    /// Script text that waits for that.
    static func awaiting(_ name: String) -> String {
        "until [ -e \"$HOME/\(name)\" ];do sleep 0.05 2>/dev/null||sleep 1;done;"
    }

    /// The processes that were started with the home folder in their environment.
    var processes: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            let bytes = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
            return bytes.split(separator: 0).contains(Data("HOME=\(home)".utf8))
        }
    }

    /// Spawns `sh` with that text, as the leader of a session, and its descriptors on files.
    func spawn(_ script: String, input: String, output: String, errors: String) throws -> pid_t {
        let words =
            [
                "/usr/bin/env", "--default-signal", "/usr/bin/setsid", "\(scratch.path)/bin/sh",
                "-c",
                "exec <\"$1\" >\"$2\" 2>\"$3\";eval \"shift 3;$4\"", "sh", input, output, errors,
                script,
            ].map { $0.withCString { strdup($0) } } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process = pid_t()
        let code = withSignals {
            posix_spawn(&process, "/usr/bin/env", nil, nil, words, variables)
        }
        try #require(code == 0, "errno \(code)")
        return process
    }

    static func makeID() -> String {
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        return "01" + String((0..<24).compactMap { _ in alphabet.randomElement() })
    }
}

/// The longest that a test waits for anything.
private let limit = Duration.seconds(120)

/// Starts processes without the signals blocked that are so in the threads which run tests; what other
/// tests of the same process ignore, env(1) sets right.
private func withSignals<Result>(_ body: () throws -> Result) rethrows -> Result {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
}

/// Waits until something is so.
func untilTrue(
    _ condition: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        try #require(ContinuousClock.now < deadline, sourceLocation: sourceLocation)
        usleep(20_000)
    }
}

/// A script that goes on while its client is there, which keeps its input open.
final class Following {
    private let folder: String
    let process: pid_t
    /// The input's other end; -1 when it is closed.
    private var client: Int32
    private var status: Int32?

    init(_ script: String, in side: RemoteJobSide) throws {
        folder = try side.scratch.makeFolder("following-\(UUID().uuidString)")
        let input = "\(folder)/input"
        try #require(mkfifo(input, 0o600) == 0)
        client = open(input, O_RDWR | O_CLOEXEC)
        try #require(client >= 0)
        process = try side.spawn(
            script, input: input, output: "\(folder)/output", errors: "\(folder)/errors")
        // It waits for a writer of its input, which must not have left by then.
        try untilTrue {
            FileManager.default.fileExists(atPath: "\(folder)/errors") || hasEnded
        }
    }

    deinit {
        leave()
        if !hasEnded {
            kill(-process, SIGKILL)
            _ = try? end()
        }
    }

    var output: Data { FileManager.default.contents(atPath: "\(folder)/output") ?? Data() }

    /// Whether that is all of the output; for what is too long to show where it differs.
    func hasPrinted(_ bytes: Data) -> Bool { output == bytes }

    var errors: String {
        let bytes = FileManager.default.contents(atPath: "\(folder)/errors") ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Ends the input, as the end of a connection does.
    func leave() {
        if client >= 0 { close(client) }
        client = -1
    }

    var hasEnded: Bool {
        if status == nil {
            var word: Int32 = 0
            guard waitpid(process, &word, WNOHANG) == process else { return false }
            status = word & 0x7f == 0 ? word >> 8 & 0xff : 128 + word & 0x7f
        }
        return true
    }

    /// Waits for the end, and returns the exit status.
    func end() throws -> Int32 {
        try untilTrue { hasEnded }
        return status ?? -1
    }
}
