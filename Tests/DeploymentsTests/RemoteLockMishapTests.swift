import Foundation
import Testing

@testable import Deployments

/// Contenders who stand still at the worst moment, or die there, and hosts that have no room.
@Suite(.fewAtATime) struct RemoteLockMishapTests {
    typealias Shell = RemoteLockScene.Shell

    private static func keeper(_ lock: RemoteLock, _ run: String) -> String {
        lock.keeper(run: run, owner: "ann@desk", reason: "", wait: .seconds(600))
    }

    /// Makes the first call of a utility by one contender wait until it is let go.
    private struct Gate {
        let environment: [String: String]
        private let file: String

        init(_ utility: String, in scene: RemoteLockScene) async throws {
            let folder = try scene.scratch.makeFolder("gate-\(utility)")
            file = "\(folder)/reached"
            environment = ["PATH": folder, "GATE": file]
            let text = #"""
                #!/bin/sh
                if mkdir "$GATE" 2>/dev/null; then
                  while [ ! -e "$GATE/open" ]; do sleep 0.02; done
                fi
                exec "/bin/${0##*/}" "$@"
                """#
            // Written by a child, as a script that another child of ours may still have open for
            // writing cannot be started, and the shell looks further along PATH.
            let place = "\(folder)/\(utility)"
            let script = "echo \(ShellQuoting.quoted(text)) >\(place); chmod 755 \(place)"
            #expect(try await scene.run(script) == [])
        }

        func reached(by script: LiveScript) async throws {
            try await eventually("the gate is reached: \(script.lines) \(script.errors)") {
                FileManager.default.fileExists(atPath: file)
            }
        }

        func open() throws {
            try Data().write(to: URL(fileURLWithPath: "\(file)/open"))
        }
    }

    @Test func `who stands still after making the folder does not get in beside another`()
        async throws
    {
        let scene = try RemoteLockScene()
        let gate = try await Gate("mv", in: scene)
        let slow = try scene.start(
            Self.keeper(scene.lock(), "SLOW"), environment: gate.environment)
        try await gate.reached(by: slow)
        let quick = try scene.start(Self.keeper(scene.lock(staleAfter: .seconds(2)), "QUICK"))
        try await quick.last(.held)
        try gate.open()
        try await eventually("the slow one withdraws") {
            if case .busy(let holder) = slow.messages.last { holder.run == "QUICK" } else { false }
        }
        try quick.send(RemoteLock.releaseLine)
        try await quick.last(.released(nil))
        try await slow.last(.held)
    }

    @Test(arguments: ["rm", "rmdir"])
    func `who stands still while taking over takes nothing from the next holder`(
        utility: String
    ) async throws {
        let scene = try RemoteLockScene()
        let brief = scene.lock(staleAfter: .seconds(1))
        let dead = try scene.start(Self.keeper(brief, "DEAD"))
        try await dead.last(.held)
        dead.stop()
        let gate = try await Gate(utility, in: scene)
        let slow = try scene.start(Self.keeper(brief, "SLOW"), environment: gate.environment)
        try await gate.reached(by: slow)
        let quick = try scene.start(Self.keeper(brief, "QUICK"))
        try await quick.last(.held)
        // From here on nothing goes stale: by hand means for good.
        try quick.send(RemoteLock.releaseLine)
        try await quick.last(.released(nil))
        let manual = brief.acquire(run: "HAND", owner: "bob@desk", reason: "")
        #expect(try await scene.messages(manual) == [.held])
        try gate.open()
        try await slow.busy(with: "HAND")
        let status = try await scene.messages(brief.status)
        guard case .busy(let holder) = status.first else {
            Issue.record("\(status)")
            return
        }
        #expect(holder.run == "HAND")
    }

    /// What somebody who died half-way, or a clock that was set, can leave behind.
    private static let leftovers: [(name: String, script: String)] = [
        ("an empty folder", ""),
        ("a beat without a holder", #"echo 1000000000 >"$lock/beat""#),
        ("a manual beat without a holder", #"echo never >"$lock/beat""#),
        ("an empty beat", #": >"$lock/beat"; : >"$lock/holder.X""#),
        ("an empty holder", #": >"$lock/holder.X""#),
        ("an old holder", #"echo 5 >"$lock/beat"; echo owner=x >"$lock/holder.X""#),
        ("a beat of the future", #"echo 99999999999 >"$lock/beat"; : >"$lock/holder.X""#),
        ("a beat that is no number", #"echo '08;$(x)' >"$lock/beat"; : >"$lock/holder.X""#),
        ("two holders", #"echo 5 >"$lock/beat"; : >"$lock/holder.X"; : >"$lock/holder.Y""#),
    ]

    @Test(arguments: Shell.posix)
    func `what is left behind goes stale`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        var keepers: [LiveScript] = []
        for (number, leftover) in Self.leftovers.enumerated() {
            let lock = scene.lock("left\(number)", staleAfter: .seconds(1))
            let folder = "\(scene.home)/.ccrun/locks/shop.left\(number)"
            _ = try await scene.run("lock=\(folder); mkdir -p \"$lock\"; \(leftover.script)")
            keepers.append(try scene.start(Self.keeper(lock, "RUN1"), in: shell))
        }
        for (number, keeper) in keepers.enumerated() {
            let name = Self.leftovers[number].name
            try await keeper.last(.held)
            #expect(keeper.errors == "", "\(name)")
            try keeper.send(RemoteLock.releaseLine)
            try await keeper.end()
            let status = try await scene.messages(scene.lock("left\(number)").status, in: shell)
            #expect(status == [.free], "\(name)")
        }
    }

    @Test(arguments: Shell.posix)
    func `who waits and whose client is gone ends, and leaves no lock behind`(
        shell: Shell
    ) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        let first = try scene.start(Self.keeper(lock, "RUN1"), in: shell)
        try await first.last(.held)
        let folder = try scene.folder(with: shell)
        let waiting = ShellQuoting.quoted(ExecLine.carrying(Self.keeper(lock, "RUN2")))
        let second = try scene.start(
            "{ PATH=\(folder):$PATH sh -c \(waiting); echo ended >&2; } | "
                + "{ read -r line; echo \"$line\"; }")
        try await eventually("the client has gone") { second.lines.count == 1 }
        try first.send(RemoteLock.releaseLine)
        try await first.end()
        try await second.end()
        #expect(second.errors == "ended\n")
        #expect(try await scene.messages(lock.status, in: shell) == [.free])
    }

    @Test(arguments: Shell.posix)
    func `where there is no place for locks that is said`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        try scene.scratch.write("home/.ccrun", "a file")
        for script in [
            Self.keeper(scene.lock(), "RUN1"),
            scene.lock().acquire(run: "RUN1", owner: "ann@desk", reason: ""),
        ] {
            let messages = try await scene.messages(script, in: shell)
            guard case .error(let text) = messages.first, messages.count == 1 else {
                Issue.record("\(messages)")
                continue
            }
            #expect(text.contains(".ccrun"))
        }
        let homeless = try await scene.messages(
            scene.lock().status, in: shell, environment: ["HOME": ""])
        #expect(homeless == [.error("HOME is not set")])
    }

    @Test func `where the folder of the lock cannot be made that is said`() async throws {
        let scene = try RemoteLockScene()
        try scene.scratch.makeFolder("home/.ccrun/locks")
        try scene.scratch.write("home/.ccrun/locks/shop.default", "a file")
        let messages = try await scene.messages(Self.keeper(scene.lock(), "RUN1"))
        #expect(messages.count == 1)
        #expect(messages.first?.isError == true)
    }

    @Test func `what somebody put into the folder is not removed`() async throws {
        let scene = try RemoteLockScene()
        try scene.scratch.write("home/.ccrun/locks/shop.default/notes", "mine")
        let messages = try await scene.messages(
            scene.lock().release(owner: "ann@desk", isForced: true))
        #expect(messages.count == 1)
        #expect(messages.first?.isError == true)
        #expect(FileManager.default.fileExists(atPath: "\(scene.lockFolder)/notes"))
    }
}

extension RemoteLock.Message {
    fileprivate var isError: Bool {
        if case .error = self { true } else { false }
    }
}
