import Foundation
import TestServer
import Testing
import Transcripts

#if canImport(Glibc)
    import Glibc
#endif

/// How a job ends, and what those who wait for it end with.
@Suite struct JobEndTests {
    /// The rows of the exit status table that a job reaches by itself.
    static let cases: [StatusCase] =
        [0, 1, 3, 44, 124, 125, 127, 255].map {
            StatusCase(command: "exit \($0)", end: .exit($0))
        } + [
            StatusCase(command: "no-such-program-anywhere", end: .exit(127)),
            StatusCase(command: "kill -TERM $$; exit 9", end: .signal("TERM", 15)),
            StatusCase(command: "kill -KILL $$; exit 9", end: .signal("KILL", 9)),
            StatusCase(command: "kill -HUP $$; exit 9", end: .signal("HUP", 1)),
            StatusCase(command: "kill -INT $$; exit 9", end: .signal("INT", 2)),
        ]

    @Test(arguments: cases)
    func `wait and attach end as the job does`(job: StatusCase) throws {
        try withServer { server in
            let place = try Workplace(server)
            let id = try place.detach(["shop", "echo out; \(job.command)"])
            let attached = try place.run(["attach", id])
            #expect(attached.status == .exited(job.end.shellStatus), "\(attached.errorOutput)")
            #expect(attached.output.hasPrefix("out\n"))
            if job.end.shellStatus != 127 { #expect(attached.output == "out\n") }
            // That was from the host, this is from the transcript.
            let waited = try place.run(["wait", id])
            #expect(waited.status == attached.status)
            #expect(waited.errorOutput == attached.errorOutput)
            try place.expectTranscript(job.end)
            #expect(try place.run(["logs", "-f", id]).status == .exited(0))
            #expect(try place.run(["stop", id]).status == .exited(0))
        }
    }

    @Test func `wait ends when the job does`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "\(untilGo); kill -KILL $$"])
            let waiting = try place.start(["wait", id])
            try sshd.waitForLog("Starting session: command", count: 2)
            try sshd.letGo()
            let result = try waiting.waitForExit()
            #expect(result.status == .exited(137))
            #expect(
                result.errorOutput == "ccrun: the remote command died of signal KILL, status 137\n")
            #expect(result.output.isEmpty)
        }
    }

    @Test(arguments: ["wait", "attach", "logs"])
    func `a job from before the machine was started anew is lost`(command: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo half; exec sleep 1042"])
            _ = try place.start(["logs", "-f", id]).waitForOutput("half")
            try sshd.forgetBoot(of: id)
            let result = try place.run([command, id])
            #expect(result.status == .exited(255))
            #expect(result.output == (command == "wait" ? "" : "half\n"))
            #expect(result.errorOutput.hasPrefix("ccrun: the job is lost: "))
            #expect(result.errorOutput.hasSuffix(", status 255\n"))
            let transcript = try place.expectTranscript(.disconnect)
            #expect(transcript.ending?.reason?.contains("is lost") == true)
            #expect(try transcript.text == "half\r\n")
            #expect(try place.jobs().map { $0["state"] as? String } == ["lost"])
            #expect(try place.run(["wait", id]).status == .exited(255))
        }
    }

    static let interrupts: [(String, Int32, Int32)] = [
        ("wait", SIGINT, 130), ("attach", SIGINT, 130), ("attach", SIGTERM, 143),
        ("attach", SIGHUP, 129), ("logs -f", SIGINT, 130),
    ]

    @Test(arguments: interrupts)
    func `who waits may leave, and the job goes on`(
        command: String, signal: Int32, status: Int32
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo begun; \(untilGo); echo end; exit 6"])
            let run = try place.start(command.split(separator: " ").map(String.init) + [id])
            if command == "wait" {
                try sshd.waitForLog("Starting session: command", count: 2)
            } else {
                try run.waitForOutput("begun\n")
            }
            run.send(signal: signal)
            let result = try run.waitForExit()
            #expect(result.status == .exited(status))
            #expect(result.errorOutput.contains("; the job goes on, status \(status)\n"))
            #expect(try place.jobs().map { $0["state"] as? String } == ["running"])
            #expect(try place.transcript().ending == nil)
            try sshd.letGo()
            let again = try place.run(["attach", id])
            #expect(again.status == .exited(6))
            #expect(again.output == "begun\nend\n")
        }
    }

    @Test(arguments: ["wait", "attach"])
    func `who waits only so long ends with 124, and the job goes on`(command: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "\(untilGo); exit 6"])
            let result = try place.run([command, "--timeout", "300ms", id])
            #expect(result.status == .exited(124))
            #expect(
                result.errorOutput
                    == "ccrun: the time limit of 300ms ran out; the job goes on, status 124\n")
            try sshd.letGo()
            #expect(try place.run([command, "--timeout", "15m", id]).status == .exited(6))
        }
    }

    @Test func `stop ends a job and its children`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "sleep 1043 & echo begun; sleep 1043; echo no"])
            _ = try place.start(["logs", "-f", id]).waitForOutput("begun")
            let stopped = try place.run(["stop", id])
            #expect(stopped.status == .exited(0))
            #expect(stopped.errorOutput == "ccrun: the job \(id) was ended by TERM\n")
            #expect(!sshd.sessionProcesses().contains { $0.commandLine == ["sleep", "1043"] })
            #expect(try place.run(["wait", id]).status == .exited(143))
            try place.expectTranscript(.signal("TERM", 15))
            let again = try place.run(["stop", id])
            #expect(again.status == .exited(0))
            #expect(again.errorOutput == "ccrun: the job \(id) had ended before\n")
        }
    }

    @Test func `a job that ignores TERM is killed after the grace period`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop", "trap '' TERM; echo begun; while :; do sleep 0.2; done",
            ])
            let following = try place.start(["attach", id])
            try following.waitForOutput("begun")
            let stopped = try place.run(["stop", "--grace", "1s", id])
            #expect(stopped.status == .exited(0))
            #expect(stopped.errorOutput == "ccrun: the job \(id) was ended by KILL\n")
            #expect(try following.waitForExit().status == .exited(137))
            try place.expectTranscript(.signal("KILL", 9))
        }
    }

    @Test func `one that ends by itself when it is told to keeps its status`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop",
                "trap 'echo bye; exit 4' TERM; echo begun; while :; do sleep 1 & wait; done",
            ])
            _ = try place.start(["logs", "-f", id]).waitForOutput("begun")
            #expect(try place.run(["stop", id]).status == .exited(0))
            let end = try place.run(["attach", id])
            #expect(end.status == .exited(4))
            #expect(end.output == "begun\nbye\n")
        }
    }

    @Test func `without a connection the end is not known`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "true"])
            for command in [["wait"], ["attach"], ["logs"], ["stop"]] {
                let result = try place.run(command + ["-p", "1", id])
                #expect(result.status == .exited(255))
                #expect(result.errorOutput.contains("ccrun: error: cannot connect to "))
            }
            let jobs = try place.run(["jobs", "-p", "1"])
            #expect(jobs.status == .exited(255))
            #expect(jobs.errorOutput.contains("ccrun: error: cannot connect to "))
            // A transcript stays open until somebody has seen the end.
            #expect(try place.transcript().ending == nil)
            #expect(try place.run(["-p", "1", "--detach", "shop", "true"]).status == .exited(255))
            try place.expectTranscript(.disconnect)
        }
    }
}
