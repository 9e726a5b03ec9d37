import Foundation
import Testing

@testable import Deployments

/// Real processes, in sessions of their own as sshd starts them, looked for in the real `/proc`.
@Suite(.fewAtATime) struct RemoteSignalTests {
    typealias Shell = RemoteLockScene.Shell
    typealias Answer = RemoteSignal.Answer

    @Test(arguments: Shell.posix)
    func `the process group of a run is ended`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let live = try run.start("sleep 1000 & exec sleep 1000")
            try await run.waitFor(["sleep", "sleep"])
            let pid = Int(live.processID)
            #expect(try await run.signal(.term) == .signalled(session: pid, groups: [pid]))
            try await live.end()
            try await run.waitFor([])
            #expect(try await run.signal(.term) == .gone)
        }
    }

    @Test(arguments: Shell.posix)
    func `a daemon in a session of its own survives, also when the run is gone`(
        shell: Shell
    ) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let live = try run.start("setsid sleep 1000 & exec tail -f /dev/null")
            try await run.waitFor(["sleep", "tail"])
            let pid = Int(live.processID)
            #expect(try await run.signal(.term) == .signalled(session: pid, groups: [pid]))
            try await live.end()
            try await run.waitFor(["sleep"])
            #expect(try await run.signal(.kill, session: pid) == .gone)
            try await run.waitFor(["sleep"])
        }
    }

    @Test(arguments: Shell.posix)
    func `a shell that has the id only in its memory is ended, and not its older daemon`(
        shell: Shell
    ) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let live = try run.start(
                "export CCRUN_RUN_ID=\(run.id); setsid sleep 1000 & "
                    + "until [ \"$name\" = sleep ]; do read -r name </proc/$!/comm; done; "
                    + "tail -f /dev/null; echo not reached",
                environment: [:])
            try await run.waitFor(["sleep", "tail"])
            let pid = Int(live.processID)
            #expect(try await run.signal(.term) == .signalled(session: pid, groups: [pid]))
            try await live.end()
            #expect(live.lines == [])
            try await run.waitFor(["sleep"])
        }
    }

    /// Dropbear has it so.
    @Test(arguments: Shell.posix)
    func `in a process group that the script is in itself, only the run is ended`(
        shell: Shell
    ) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let script = RemoteSignal.script(run: run.id, signal: .term)
            let connection = try run.start(
                """
                (export CCRUN_RUN_ID=\(run.id); (sleep 1000 & sleep 1000; echo not reached); :) &
                ended=$!; sleep 1001 & spared=$!
                read -r _; sh -c \(ShellQuoting.quoted(script)); wait $ended
                kill $spared && echo still here
                """, environment: [:])
            try await run.waitFor(["sleep", "sleep"])
            try connection.send(Array("go\n".utf8))
            try await connection.end()
            let pid = Int(connection.processID)
            let lines = connection.lines
            #expect(lines.count == 2 && lines.last == "still here", "\(lines)")
            let answer = lines.first.flatMap { Answer.parse($0) }
            guard case .signalled(pid, let groups)? = answer else {
                Issue.record("not signalled: \(lines)")
                return
            }
            #expect(Set(groups) == [pid])
            try await run.waitFor([])
        }
    }

    @Test func `what makes a process group of its own in the session is ended, too`() async throws {
        try await RemoteSignalScene.withRun { run in
            let live = try run.start("timeout 1000 sleep 1000; exit 3")
            try await run.waitFor(["sh", "sleep", "timeout"])
            guard case .signalled(let session, let groups) = try await run.signal(.term) else {
                Issue.record("not signalled")
                return
            }
            #expect(session == Int(live.processID))
            #expect(groups.count == 2 && groups.contains(session))
            try await live.end()
            try await run.waitFor([])
        }
    }

    @Test(arguments: Shell.posix)
    func `a step is not taken for another one`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            func start(step: String) throws -> LiveScript {
                try run.start(
                    "exec sleep 1000",
                    environment: ["CCRUN_RUN_ID": run.id, "A": "b", "CCRUN_STEP": step, "Z": ""])
            }
            let twelve = try start(step: "12")
            let one = try start(step: "1")
            try await run.waitFor(["sleep", "sleep"])
            #expect(try await run.remaining(step: 1).map(\.pid) == [Int(one.processID)])
            #expect(try await run.remaining(step: 2) == [])
            let pid = Int(one.processID)
            #expect(try await run.signal(.term, step: 1) == .signalled(session: pid, groups: [pid]))
            try await one.end()
            #expect(twelve.isRunning)
            #expect(try await run.signal(.term, step: 1) == .gone)
        }
    }

    @Test(arguments: Shell.posix)
    func `what only resembles the run is left alone`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let others = try [
                ["CCRUN_RUN_ID": "\(run.id)2"], ["XCCRUN_RUN_ID": run.id],
                ["A": "x\nCCRUN_RUN_ID=\(run.id)\ny"], ["A": "CCRUN_RUN_ID=\(run.id)"],
            ].map { try run.start("exec cat", environment: $0) }
            let argument = try run.start(
                "exec tail -f /dev/null CCRUN_RUN_ID=\(run.id) 2>/dev/null", environment: [:])
            try await eventually("all of them run") {
                try (others + [argument]).allSatisfy { live in
                    let name = try String(
                        contentsOfFile: "/proc/\(live.processID)/comm", encoding: .utf8)
                    return ["cat\n", "tail\n"].contains(name)
                }
            }
            #expect(try await run.remaining() == [])
            #expect(try await run.signal(.kill) == .gone)
            let areRunning = (others + [argument]).allSatisfy { $0.isRunning }
            #expect(areRunning)
        }
    }

    @Test func `what ignores TERM is ended by KILL`() async throws {
        try await RemoteSignalScene.withRun { run in
            let live = try run.start("trap '' TERM; echo ready; sleep 1000")
            try await eventually("it is ready") { live.lines == ["ready"] }
            let pid = Int(live.processID)
            let signalled = Answer.signalled(session: pid, groups: [pid])
            #expect(try await run.signal(.term) == signalled)
            #expect(live.isRunning)
            #expect(try await run.signal(.kill, session: pid) == signalled)
            try await live.end()
            try await run.waitFor([])
        }
    }

    @Test(arguments: Shell.posix)
    func `the name of a program may look like the fields behind it`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let name = "a) S 1 1\n1 (b"
            let program = try run.scene.scratch.makeFolder("odd") + "/\(name)"
            let quoted = ShellQuoting.quoted(program)
            // Not copied from here: what another test starts at that moment would still have the file
            // open for writing, and exec(2) would find it busy.
            let live = try run.start("cp /bin/sleep \(quoted) && exec \(quoted) 1000")
            try await run.waitFor(["a) S 1 1"])
            let pid = Int(live.processID)
            #expect(try await run.signal(.int) == .signalled(session: pid, groups: [pid]))
            try await live.end()
        }
    }

    @Test(arguments: Shell.posix)
    func `a script that carries the id itself does not end itself`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let script = ExecLine.carrying(RemoteSignal.script(run: run.id, signal: .kill))
            let live = try run.scene.start(
                "exec setsid \(script.dropFirst("exec ".count))", in: shell,
                environment: ["CCRUN_RUN_ID": run.id])
            try await live.end()
            #expect(live.lines == ["gone"])
        }
    }

    @Test(arguments: Shell.posix)
    func `where the host does not let us that is said`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let live = try run.start("exec sleep 1000")
            try await run.waitFor(["sleep"])
            let answer = try await run.signal(.term, preparing: "kill() { return 1; }\n")
            #expect(answer == .refused(groups: [Int(live.processID)]))
            let script = RemoteSignal.script(run: run.id, signal: .term)
                .replacing("/proc/", with: "/no-such-folder/")
            #expect(try await run.scene.run(script, in: shell) == ["unknown"])
        }
    }

    @Test(arguments: [Shell.dash, Shell(name: "busybox", arguments: ["sh"])])
    func `the hint for a person shows what is still there`(shell: Shell) async throws {
        try await RemoteSignalScene.withRun(shell) { run in
            let live = try run.start("exec sleep 1000")
            try await run.waitFor(["sleep"])
            let hint = RemoteSignal.hint(
                target: "shop/default", options: ["--host", "web2"], run: run.id)
            #expect(hint.hasPrefix("ccrun --host web2 shop/default 'cd /proc; for "))
            let lines = try await run.scene.run("ccrun() { eval \"$4\"; }\n\(hint)", in: shell)
            #expect(lines == ["\(live.processID) sleep 1000"])
        }
    }
}
