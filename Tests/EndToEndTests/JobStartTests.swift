import Foundation
import TestServer
import Testing
import Transcripts

#if canImport(Glibc)
    import Glibc
#endif

/// `ccrun --detach`: what is started, and what cannot be.
@Suite struct JobStartTests {
    @Test func `it prints the id alone, and on stderr how to see the job`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let started = try place.run(["--detach", "shop", "echo hello; \(untilGo)"])
            #expect(started.status == .exited(0))
            let id = started.output.split(separator: "\n").map(String.init)
            try #require(id.count == 1)
            #expect(
                started.errorOutput == "ccrun: \"ccrun logs -f \(id[0])\" shows what it writes\n")
            let following = try place.start(["logs", "-f", id[0]])
            defer { following.stop() }
            try following.waitForOutput("hello\n")
            #expect(try place.run(["logs", id[0]]).output == "hello\n")
            let quiet = try place.run(["-q", "--detach", "shop", "true"])
            #expect(quiet.output.count == 27 && quiet.errorOutput.isEmpty)
            try sshd.letGo()
            #expect(try place.run(["wait", id[0]]).status == .exited(0))
        }
    }

    @Test func `a job has the deployment's environment, and neither terminal nor input`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["environment: {A: \"it's\"}", "before: B=before", "tasks: {show: 'echo task'}"])
            let command =
                "cat; test -t 0 || echo \"$A $B $C $DEP_NAME $CCRUN_RUN_ID\"; pwd; echo err >&2"
            let id = try place.detach(["-e", "C=c d", "shop", command])
            #expect(try place.run(["wait", id]).status == .exited(0))
            #expect(
                try place.run(["logs", id]).output
                    == "it's before c d shop/default \(id)\n\(sshd.home)\nerr\n")
            let words = try place.detach(["shop", "printf", "%s|", "a b", "$x"])
            #expect(try place.run(["attach", words]).output == "a b|$x|")
            #expect(
                try place.run(["attach", try place.detach(["shop", "show"])]).output == "task\n")
        }
    }

    @Test func `a local script becomes a job as well`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let text =
                "#!/bin/sh\necho \"$1 $0\" | sed 's/ .*//'\n: \(String(repeating: "x", count: 90_000))\nexit 4\n"
            try place.folder.write(text, to: "fill.sh")
            let id = try place.detach(["shop", "script", "fill.sh", "a"])
            let result = try place.run(["attach", id])
            #expect(result.status == .exited(4))
            #expect(result.output == "a\n")
            #expect(try place.historyLine(of: id).contains("script fill.sh a"))
        }
    }

    @Test(arguments: ["setsid -w", "env IN=side {tty}"])
    func `a job goes through what leads into the container`(through: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, ["through: \(through)"])
            let id = try place.detach(["shop", "echo \"<$IN>\"; \(untilGo); exit 5"])
            #expect(try place.jobs().map { $0["state"] as? String } == ["running"])
            try sshd.letGo()
            let result = try place.run(["attach", id])
            #expect(result.status == .exited(5), "\(result.errorOutput)")
            #expect(result.output == (through.hasPrefix("env") ? "<side>\n" : "<>\n"))
            let endless = try place.detach(["shop", "exec sleep 1041"])
            #expect(try place.run(["stop", endless]).status == .exited(0))
            #expect(try place.run(["wait", endless]).status == .exited(143))
        }
    }

    @Test func `it survives ccrun, the connection, and a restart of sshd`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop",
                "head -c 300000 /dev/urandom | tee copy; echo >half; \(untilGo); "
                    + "printf '\\377\\000end' | tee -a copy; exit 3",
            ])
            let attached = try place.start(["attach", id])
            try attached.waitForOutput(count: 300_000)
            let waiting = try place.start(["wait", id])
            try sshd.waitForLog("Starting session: command", count: 3)
            attached.send(signal: SIGKILL)
            #expect(try attached.waitForExit().status == .signalled(SIGKILL))
            try sshd.restart()
            let lost = try waiting.waitForExit()
            #expect(lost.status == .exited(255))
            #expect(lost.errorOutput.contains("was lost"), "\(lost.errorOutput)")
            #expect(lost.errorOutput.contains("; the job goes on, status 255"))
            #expect(try place.jobs().map { $0["state"] as? String } == ["running"])
            try sshd.letGo()
            #expect(try place.run(["wait", id]).status == .exited(3))
            let output = try place.run(["logs", id]).standardOutput
            let copy = try sshd.folder.read("home/copy")
            #expect(copy.count == 300_005)
            #expect(output == copy)
            // The transcript has the same bytes, whoever shows them.
            #expect(try place.transcript().recoveredBytes(of: .standardOutput) == copy)
        }
    }

    @Test func `several jobs run at once, each with its own output`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let starts = try (0..<6).map { number in
                try place.start([
                    "-q", "--detach", "shop", "echo \(number); \(untilGo); exit \(number)",
                ])
            }
            let ids = try starts.map { start in
                let output = try start.waitForExit().output
                return String(output.dropLast())
            }
            #expect(try place.jobs().count == 6)
            try sshd.letGo()
            let ends = try ids.map { try place.start(["attach", $0]) }
            for (number, end) in ends.enumerated() {
                let result = try end.waitForExit()
                #expect(result.status == .exited(Int32(number)))
                #expect(result.output == "\(number)\n")
            }
            for transcript in try place.transcripts() { #expect(transcript.state == .ended) }
        }
    }

    static let refused: [([String], String)] = [
        (["-t", "--detach", "shop", "true"], "a detached job has no terminal"),
        (["--detach", "shop"], "a login shell needs somebody who types"),
        (["--detach", "shop", "only"], "the task \"only\" is exclusive"),
        (["--detach", "shop", "short"], "nobody would be there to keep the time limit"),
        (["--detach", "--timeout", "9s", "shop", "true"], "to keep the time limit"),
        (["--detach", "shop", "asks"], "the task \"asks\" asks questions"),
        (["--detach", "-e", "HOME=/tmp", "shop", "true"], "are kept in the home folder"),
        (["--detach", "--ttl", "soon", "shop", "true"], "cannot use \"soon\" as a duration"),
        (["--ttl", "2h", "shop", "true"], "--ttl belongs to --detach"),
        (["--detach", "shop", "flush --all"], "denies \"flush --all\""),
        (["--detach", "shop/live", "true"], "\"shop/live\" is protected"),
    ]

    @Test(arguments: refused)
    func `what nobody could look after is refused, and nothing is started`(
        arguments: [String], words: String
    ) throws {
        try withLyingServer { server in
            let place = try Workplace(
                server,
                app: [
                    "deny: [flush]", "tasks:", "  only: {run: 'true', exclusive: true}",
                    "  short: {run: 'true', timeout: 3s}",
                    "  asks: {run: 'true', expect: [{match: why, send: because}]}",
                ], deployment: ["protected: false", "directory: /"])
            let live = ["      live:", "        host: 127.0.0.1", "        protected: true", ""]
            let text = String(decoding: try place.folder.read("ccrun.yml"), as: UTF8.self)
            try place.folder.write(text + live.joined(separator: "\n"), to: "ccrun.yml")
            let result = try place.run(["--status-file", "end.json"] + arguments)
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
            #expect(try place.transcriptsOrNone().isEmpty)
            #expect(server.record.count == 0)
        }
    }

    @Test func `where the job cannot be started that is said, and is no job`() throws {
        try withSSHD { sshd in
            try sshd.folder.write("in the way", to: "home/.ccrun")
            let place = try Workplace(release: sshd, [])
            let result = try place.run(["--detach", "--json", "shop", "true"])
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("cannot start the job"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("\"status\":125"))
            #expect(try place.transcript().ending?.shellStatus == 125)
            #expect(try place.run(["wait", "last"]).status == .exited(125))
        }
    }

    @Test func `a dry run shows what would be sent, and starts nothing`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let result = try place.run(["--dry-run", "--detach", "shop", "echo hello"])
            #expect(result.status == .exited(0))
            #expect(result.output.contains("terminal:   no, detached"))
            #expect(
                result.output.contains("echo hello") && result.output.contains(".ccrun/jobs"))
            #expect(try place.transcriptsOrNone().isEmpty)
        }
    }

    @Test func `the status file tells of the start, and of the end`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["--status-file", "start.json", "shop", "exit 7"])
            #expect(try place.fields("start.json")["run"] as? String == id)
            #expect(try place.fields("start.json")["status"] as? Int == 0)
            let result = try place.run(["wait", "--json", "--status-file", "end.json", id])
            #expect(result.status == .exited(7))
            let end = try place.fields("end.json")
            #expect(end["run"] as? String == id && end["target"] as? String == "shop/default")
            #expect(end["origin"] as? String == "remote" && end["status"] as? Int == 7)
            let line = try #require(result.errorOutput.split(separator: "\n").last)
            #expect(
                line + "\n" == String(decoding: try place.folder.read("end.json"), as: UTF8.self))
        }
    }
}

extension Workplace {
    /// The object in a status file.
    fileprivate func fields(_ name: String) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(try folder.read(name)))
        return try #require(parsed as? [String: Any])
    }
}
