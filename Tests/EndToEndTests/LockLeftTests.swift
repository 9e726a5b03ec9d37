import Foundation
import TestServer
import Testing

/// The lock of what may still be running stays, that of what was not begun does not.
@Suite struct LockLeftTests {
    private static let task = "  work: {run: 'echo begun; exec sleep 1071', exclusive: true}"

    @Test func `a command that may still be running keeps its lock`() throws {
        // The lock and the command have the two sessions; nothing is left to end the command by.
        try withSSHD(SSHDOptions(configuration: ["MaxSessions 2"])) { sshd in
            let place = try Workplace(release: sshd, ["tasks:", Self.task, "release: [work]"])
            for arguments in [["shop", "work"], ["release", "shop"]] {
                let result = try place.run(["--timeout", "1s"] + arguments)
                #expect(result.status == .exited(124))
                let error = result.errorOutput
                #expect(error.contains("the command may still be running"), "\(error)")
                #expect(error.contains("the lock is not given back, as "), "\(error)")
                #expect(error.contains("it goes stale after 1m"))
                let lock = try place.run(["lock", "shop"]).output
                #expect(lock.hasPrefix("shop/default is locked by "))
                #expect(
                    try place.run(["lock", "shop", "release", "--force"]).status == .exited(0))
            }
        }
    }

    @Test func `a lost connection keeps the lock`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, ["tasks:", Self.task])
            let run = try place.start(["shop", "work"])
            try run.waitForOutput("begun")
            try sshd.killSessions()
            let result = try run.waitForExit()
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.contains("the lock is not given back, as "),
                "\(result.errorOutput)")
            #expect(try place.run(["lock", "shop"]).output.contains("is locked by "))
        }
    }

    @Test func `a reader that goes ends the command before the lock is free`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "tasks:", "  work:", "    exclusive: true",
                    "    run: echo ran; (while sleep 1; do echo more; done) & exec sleep 1072",
                ])
            let result = try place.shell("\"$0\" shop work | head -n 1; echo ${PIPESTATUS[0]}")
            #expect(result.output == "ran\n141\n", "\(result.errorOutput)")
            #expect(!sshd.sessionProcesses().contains { $0.commandLine == ["sleep", "1072"] })
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test func `a run that was not begun gives its lock back`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, ["tasks:", Self.task])
            try place.folder.write("in the way", to: "state/ccrun")
            let result = try place.run(["--record=strict", "shop", "work"])
            #expect(result.status == .exited(125), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("nothing was run"))
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test func `the lock of one who shows no life says so, and can be had by hand`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["tasks:", Self.task], environment: ["CCRUN_LOCK_STALE": "2s"])
            let run = try place.start(["shop", "work"])
            try run.waitForOutput("begun")
            try eventually("a living lock", every: .milliseconds(100)) {
                try !place.run(["lock", "shop"]).output.contains("no sign of life")
            }
            run.send(signal: SIGKILL)
            _ = try run.waitForExit()
            // Nobody else takes it meanwhile: what does not wait is turned away.
            #expect(try place.run(["lock", "shop"]).output.contains("is locked by "))
            try eventually("a stale lock", every: .milliseconds(100)) {
                let words = "; no sign of life for "
                return try place.run(["lock", "shop"]).output.contains(words)
            }
            let acquired = try place.run(["lock", "shop", "acquire", "-m", "mine now"])
            #expect(acquired.status == .exited(0), "\(acquired.errorOutput)")
            #expect(acquired.errorOutput.contains("shop/default is locked now"))
            #expect(try place.run(["lock", "shop"]).output.contains("mine now"))
        }
    }
}
