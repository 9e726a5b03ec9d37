import Testing
import TestServer

@Suite struct LyingFaultTests {
    @Test(arguments: Phase.allCases, Misbehaviour.samples)
    func `a fault in any phase ends the client with 255`(
        phase: Phase, misbehaviour: Misbehaviour
    ) throws {
        try withLyingServer(.fault(misbehaviour, in: phase)) { server in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try server.sshArguments(options: ["-tt"]) + ["true"])
            try server.record.waitFor(.wronged(in: phase))
            // Some faults leave the client waiting, as they are meant to.
            server.stop()
            #expect(try ssh.waitForExit().status == .exited(255))
            try server.record.waitForEnd()
        }
    }

    @Test(arguments: Phase.allCases)
    func `a stall in any phase keeps the client waiting`(phase: Phase) throws {
        try withLyingServer(.fault(.stall, in: phase)) { server in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try server.sshArguments(options: ["-tt"]) + ["true"])
            try server.record.waitFor(.wronged(in: phase))
            #expect(ssh.process.currentStatus == nil)
            ssh.stop()
            try server.record.waitForEnd()
        }
    }

    @Test(arguments: Phase.allCases.filter { $0 != .beforeBanner && $0 != .banner })
    func `a message to be ignored is ignored in any phase`(phase: Phase) throws {
        let ignorable = WireWriter(Message.ignore).string("nothing").bytes
        try withLyingServer(.fault(.message(ignorable), in: phase)) { server in
            let result = try server.ssh(["true"], options: ["-tt"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
        }
    }

    @Test func `the same seed gives the same garbage`() {
        var first = SeededGenerator(seed: 5)
        var second = SeededGenerator(seed: 5)
        #expect(first.bytes(100) == second.bytes(100))
    }
}
