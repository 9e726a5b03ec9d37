import Foundation
import Testing

@testable import Deployments

/// How detached jobs begin, and how they end.
struct RemoteJobStartTests {
    typealias Shell = RemoteSide.Shell

    @Test(arguments: Shell.posix)
    func `a job outlives the session that started it`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = RemoteJobSide.makeID()
        let script = try RemoteJob.start(
            run: run, title: "t", script: RemoteJobSide.awaiting("go") + "exit 3",
            ttl: .seconds(60))
        let session = try Following(script + "sleep 1000\n", in: side)
        try untilTrue { RemoteJob.Started(parsing: session.output) != nil }
        let members = try side.run("ps -A -o pid= -o sess=").text.split(separator: "\n")
            .map { $0.split(separator: " ").compactMap { pid_t($0) } }
            .filter { $0.last == session.process }
        #expect(members.contains { $0.first == session.process })
        for member in members { kill(try #require(member.first), SIGKILL) }
        #expect(try session.end() == 128 + SIGKILL)

        #expect(try side.listing().entries.map(\.verdict) == [.running])
        try side.touch("go")
        #expect(try side.wait(for: run) == .exited(3))
        #expect(try side.listing().entries.map(\.verdict) == [.exited(3)])
        try untilTrue { side.processes.isEmpty }
    }

    @Test(arguments: Shell.posix)
    func `without setsid a job outlives the shell that started it`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh, programs: .withoutSetsid)
        let run = try side.start(RemoteJobSide.awaiting("go") + "echo here;kill -TERM $$")
        #expect(try side.listing().entries.map(\.verdict) == [.running])
        try side.touch("go")
        #expect(try side.wait(for: run) == .signalled(status: 143, name: "TERM"))
        #expect(side.line("out", of: run) == "here")
    }

    private static let ends: [(script: String, verdict: RemoteJob.Verdict)] = [
        ("true", .exited(0)), ("exit 3", .exited(3)), ("exit 128", .exited(128)),
        ("exit 255", .exited(255)), ("/nonexistent/program", .exited(127)),
        ("exec bash -c 'kill -TERM $$'", .signalled(status: 143, name: "TERM")),
        ("exec bash -c 'kill -KILL $$'", .signalled(status: 137, name: "KILL")),
        ("exec bash -c 'kill -HUP $$'", .signalled(status: 129, name: "HUP")),
        ("exec bash -c 'kill -INT $$'", .signalled(status: 130, name: "INT")),
        ("exec bash -c 'kill -PIPE $$'", .signalled(status: 141, name: "PIPE")),
    ]

    @Test(arguments: Shell.posix)
    func `the end is recorded as it was`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        for (script, verdict) in Self.ends {
            let run = try side.start(script)
            #expect(try side.wait(for: run) == verdict, "\(script)")
        }
        let found = try side.listing().entries.map { String(describing: $0.verdict) }.sorted()
        #expect(found == Self.ends.map { String(describing: $0.verdict) }.sorted())
    }

    @Test(arguments: Shell.posix)
    func `the task finds what its starter had`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let folder = try side.scratch.makeFolder("home/a folder")
        let run = RemoteJobSide.makeID()
        let script = try RemoteJob.start(
            run: run, title: "t",
            script:
                "pwd;umask -S;echo \"$0,$#,$X,$CCRUN_RUN_ID\";cat;set|grep '^_c';ps -o pgid= -p $$",
            ttl: .seconds(60))
        let program = try side.run(
            "cd \"$HOME/a folder\";umask 027;\(script)", adding: ["X": "it's\n!\\"])
        #expect(program.errorText == "")
        #expect(try side.wait(for: run) == .exited(0))
        let group = side.line("group", of: run)
        let lines = try String(contentsOfFile: side.file("out", of: run), encoding: .utf8)
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines == [folder, "u=rwx,g=rx,o=", "sh,0,it's", "!\\,\(run)", group])
    }

    @Test(arguments: Shell.posix)
    func `no signal is ignored in the task`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let look = "grep SigIgn /proc/self/status"
        let run = try side.start(look)
        #expect(try side.wait(for: run) == .exited(0))
        let mask = try side.run(look).text
        #expect(side.line("out", of: run) + "\n" == mask)
    }

    @Test(arguments: RemoteJobSide.shells)
    func `an id is used once`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("echo first")
        #expect(try side.wait(for: run) == .exited(0))
        let program = try side.run(
            RemoteJob.start(run: run, title: "t", script: "echo second", ttl: .seconds(60)))
        #expect(program.status == 125)
        #expect(program.text == "")
        #expect(
            program.errorText == "ccrun: error: the job \(run) exists already on the server\n")
        #expect(side.line("out", of: run) == "first")
    }

    @Test func `busybox is all that a job needs`() throws {
        let side = try RemoteJobSide(
            sh: Shell(name: "busybox", arguments: ["sh"]), programs: .busybox)
        let run = try side.start(
            "trap '' TERM;printf abc;until [ -e \"$HOME/go\" ];do sleep 0.05;done")
        try untilTrue { side.line("out", of: run) == "abc" }
        let following = try Following(RemoteJob.output(run: run, from: 1, follows: true), in: side)
        try untilTrue { following.output == Data("bc".utf8) }
        #expect(try side.listing().entries.map(\.verdict) == [.running])
        let stopped = try side.run(RemoteJob.stop(run: run, grace: .milliseconds(100)))
        let killed = RemoteJob.Verdict.signalled(status: 137, name: "KILL")
        #expect(RemoteJob.Stopped(parsing: stopped.output)?.means == .kill)
        #expect(RemoteJob.Stopped(parsing: stopped.output)?.verdict == killed)
        #expect(try following.end() == 0)
        #expect(RemoteJob.Verdict(parsing: following.errors.utf8) == killed)
        let removed = try side.run(RemoteJob.remove(run: run))
        #expect(RemoteJob.Verdict(parsing: removed.output) == killed)
        #expect(try side.listing().entries.isEmpty)
    }

    @Test(arguments: Shell.login)
    func `a job starts through every login shell`(login: Shell) throws {
        let side = try RemoteJobSide()
        let run = RemoteJobSide.makeID()
        let script = try RemoteJob.start(
            run: run, title: "it's", script: "echo 'a'\\''b!';\nexit 3", ttl: .seconds(60))
        let words =
            [try RemoteSide.find(login)] + login.arguments + ["-c", ExecLine.carrying(script)]
        let program = try side.run("exec " + ShellQuoting.joined(words))
        #expect(RemoteJob.Started(parsing: program.output)?.run == run)
        #expect(program.errorText == "")
        #expect(try side.wait(for: run) == .exited(3))
        #expect(side.line("out", of: run) == "a'b!")
        #expect(side.line("command", of: run) == "it's")
    }

    @Test func `the folders are for nobody else`() throws {
        let side = try RemoteJobSide()
        let run = try side.start("umask", title: "one\u{1b}[2J\ttwo\n three 'quoted' $HOME \\n")
        #expect(try side.wait(for: run) == .exited(0))
        for folder in ["", "/jobs", "/jobs/\(run)"] {
            let mode = try FileManager.default.attributesOfItem(
                atPath: "\(side.home)/.ccrun\(folder)")[.posixPermissions]
            #expect(mode as? Int == 0o700)
        }
        #expect(side.line("command", of: run) == "one\u{fffd}[2J two three 'quoted' $HOME \\n")
        #expect(Int(side.line("ttl", of: run)) == 3600)
        let start = try #require(Int(side.line("started", of: run)))
        let end = try #require(Int(side.line("ended", of: run)))
        #expect((0...1000).contains(end - start))
    }

    @Test func `where no folder can be made nothing runs`() throws {
        let side = try RemoteJobSide()
        try side.touch(".ccrun")
        let program = try side.run(
            RemoteJob.start(
                run: RemoteJobSide.makeID(), title: "t", script: "echo ran >\"$HOME/ran\"",
                ttl: .seconds(60)))
        #expect(program.status == 125)
        #expect(program.errorText.hasSuffix("ccrun: error: cannot start the job on the server\n"))
        #expect(!side.exists("\(side.home)/ran"))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `twenty jobs start at once`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let runs = (0..<20).map { _ in RemoteJobSide.makeID() }.sorted()
        let starters = try runs.enumerated().map { place, run in
            try Following(
                RemoteJob.start(
                    run: run, title: "job \(place)",
                    script: RemoteJobSide.awaiting("go") + "echo \(place);exit \(place)",
                    ttl: .seconds(60)),
                in: side)
        }
        for starter in starters { #expect(try starter.end() == 0) }
        #expect(try side.listing().entries.map(\.verdict) == runs.map { _ in .running })
        try side.touch("go")
        for (place, run) in runs.enumerated() {
            #expect(try side.wait(for: run) == .exited(place))
            #expect(side.line("out", of: run) == "\(place)")
        }
        let entries = try side.listing().entries
        #expect(entries.map(\.run) == runs)
        #expect(entries.map(\.title) == (0..<20).map { "job \($0)" })
    }

    @Test(arguments: [
        "", "x", "$(id)", "../../../../../../../../etc", "01arz3ndektsv4rrffq69g5fav",
    ])
    func `what is no run id gets into no script`(run: String) {
        let scripts: [() throws -> String] = [
            { try RemoteJob.start(run: run, title: "", script: "", ttl: .seconds(1)) },
            { try RemoteJob.output(run: run, follows: true) }, { try RemoteJob.wait(run: run) },
            { try RemoteJob.stop(run: run, grace: .seconds(1)) },
            { try RemoteJob.remove(run: run) },
        ]
        for script in scripts {
            #expect { _ = try script() } throws: {
                ($0 as? DeploymentsError)?.code == .invalidCommand
            }
        }
    }
}
