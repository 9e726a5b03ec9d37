import Foundation
import TestServer
import Testing
import Transcripts

/// Which job a text names, and what `ccrun jobs` knows of all of them.
@Suite struct JobLookupTests {
    @Test func `a job is named by last, its id, or any beginning that no other has`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let first = try place.detach(["shop", "exit 11"])
            let second = try place.detach(["shop", "exit 12"])
            // A run that is no job is not the last one.
            _ = try place.run(["shop", "true"])
            let common = zip(first, second).prefix { $0 == $1 }.count
            let names = [
                ("last", 12), (second, 12), (first, 11),
                (String(first.prefix(common + 1)).lowercased(), 11),
                (String(second.prefix(common + 1)), 12),
            ]
            for (name, status) in names {
                #expect(try place.run(["wait", name]).status == .exited(Int32(status)), "\(name)")
                let named = try place.run(["wait", "shop/default", name])
                #expect(named.status == .exited(Int32(status)))
            }
            let ambiguous = try place.run(["wait", String(first.prefix(common))])
            #expect(ambiguous.status == .exited(125))
            #expect(ambiguous.errorOutput.contains("2 jobs begin like that: \(second), \(first)"))
            #expect(ambiguous.errorOutput.contains("ccrun: hint: add characters"))
        }
    }

    @Test func `a text that names no job is an error that helps`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let none = try place.run(["wait", "last"])
            #expect(none.status == .exited(125))
            #expect(none.errorOutput.contains("none was started from here"))
            _ = try place.run(["shop", "true"])
            let run = "\(try place.transcript().header.run)"
            _ = try place.detach(["shop", "true"])
            let cases = [
                (["7ZZZ"], "none that was started from here begins like that"),
                (["shop", "7ZZZ"], "none of \"shop/default\" begins like that"),
                (["shop", "last", "last"], "one job at a time"),
                (["no such"], "that can begin no run id"), ([run], "was not detached"),
            ]
            for command in ["wait", "attach", "logs", "stop"] {
                for (words, message) in cases {
                    let result = try place.run([command] + words)
                    #expect(result.status == .exited(125))
                    #expect(result.output.isEmpty)
                    #expect(result.errorOutput.contains(message), "\(result.errorOutput)")
                    #expect(result.errorOutput.contains("ccrun: hint: "))
                }
            }
        }
    }

    @Test func `from another machine a job is found with its deployment`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let other = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo hello; exit 5"])
            let without = try other.run(["wait", id])
            #expect(without.status == .exited(125))
            #expect(without.errorOutput.contains("hint: name the deployment as well"))
            #expect(try other.run(["wait", "shop", String(id.dropLast(3))]).status == .exited(5))
            #expect(try other.run(["attach", "shop", "last"]).output == "hello\n")
            #expect(try other.run(["stop", "shop", id]).status == .exited(0))
            #expect(try other.jobs(["shop"]).map { $0["run"] as? String } == [id])
            // Only where it was started is there a transcript to complete.
            #expect(try other.transcriptsOrNone().isEmpty)
            #expect(try place.transcript().ending == nil)
            let more = try place.detach(["--no-record", "shop", "exit 6"])
            #expect(try place.transcripts().count == 1)
            #expect(try place.run(["wait", more]).status == .exited(125))
            #expect(try place.run(["wait", "shop", more]).status == .exited(6))
            let common = zip(id, more).prefix { $0 == $1 }.count
            let ambiguous = try other.run(["wait", "shop", String(id.prefix(common))])
            #expect(ambiguous.status == .exited(125))
            #expect(ambiguous.errorOutput.contains("2 jobs begin like that: \(more), \(id)"))
        }
    }

    @Test func `every host of the deployment is asked`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(release: first, [], others: [second])
                let address = "127.0.0.1:\(second.port)"
                let here = try place.detach(["shop", "echo here; exit 1"])
                let there = try place.detach(["--host", address, "shop", "echo there; exit 2"])
                #expect(try place.run(["attach", here]).output == "here\n")
                #expect(try place.run(["attach", there]).output == "there\n")
                let jobs = try place.jobs(["shop"])
                #expect(jobs.map { $0["run"] as? String } == [there, here])
                #expect(
                    jobs.map { $0["host"] as? String } == [address, "127.0.0.1:\(first.port)"])
                let other = try Workplace(release: first, [], others: [second])
                #expect(try other.run(["wait", "shop", there]).status == .exited(2))
                // With one of them gone, the other's are shown, and the status tells.
                second.stop()
                let partial = try place.run(["jobs"])
                #expect(partial.status == .exited(255))
                #expect(partial.output.contains(here.prefix(10)))
                #expect(partial.errorOutput.contains("cannot connect to "))
                #expect(try other.run(["wait", "shop", here]).status == .exited(1))
                #expect(try other.run(["wait", "shop", there]).status == .exited(255))
            }
        }
    }

    @Test func `the list tells states and statuses, on a terminal in its width`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let empty = try place.run(["jobs"])
            #expect(empty.status == .exited(0))
            #expect(
                empty.output.isEmpty && empty.errorOutput == "ccrun: there is no detached job\n")
            let done = try place.detach(["shop", "exit 3"])
            let killed = try place.detach(["shop", "kill -TERM $$"])
            let lost = try place.detach(["shop", "exec sleep 1044"])
            let runs = try place.detach([
                "shop", "exec sleep 1044; : \(String(repeating: "long ", count: 40))",
            ])
            for id in [done, killed] { _ = try place.run(["wait", id]) }
            try sshd.forgetBoot(of: lost)
            let jobs = try place.jobs()
            #expect(jobs.map { $0["run"] as? String } == [runs, lost, killed, done])
            #expect(jobs.map { $0["state"] as? String } == ["running", "lost", "ended", "ended"])
            #expect(jobs.map { $0["status"] as? Int } == [nil, 255, 143, 3])
            #expect(jobs.map { $0["signal"] as? String } == [nil, nil, "TERM", nil])
            for job in jobs {
                #expect(
                    Set(job.keys) == [
                        "run", "target", "host", "state", "status", "signal", "started", "ended",
                        "title", "transcript",
                    ])
                #expect(job["target"] as? String == "shop/default")
            }
            let table = try place.run(["jobs", "shop"]).output.split(separator: "\n")
            #expect(table.count == 5)
            #expect(table[0].hasPrefix("JOB ") && table[0].hasSuffix("TITLE"))
            #expect(table[3].contains("ended") && table[3].contains("143 TERM"))
            let session = try place.terminal(["jobs"], columns: 90, rows: 24)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            let lines = session.output.split(separator: "\r\n")
            #expect(lines.count == 5 && lines.allSatisfy { $0.count <= 90 }, "\(session.output)")
        }
    }

    @Test func `a job that its host has forgotten is gone, and its end is not known`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["--ttl", "1ms", "shop", "true"])
            try sshd.waitForEnd(of: id)
            _ = try FileManager.default.removeItem(atPath: "\(sshd.home)/.ccrun/jobs/\(id)")
            for command in ["wait", "attach", "logs", "stop"] {
                let result = try place.run([command, id])
                #expect(result.status == .exited(255))
                #expect(result.errorOutput.contains("has no job \(id) (any more)"))
            }
            #expect(try place.jobs().map { $0["state"] as? String } == ["gone"])
            #expect(try place.historyLine(of: id).contains("detached"))
        }
    }

    @Test func `two deployments of one account do not mistake each other's jobs`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let text = String(decoding: try place.folder.read("ccrun.yml"), as: UTF8.self)
            let more = [
                "      box:", "        host: 127.0.0.1:\(sshd.port)", "        through: setsid -w",
                "",
            ]
            try place.folder.write(text + more.joined(separator: "\n"), to: "ccrun.yml")
            let plain = try place.detach(["shop", "exit 1"])
            let boxed = try place.detach(["shop/box", "exit 2"])
            let jobs = try place.jobs()
            #expect(jobs.map { $0["run"] as? String } == [boxed, plain])
            #expect(jobs.map { $0["target"] as? String } == ["shop/box", "shop/default"])
            #expect(try place.jobs(["shop/box"]).map { $0["run"] as? String } == [boxed])
        }
    }
}
