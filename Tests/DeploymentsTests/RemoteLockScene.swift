import Foundation
import Testing

@testable import Deployments

/// A home folder in which the scripts of `RemoteLock` and `RemoteSignal` run, as sshd starts them.
final class RemoteLockScene: Sendable {
    typealias Shell = RemoteSide.Shell

    /// The shells of `RemoteSide` that are there.
    static var installed: [Shell] {
        Shell.posix.filter {
            CapturedProgram.find($0.name, environment: [:]) != nil
        }
    }

    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.makeFolder("home")
    }

    var home: String { "\(scratch.path)/home" }

    /// Where the lock of `shop/default` is.
    var lockFolder: String { "\(home)/.ccrun/locks/shop.default" }

    func lock(
        _ deployment: String = "default", staleAfter: Duration = .seconds(600)
    ) -> RemoteLock {
        RemoteLock(
            deployment: DeploymentName(app: "shop", deployment: deployment),
            staleAfter: staleAfter)
    }

    /// Makes a folder with `shell` under the name `sh` and returns its path.
    ///
    /// Busybox brings its utilities along, as on a system that has no others.
    func folder(with shell: Shell) throws -> String {
        let folder = "\(scratch.path)/bin-\(shell.name)"
        guard !FileManager.default.fileExists(atPath: folder) else { return folder }
        try scratch.makeFolder("bin-\(shell.name)")
        let utilities = "cat date grep kill mkdir mv printf rm rmdir sleep tr".split(separator: " ")
        let path = try RemoteSide.find(shell)
        for name in ["sh"] + (shell.name == "busybox" ? utilities : []) {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: path)
        }
        return folder
    }

    /// Starts `sh -c` with what carries `script`; `environment` comes on top of PATH and HOME.
    func start(
        _ script: String, in shell: Shell = .dash, environment: [String: String] = [:]
    ) throws -> LiveScript {
        let path = [environment["PATH"], try folder(with: shell), "/usr/bin:/bin"]
        var variables = ["HOME": home].merging(environment) { $1 }
        variables["PATH"] = path.compactMap(\.self).joined(separator: ":")
        return try LiveScript(
            ExecLine.carrying(script), folder: scratch.path, environment: variables)
    }

    /// Runs a script without input to its end and returns the lines that it printed.
    func run(
        _ script: String, in shell: Shell = .dash, environment: [String: String] = [:]
    ) async throws -> [String] {
        let live = try start(script, in: shell, environment: environment)
        live.closeInput()
        try await live.end()
        #expect(live.errors == "")
        return live.lines
    }

    /// Runs a script of a lock; the lines have to be messages, all of them.
    func messages(
        _ script: String, in shell: Shell = .dash, environment: [String: String] = [:]
    ) async throws -> [RemoteLock.Message] {
        try await run(script, in: shell, environment: environment).compactMap { line in
            let message = RemoteLock.Message.parse(line)
            #expect(message != nil, "\(line)")
            return message
        }
    }
}

/// Waits until a condition holds; a test in which that never happens ends with `what`.
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(120),
    _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        try #require(ContinuousClock.now < deadline, "\(what())")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Lets a few cases of a suite run at a time: each of them keeps several processes busy.
struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
    private static let door = Door(places: 4)

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.door.enter()
        let result: Result<Void, any Error>
        do { result = .success(try await function()) } catch { result = .failure(error) }
        await Self.door.leave()
        try result.get()
    }

    private actor Door {
        private var places: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(places: Int) {
            self.places = places
        }

        func enter() async {
            if places > 0 {
                places -= 1
            } else {
                await withCheckedContinuation { waiting.append($0) }
            }
        }

        func leave() {
            if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
        }
    }
}

extension Trait where Self == FewAtATime {
    static var fewAtATime: Self { Self() }
}
