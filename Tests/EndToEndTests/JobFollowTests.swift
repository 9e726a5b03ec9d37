import Foundation
import TestServer
import Testing
import Transcripts

#if canImport(Glibc)
    import Glibc
#endif

/// `ccrun logs` and `ccrun attach`: the bytes of a job, all of them and nothing else.
@Suite struct JobFollowTests {
    @Test func `attach shows a job from the first byte on while it still writes`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop",
                "echo first; until test -e next; do sleep 0.1; done; echo second; \(untilGo); exit 2",
            ])
            let early = try place.start(["attach", id])
            try early.waitForOutput("first\n")
            try sshd.folder.write("", to: "home/next")
            try early.waitForOutput("second\n")
            let late = try place.start(["attach", id])
            try late.waitForOutput("first\nsecond\n")
            try sshd.letGo()
            for run in [early, late] {
                let result = try run.waitForExit()
                #expect(result.status == .exited(2))
                #expect(result.output == "first\nsecond\n")
            }
        }
    }

    @Test func `following sees the last bytes, however many there are`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop",
                "echo begun; \(untilGo); head -c 3000000 /dev/urandom >copy; cat copy; printf last",
            ])
            let following = try place.start(["logs", "-f", id])
            try following.waitForOutput("begun\n")
            try sshd.letGo()
            let result = try following.waitForExit()
            #expect(result.status == .exited(0))
            let copy = try sshd.folder.read("home/copy")
            let expected = Array("begun\n".utf8) + copy + Array("last".utf8)
            #expect(result.standardOutput == expected)
            #expect(result.errorOutput.isEmpty)
            // Once more, now from the transcript.
            #expect(try place.run(["attach", id]).standardOutput == expected)
        }
    }

    @Test func `logs show what there is, and end`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "printf half; touch there; \(untilGo)"])
            let looking = try place.start(["logs", "-f", id])
            try looking.waitForOutput("half")
            let result = try place.run(["logs", id])
            #expect(result.status == .exited(0))
            #expect(result.output == "half" && result.errorOutput.isEmpty)
            #expect(try place.transcript().ending == nil)
        }
    }

    @Test func `a reader that has had enough ends it quietly`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "yes | head -n 200000; exit 3"])
            for _ in 0..<2 {
                let result = try place.shell(
                    "\"$0\" attach \(id) | head -n 1; echo ${PIPESTATUS[0]}")
                #expect(result.output == "y\n141\n")
                #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
                // The second time there is a transcript to read from.
                #expect(try place.run(["wait", id]).status == .exited(3))
            }
        }
    }

    @Test func `^C on a terminal leaves the job, and the terminal as it was`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo begun; \(untilGo); exit 8"])
            let session = try place.terminal(["attach", id])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("begun")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130))
            #expect(try session.terminalModes == modes)
            try sshd.letGo()
            #expect(try place.run(["wait", id]).status == .exited(8))
        }
    }

    @Test func `a connection that is gone leaves nothing behind that looks after the job`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo begun; \(untilGo)"])
            // The sessions of the runner and of the task are there once that has spoken.
            try eventually("the task") {
                (try? sshd.read(home: ".ccrun/jobs/\(id)/out")) == "begun\n"
            }
            let before = Set(sshd.sessionProcesses().map(\.session))
            let following = try place.start(["attach", id])
            try following.waitForOutput("begun")
            following.send(signal: SIGKILL)
            let limit = ContinuousClock.now + .seconds(60)
            while !Set(sshd.sessionProcesses().map(\.session)).isSubset(of: before) {
                try #require(ContinuousClock.now < limit, "somebody still looks")
                usleep(10_000)
            }
        }
    }
}
