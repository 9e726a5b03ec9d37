import Foundation
import TestServer
import Testing

/// The lock of a deployment: one release or exclusive task at a time.
@Suite struct ReleaseLockTests {
    /// Each enters, and leaves again; two at once would be seen in the file.
    private static let critical = [
        "tasks:",
        "  enter: {run: 'mkdir inside || echo clash >>log; echo in >>log', exclusive: true}",
        "  leave: rmdir inside; echo out >>log", "release: [enter, leave]",
    ]

    @Test func `fifty releases at once run one after the other, and none is lost`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.critical)
            let runs = try (0..<50).map { _ in
                try place.start([
                    "release", "shop", "--lock-wait", "15m", "--connect-timeout", "10m",
                ])
            }
            for run in runs {
                let result = try run.waitForExit(deadline: .seconds(600))
                #expect(result.status == .exited(0), "\(result.errorOutput)")
            }
            #expect(try sshd.read(home: "log") == String(repeating: "in\nout\n", count: 50))
            #expect(try place.transcripts().count == 50)
            #expect(try sshd.leftovers() == [])
        }
    }

    @Test func `a lock that is held is 125, and says who has it since when`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release: [{run: 'echo begun; cat fifo', name: wait}]", "tasks:",
                    "  migrate: {run: echo no, exclusive: true}", "  look: echo fine",
                ])
            _ = mkfifo("\(sshd.home)/fifo", 0o600)
            let first = try place.start(["release", "shop"])
            try first.waitForOutput("begun")
            for arguments in [["release", "shop"], ["shop", "migrate"]] {
                let second = try place.run(arguments)
                #expect(second.status == .exited(125))
                #expect(second.output.isEmpty)
                let error = second.errorOutput
                #expect(error.contains("ccrun: error: \"shop/default\" is locked by "), "\(error)")
                #expect(error.contains(": release (run "))
                #expect(error.contains("hint: wait for it with --lock-wait 15m"))
            }
            // What is not exclusive goes on.
            #expect(try place.run(["shop", "look"]).output == "fine\n")
            let status = try place.run(["lock", "shop"])
            #expect(status.output.hasPrefix("shop/default is locked by "))
            let taken = try place.run(["lock", "shop", "release"])
            #expect(taken.status == .exited(125))
            try sshd.folder.write("", to: "home/go")
            let writer = try ChildProcess.run("/bin/sh", ["-c", "exec >\"\(sshd.home)/fifo\""])
            #expect(writer.status == .exited(0))
            #expect(try first.waitForExit().status == .exited(0))
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test func `an exclusive task waits as long as it is told to`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["tasks:", "  migrate: {run: echo mine, exclusive: true}"])
            let acquired = try place.run(["lock", "shop", "acquire", "-m", "moving house"])
            #expect(acquired.status == .exited(0), "\(acquired.errorOutput)")
            let short = try place.run(["--lock-wait", "1s", "shop", "migrate"])
            #expect(short.status == .exited(125))
            #expect(short.errorOutput.contains("moving house"))
            let long = try place.start(["--lock-wait", "15m", "shop", "migrate"])
            try long.waitForError("waiting for the lock, held by ")
            #expect(try place.run(["lock", "shop", "release"]).status == .exited(0))
            let result = try long.waitForExit()
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "mine\n")
        }
    }

    @Test func `the lock of one that was killed is taken over once it is stale`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release: [{run: 'echo begun; exec sleep 1016', name: wait}]", "tasks:",
                    "  migrate: {run: echo mine, exclusive: true}",
                ], environment: ["CCRUN_LOCK_STALE": "2s"])
            let first = try place.start(["release", "shop"])
            try first.waitForOutput("begun")
            first.send(signal: SIGKILL)
            _ = try first.waitForExit()
            let early = try place.run(["lock", "shop"])
            #expect(early.output.contains("is locked by "), "\(early.output)")
            let second = try place.run(["--lock-wait", "15m", "shop", "migrate"])
            #expect(second.status == .exited(0), "\(second.errorOutput)")
            #expect(second.output == "mine\n")
        }
    }

    @Test func `a release whose lock is taken away stops before its next step`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:",
                    "  - {run: 'echo begun; until test -e go; do sleep 0.1; done', name: wait}",
                    "  - {run: echo never, name: next}",
                ], environment: ["CCRUN_LOCK_STALE": "2s"])
            let first = try place.start(["release", "shop"])
            try first.waitForOutput("begun")
            #expect(try place.run(["lock", "shop", "release", "--force"]).status == .exited(0))
            try first.waitForError("was taken away while it was held")
            try sshd.folder.write("", to: "home/go")
            let result = try first.waitForExit()
            #expect(result.status == .exited(125))
            #expect(result.output == "begun\n")
            #expect(result.errorOutput.contains("the lock was taken away; nothing more is run"))
        }
    }

    @Test func `a lock that no folder can be made for is an error that says so`() throws {
        try withSSHD { sshd in
            try sshd.folder.write("a file", to: "home/.ccrun")
            let place = try Workplace(release: sshd, ["release: [{run: echo no, name: no}]"])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("ccrun: error: cannot lock \"shop/default\": "))
        }
    }
}
