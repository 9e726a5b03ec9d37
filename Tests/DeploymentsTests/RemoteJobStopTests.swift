import Foundation
import Testing

@testable import Deployments

/// How detached jobs are ended.
struct RemoteJobStopTests {
    typealias Shell = RemoteSide.Shell

    private static func stop(
        _ run: String, grace: Duration, _ side: RemoteJobSide
    ) throws -> RemoteJob.Stopped? {
        let program = try side.run(RemoteJob.stop(run: run, grace: grace))
        #expect(program.errorText == "")
        #expect(program.status == 0)
        return RemoteJob.Stopped(parsing: program.output)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `TERM reaches all of the process group`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("sleep 1000 & echo ready;sleep 1000;exit 3")
        try untilTrue { side.line("out", of: run) == "ready" }
        let stopped = try Self.stop(run, grace: .seconds(60), side)
        #expect(stopped?.means == .term)
        #expect(stopped?.verdict == .signalled(status: 143, name: "TERM"))
        try untilTrue { side.processes.isEmpty }
        let again = try Self.stop(run, grace: .seconds(60), side)
        #expect(again?.means == .already)
        #expect(again?.verdict == .signalled(status: 143, name: "TERM"))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a job that heeds TERM ends in its own way`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start(
            "trap 'echo bye;exit 9' TERM;echo ready;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "ready" }
        let stopped = try Self.stop(run, grace: .seconds(60), side)
        #expect(stopped?.means == .term)
        #expect(stopped?.verdict == .exited(9))
        #expect(try side.run(RemoteJob.output(run: run, follows: false)).text.hasSuffix("bye\n"))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a job that ignores TERM is killed after the grace`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("trap '' TERM;echo ready;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "ready" }
        let stopped = try Self.stop(run, grace: .milliseconds(500), side)
        #expect(stopped?.means == .kill)
        #expect(stopped?.verdict == .signalled(status: 137, name: "KILL"))
        try untilTrue { side.processes.isEmpty }
    }

    @Test(arguments: RemoteJobSide.shells)
    func `what is left of a job's group is killed too`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start(
            "(trap '' TERM;echo ready;\(RemoteJobSide.awaiting("go")))&\nwait")
        try untilTrue { side.line("out", of: run) == "ready" }
        let stopped = try Self.stop(run, grace: .milliseconds(500), side)
        #expect(stopped?.means == .kill)
        #expect(stopped?.verdict == .signalled(status: 143, name: "TERM"))
        try untilTrue { side.processes.isEmpty }
    }

    @Test func `a job that is suspended is ended`() throws {
        let side = try RemoteJobSide()
        let run = try side.start("kill -STOP $$;\(RemoteJobSide.awaiting("go"))")
        try untilTrue {
            let group = side.line("group", of: run)
            let text = try? String(contentsOfFile: "/proc/\(group)/status", encoding: .utf8)
            return text?.contains("State:\tT") == true
        }
        let stopped = try Self.stop(run, grace: .seconds(60), side)
        #expect(stopped?.means == .term)
        #expect(stopped?.verdict == .signalled(status: 143, name: "TERM"))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `what a killed runner leaves is ended`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("echo ready;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "ready" }
        kill(try #require(pid_t(side.line("pid", of: run))), SIGKILL)
        try untilTrue { try side.listing().entries.first?.verdict == .lost }
        let stopped = try Self.stop(run, grace: .seconds(60), side)
        #expect(stopped?.means == .term)
        #expect(stopped?.verdict == .lost)
        try untilTrue { side.processes.isEmpty }
        #expect(try Self.stop(run, grace: .seconds(1), side)?.means == .already)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a process that is not the job's is left alone`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let other = try Following("read x", in: side)
        let run = try side.start("true")
        #expect(try side.wait(for: run) == .exited(0))
        try FileManager.default.removeItem(atPath: side.file("status", of: run))
        try side.scratch.write("home/.ccrun/jobs/\(run)/group", "\(other.process)\n")
        let stopped = try Self.stop(run, grace: .zero, side)
        #expect(stopped?.means == .already)
        #expect(stopped?.verdict == .lost)
        #expect(!other.hasEnded)
    }

    @Test func `an unknown job cannot be ended`() throws {
        let side = try RemoteJobSide()
        let stopped = try Self.stop(RemoteJobSide.makeID(), grace: .seconds(1), side)
        #expect(stopped?.means == RemoteJob.Stopped.Means.none)
        #expect(stopped?.verdict == .absent)
    }
}
