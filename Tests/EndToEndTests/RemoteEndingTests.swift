import Foundation
import TestServer
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A run that is over on this side ends what it started on the other.
@Suite struct RemoteEndingTests {
    /// Waits until no process of the server's sessions has this command line any more.
    private static func expectGone(
        _ words: String, of sshd: PrivateSSHD, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let limit = ContinuousClock.now + .seconds(60)
        while isRunning(words, of: sshd) {
            guard ContinuousClock.now < limit else {
                Issue.record("\(words) is still running", sourceLocation: sourceLocation)
                return
            }
            usleep(10_000)
        }
    }

    private static func isRunning(_ words: String, of sshd: PrivateSSHD) -> Bool {
        sshd.sessionProcesses().contains { $0.commandLine.joined(separator: " ") == words }
    }

    @Test(arguments: ["-T", "-t"])
    func `a time limit ends the command and its children`(terminal: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let result = try place.run([
                terminal, "--timeout", "10s", "shop",
                "sleep 1020 & echo begun; sleep 1020; echo no",
            ])
            #expect(result.status == .exited(124))
            #expect(
                result.errorOutput.contains(
                    "the time limit of 10s ran out; the command was ended by TERM, status 124"),
                "\(result.errorOutput)")
            Self.expectGone("sleep 1020", of: sshd)
            try place.expectTranscript(.timeout)
        }
    }

    @Test func `one that ignores TERM is killed after the grace period`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let result = try place.run([
                "--timeout", "10s", "--grace", "5s", "shop",
                "trap 'echo asked' TERM; while :; do sleep 1021 & wait; done",
            ])
            #expect(result.status == .exited(124))
            #expect(result.output.contains("asked\n"))
            #expect(result.errorOutput.contains("was ended by KILL"), "\(result.errorOutput)")
            Self.expectGone("sleep 1021", of: sshd)
        }
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func `an interrupt ends the command, which may still say something`(
        signal: Int32, status: Int32
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start([
                "shop", "trap 'echo rolled back; exit 9' TERM; echo begun; sleep 1022 & wait",
            ])
            try run.waitForOutput("begun")
            run.send(signal: signal)
            let result = try run.waitForExit()
            #expect(result.status == .exited(status))
            #expect(result.output == "begun\nrolled back\n")
            Self.expectGone("sleep 1022", of: sshd)
        }
    }

    @Test func `a second interrupt does not wait for the grace period`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start([
                "--grace", "10m", "shop",
                "trap 'echo asked' TERM; echo begun; while :; do sleep 1023 & wait; done",
            ])
            try run.waitForOutput("begun")
            run.send(signal: SIGINT)
            try run.waitForOutput("asked")
            run.send(signal: SIGINT)
            let result = try run.waitForExit()
            #expect(result.status == .exited(130))
            #expect(result.errorOutput.contains("was ended by KILL"))
            Self.expectGone("sleep 1023", of: sshd)
        }
    }

    @Test func `a daemon that the command has left behind is none of its`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let result = try place.run([
                "--timeout", "10s", "shop", "setsid -f sleep 1024; echo begun; exec sleep 1025",
            ])
            #expect(result.status == .exited(124))
            Self.expectGone("sleep 1025", of: sshd)
            #expect(Self.isRunning("sleep 1024", of: sshd))
        }
    }

    @Test func `what went through sh of another session is found inside`() throws {
        try withSSHD { sshd in
            // As docker exec has it: the command is in a session of its own, its client in ours.
            let place = try Workplace(sshd, app: ["through: setsid -w"])
            let result = try place.run([
                "--timeout", "10s", "shop", "echo begun; sleep 1026; echo no",
            ])
            #expect(result.status == .exited(124))
            #expect(result.errorOutput.contains("was ended by TERM"), "\(result.errorOutput)")
            Self.expectGone("sleep 1026", of: sshd)
        }
    }

    @Test(arguments: [
        ("echo begun; sleep 1030; echo no", "TERM"),
        ("trap '' TERM; echo begun; while :; do sleep 1030; done", "KILL"),
    ])
    func `what runs in a container with processes of its own is ended there`(
        command: String, signal: String
    ) throws {
        try withSSHD { sshd in
            // A container's namespaces, and the way in that the engines have: a session of its own.
            let folder = try ScratchFolder("container")
            let container = try ChildProcess(
                try Tool.path("sh"),
                [
                    "-c",
                    """
                    echo $$ >\(folder.file("pid"))
                    exec unshare --map-root-user --pid --fork --mount-proc --kill-child \
                        sh -c 'echo up; exec sleep 1031'
                    """,
                ])
            defer { container.stop() }
            try container.waitForOutput("up\n")
            try folder.write(
                """
                pid=$(cat \(folder.file("pid")))
                exec nsenter -t $(cat /proc/$pid/task/$pid/children) -U -p -m \
                    --preserve-credentials setsid -w "$@"
                """, to: "enter")
            let place = try Workplace(sshd, app: ["through: sh \(folder.file("enter"))"])
            let result = try place.run(["--timeout", "10s", "--grace", "2s", "shop", command])
            #expect(result.status == .exited(124))
            #expect(result.output == "begun\n")
            #expect(result.errorOutput.contains("was ended by \(signal)"), "\(result.errorOutput)")
            Self.expectGone("sleep 1030", of: sshd)
        }
    }

    @Test func `where it cannot be found, that is said, and how to look`() throws {
        try withSSHD { sshd in
            // Without the run id in its environment nothing tells the process from others.
            let place = try Workplace(sshd)
            let result = try place.run([
                "--timeout", "10s", "shop", "exec env -u CCRUN_RUN_ID sleep 1027",
            ])
            #expect(result.status == .exited(124))
            #expect(
                result.errorOutput.contains("the command may still be running"),
                "\(result.errorOutput)")
            #expect(
                result.errorOutput.contains("ccrun: hint: look for it with: ccrun shop/default "))
        }
    }
}
