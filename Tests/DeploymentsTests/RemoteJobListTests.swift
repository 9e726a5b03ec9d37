import Foundation
import Testing

@testable import Deployments

/// What is known of detached jobs: those that are lost, those whose time is over.
struct RemoteJobListTests {
    typealias Shell = RemoteSide.Shell

    @Test(arguments: RemoteJobSide.shells)
    func `a listing tells how each job stands`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        #expect(try side.listing().entries.isEmpty)
        let ended = try side.start("exit 3", title: "one  two\tthree")
        #expect(try side.wait(for: ended) == .exited(3))
        let running = try side.start(RemoteJobSide.awaiting("go"), title: "é 日本語")
        for name in [
            "x", ".hidden", "01arz3ndektsv4rrffq69g5fav", String(repeating: "*", count: 26),
        ] {
            try side.scratch.makeFolder("home/.ccrun/jobs/\(name)")
        }
        let listing = try side.listing()
        let entries = Dictionary(uniqueKeysWithValues: listing.entries.map { ($0.run, $0) })
        #expect(Set(entries.keys) == [ended, running])
        #expect(entries[ended]?.verdict == .exited(3))
        #expect(entries[ended]?.title == "one two three")
        #expect(entries[ended]?.started == Int(side.line("started", of: ended)))
        #expect(entries[ended]?.ended == Int(side.line("ended", of: ended)))
        #expect(entries[running]?.verdict == .running)
        #expect(entries[running]?.title == "é 日本語")
        #expect(entries[running]?.ended == nil)
        #expect(entries[running]?.pid == Int(side.line("pid", of: running)))
        #expect(abs(listing.now - Int(Date().timeIntervalSince1970)) < 1000)
        try side.touch("go")
        #expect(try side.wait(for: running) == .exited(0))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a job of another start of the machine is lost`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("printf abc;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "abc" }
        try side.scratch.write("home/.ccrun/jobs/\(run)/boot", "another\n")
        try Self.expectLost(run, side)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a job whose runner was killed is lost`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("printf abc;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "abc" }
        let following = try Following(RemoteJob.output(run: run, follows: true), in: side)
        let waiting = try Following(RemoteJob.wait(run: run), in: side)
        kill(try #require(pid_t(side.line("pid", of: run))), SIGKILL)
        #expect(try following.end() == 0)
        #expect(following.errors == "ccrun-job\tlost\n")
        #expect(try waiting.end() == 0)
        #expect(RemoteJob.Verdict(parsing: waiting.output) == .lost)
        try Self.expectLost(run, side)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `another process with the runner's number is not taken for it`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("printf abc;\(RemoteJobSide.awaiting("go"))")
        try untilTrue { side.line("out", of: run) == "abc" }
        try side.scratch.write("home/.ccrun/jobs/\(run)/pid", "\(getpid())\n")
        try Self.expectLost(run, side)
    }

    private static func expectLost(_ run: String, _ side: RemoteJobSide) throws {
        #expect(try side.listing().entries.map(\.verdict) == [.lost])
        let program = try side.run(RemoteJob.output(run: run, from: 1, follows: false))
        #expect(program.text == "bc")
        #expect(RemoteJob.Verdict(parsing: program.errors) == .lost)
        #expect(try side.wait(for: run) == .lost)
        let removed = try side.run(RemoteJob.remove(run: run))
        #expect(RemoteJob.Verdict(parsing: removed.output) == .lost)
        #expect(try side.listing().entries.isEmpty)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `jobs are kept for their time after the end`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let running = try side.start(RemoteJobSide.awaiting("go"), ttl: .zero)
        let kept = try side.start("true", ttl: .seconds(3600))
        let lost = try side.start(RemoteJobSide.awaiting("later"), ttl: .seconds(3600))
        try side.scratch.write("home/.ccrun/jobs/\(lost)/boot", "another\n")
        #expect(try side.wait(for: kept) == .exited(0))
        #expect(Set(try side.listing().entries.map(\.run)) == [running, kept, lost])
        try side.touch("go")
        #expect(try side.wait(for: running) == .exited(0))
        #expect(Set(try side.listing().entries.map(\.run)) == [kept, lost])
        #expect(!side.exists(side.file("", of: running)))

        let now = Int(Date().timeIntervalSince1970)
        #expect(Int(side.line("lost", of: lost)).map { abs($0 - now) < 1000 } == true)
        for (run, name) in [(kept, "ended"), (lost, "lost")] {
            try side.scratch.write("home/.ccrun/jobs/\(run)/\(name)", "\(now - 3500)\n")
        }
        #expect(Set(try side.listing().entries.map(\.run)) == [kept, lost])
        for (run, name) in [(kept, "ended"), (lost, "lost")] {
            try side.scratch.write("home/.ccrun/jobs/\(run)/\(name)", "\(now - 3601)\n")
        }
        #expect(try side.listing().entries.isEmpty)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(side.home)/.ccrun/jobs")
        #expect(left.isEmpty)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `only what does not run is removed`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start(RemoteJobSide.awaiting("go") + "exit 3")
        let refused = try side.run(RemoteJob.remove(run: run))
        #expect(RemoteJob.Verdict(parsing: refused.output) == .running)
        try side.touch("go")
        #expect(try side.wait(for: run) == .exited(3))
        let removed = try side.run(RemoteJob.remove(run: run))
        #expect(RemoteJob.Verdict(parsing: removed.output) == .exited(3))
        #expect(!side.exists(side.file("", of: run)))
        let again = try side.run(RemoteJob.remove(run: run))
        #expect(RemoteJob.Verdict(parsing: again.output) == .absent)
    }
}
