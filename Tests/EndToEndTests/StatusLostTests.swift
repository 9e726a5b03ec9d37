import Foundation
import TestServer
import Testing
import Transcripts

/// Connections that are lost in the middle of a run; the command does nothing wrong.
@Suite struct StatusLostTests {
    @Test(arguments: ["-T", "-t"])
    func `sshd's session process is killed`(terminal: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start([terminal, "shop", "echo begun; exec sleep 1004"])
            try run.waitForOutput("begun")
            try sshd.killSessions()
            let result = try run.waitForExit()
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("the connection was lost"))
            #expect(result.errorOutput.hasSuffix("may still be running, status 255\n"))
            let transcript = try place.expectTranscript(.disconnect)
            #expect(try transcript.text.hasPrefix("begun"))
        }
    }

    @Test func `under -q a lost connection is said, a remote 255 is not`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let run = try place.start(["-q", "shop", "echo begun; exec sleep 1006"])
            try run.waitForOutput("begun")
            try sshd.killSessions()
            let lost = try run.waitForExit()
            #expect(lost.status == .exited(255))
            #expect(lost.errorOutput.contains("the connection was lost"), "\(lost.errorOutput)")
            let exited = try place.run(["-q", "shop", "exit 255"])
            #expect(exited.status == .exited(255))
            #expect(exited.errorOutput.isEmpty)
        }
    }

    @Test(arguments: [DelayingRelay.Cut.reset, .end], ["-T", "-t"])
    func `the network is cut`(cut: DelayingRelay.Cut, terminal: String) throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                let run = try place.start([terminal, "shop", "echo begun; exec sleep 1005"])
                try run.waitForOutput("begun")
                relay.cut(cut)
                let result = try run.waitForExit()
                #expect(result.status == .exited(255))
                #expect(result.errorOutput.contains("the connection was lost"))
                try place.expectTranscript(.disconnect)
            }
        }
    }

    @Test func `the network is cut in the middle of a stream of output`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                relay.cut(.reset, afterBytesToClient: 1_000_000)
                let result = try place.run(["shop", "exec cat /dev/zero"], output: .hashed)
                #expect(result.status == .exited(255))
                #expect(result.outputCount > 0)
                let transcript = try place.expectTranscript(.disconnect)
                #expect(transcript.ending?.received[.standardOutput] == result.outputCount)
            }
        }
    }

    @Test func `the network is cut in the middle of a stream of input`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                let place = try Workplace(server, relay: relay.port)
                let zeros = [UInt8](repeating: 0, count: 65_536)
                let run = try place.start(
                    ["shop", "echo begun; exec cat >/dev/null"], input: .generated { zeros })
                try run.waitForOutput("begun\n")
                try relay.waitFor("a megabyte") { $0.bytesToServer > 1_000_000 }
                relay.cut(.reset)
                #expect(try run.waitForExit().status == .exited(255))
                try place.expectTranscript(.disconnect)
            }
        }
    }
}
