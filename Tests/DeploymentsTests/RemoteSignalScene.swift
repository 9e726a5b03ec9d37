import Foundation
import Testing

@testable import Deployments

/// A run of which a test starts processes; what is left of it is killed at the end of the test.
struct RemoteSignalScene {
    typealias Shell = RemoteLockScene.Shell
    typealias Answer = RemoteSignal.Answer

    let scene: RemoteLockScene
    let shell: Shell
    let id = UUID().uuidString.filter(\.isHexDigit)

    /// Runs `body` with a new run, and leaves nothing of it behind.
    static func withRun(
        _ shell: Shell = .dash, _ body: (RemoteSignalScene) async throws -> Void
    ) async throws {
        let run = RemoteSignalScene(scene: try RemoteLockScene(), shell: shell)
        defer { run.killAll() }
        try await body(run)
    }

    /// Starts `command` in a session of its own.
    func start(_ command: String, environment: [String: String]? = nil) throws -> LiveScript {
        try scene.start(
            "exec setsid sh -c \(ShellQuoting.quoted(command))",
            environment: environment ?? ["CCRUN_RUN_ID": id])
    }

    func remaining(step: Int? = nil) async throws -> [RemoteSignal.Remaining] {
        let lines = try await scene.run(
            RemoteSignal.listing(run: id, step: step), in: shell)
        let remaining = lines.compactMap { RemoteSignal.Remaining.parse($0) }
        #expect(remaining.count == lines.count, "\(lines)")
        return remaining
    }

    func signal(
        _ signal: RemoteSignal.Signal, step: Int? = nil, session: Int? = nil,
        preparing: String = ""
    ) async throws -> Answer {
        let script = RemoteSignal.script(run: id, step: step, signal: signal, session: session)
        let lines = try await scene.run(preparing + script, in: shell)
        #expect(lines.count == 1)
        return try #require(lines.first.flatMap { Answer.parse($0) }, "\(lines)")
    }

    /// Kills what carries the id.
    func killAll() {
        var left = processes
        while !left.isEmpty {
            for process in left { kill(process, SIGKILL) }
            left = processes
        }
    }

    /// Waits until programs of these names carry the id, and sees that the script finds them, too.
    func waitFor(_ names: [String]) async throws {
        try await eventually("\(names) carry the id, not \(self.names)") {
            self.names == names.sorted()
        }
        #expect(try await remaining().map(\.name).sorted() == names.sorted())
    }

    /// What carries the id, found without the scripts.
    private var processes: [pid_t] {
        let entry = Data("CCRUN_RUN_ID=\(id)".utf8)
        let all = try? FileManager.default.contentsOfDirectory(atPath: "/proc")
        return (all ?? []).compactMap { pid_t($0) }.filter {
            FileManager.default.contents(atPath: "/proc/\($0)/environ")?.range(of: entry) != nil
        }
    }

    private var names: [String] {
        processes.compactMap {
            let text = try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)
            return text?.split(separator: "\n").first.map(String.init)
        }.sorted()
    }
}
