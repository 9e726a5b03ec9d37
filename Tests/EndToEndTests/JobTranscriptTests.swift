import Foundation
import TestServer
import Testing
import Transcripts

/// The transcript of a job: begun when it is started, completed when its end is seen.
@Suite struct JobTranscriptTests {
    @Test(arguments: ["jobs", "jobs shop", "logs", "logs -f", "attach", "wait", "stop"])
    func `whoever sees the end completes the transcript`(command: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach([
                "shop", "printf 'caf\\351\\n'; printf 'x\\ny\\n' >&2; touch done; exit 3",
            ])
            let begun = try place.transcript()
            #expect(begun.header.isDetached && !begun.header.pseudoTerminal)
            #expect(begun.header.title == "shop/default: \(begun.header.command)")
            #expect(begun.ending == nil && begun.state == .interrupted)
            #expect(try place.historyLine(of: id).contains("detached"))
            try sshd.waitForEnd(of: id)
            let words = command.split(separator: " ").map(String.init)
            _ = try place.run(words + (words[0] == "jobs" ? [] : [id]))
            let done = try place.expectTranscript(.exit(3))
            #expect(done.header == begun.header)
            #expect(
                try done.recoveredBytes(of: .standardOutput)
                    == Array("caf".utf8) + [0o351] + Array("\nx\ny\n".utf8))
            #expect(done.ending?.received[.standardOutput] == 9)
            #expect(try place.historyLine(of: id).contains(" 3 "))
            let replay = try place.run(["replay", "--instant", id])
            #expect(replay.output.contains("x\r\ny\r\n"))
            // It has its end: it stays as it is, whatever the host says by now.
            let bytes = try done.bytes
            try sshd.folder.write("tampered", to: "home/.ccrun/jobs/\(id)/out")
            _ = try place.run(["jobs"])
            _ = try place.run(["wait", id])
            #expect(try place.transcript().bytes == bytes)
        }
    }

    @Test func `several who see the end at once write it down once`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "\(untilGo); head -c 2000000 /dev/zero; exit 1"])
            let waiting = try (0..<8).map { _ in try place.start(["wait", id]) }
            try sshd.waitForLog("Starting session: command", count: 9)
            try sshd.letGo()
            for wait in waiting {
                let result = try wait.waitForExit()
                #expect(result.status == .exited(1))
                #expect(!result.errorOutput.contains("warning"), "\(result.errorOutput)")
            }
            let transcript = try place.expectTranscript(.exit(1))
            let events = Array(try transcript.events())
            #expect(events.filter { $0.code == .ending }.count == 1)
            #expect(try transcript.recoveredBytes(of: .standardOutput).count == 2_000_000)
        }
    }

    @Test func `a transcript that is gone is not missed`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo hello; exit 3"])
            try FileManager.default.removeItem(atPath: try place.transcript().path)
            let result = try place.run(["wait", "shop", id])
            #expect(result.status == .exited(3))
            #expect(try place.transcripts().isEmpty)
        }
    }

    @Test func `one that cannot be written does not change the status`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let id = try place.detach(["shop", "echo hello; exit 3"])
            // In place of the file a link, which is not followed.
            let path = try place.transcript().path
            try FileManager.default.moveItem(atPath: path, toPath: path + ".real")
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: path + ".real")
            let result = try place.run(["wait", id])
            #expect(result.status == .exited(3))
            #expect(result.errorOutput.contains("ccrun: warning: cannot open "))
            #expect(try Transcript.open(path + ".real").ending == nil)
        }
    }
}

extension PrivateSSHD {
    /// Waits until a job has written down how it ended.
    func waitForEnd(of id: String) throws {
        let limit = ContinuousClock.now + .seconds(60)
        while !FileManager.default.fileExists(atPath: "\(home)/.ccrun/jobs/\(id)/status") {
            try #require(ContinuousClock.now < limit, "the job goes on")
            usleep(5_000)
        }
    }
}
