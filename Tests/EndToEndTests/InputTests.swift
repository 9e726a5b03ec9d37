import Foundation
import TestServer
import Testing
import Transcripts

/// Local stdin, and what becomes of it without a terminal.
@Suite struct InputTests {
    @Test func `every byte passes both ways`() throws {
        let bytes = (0...255).map { UInt8($0) }
        let all = bytes + bytes.reversed() + [13, 10, 10, 13, 4, 3, 0, 126, 46]
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "cat"], input: .bytes(all))
            #expect(result.standardOutput == all)
            #expect(result.status == .exited(0))
            let back = try place.run(["shop", "cat >&2"], input: .bytes(all))
            #expect(back.standardError == all)
            #expect(back.output.isEmpty)
        }
    }

    @Test(arguments: [["--no-record"], []])
    func `20 MB of random bytes come back as they went`(options: [String]) throws {
        var random = SeededGenerator(seed: 20)
        let block = random.bytes(1 << 20)
        // Each block is rotated by another prime number of bytes, so that none is like the other.
        let bytes = (0..<20).flatMap { number in
            let cut = number * 7919
            return block[cut...] + block[..<cut]
        }
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                options + ["shop", "cat"], input: .bytes(bytes), deadline: .seconds(900))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            let isEqual = result.standardOutput == bytes
            #expect(isEqual, "\(result.outputCount) bytes came back")
            guard options.isEmpty else { return }
            let ending = try #require(try place.transcript().ending)
            #expect(ending.received[.standardOutput] == bytes.count)
            #expect(ending.lost == 0)
        }
    }

    @Test func `the end of the input is passed on, and the output goes on after it`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let run = try place.start(
                ["shop", "cat; echo 'after the end'; exit 3"], input: .pipe)
            run.write("first\n")
            try run.waitForOutput("first\n")
            run.write("second\n")
            try run.waitForOutput("second\n")
            run.closeInput()
            let result = try run.waitForExit()
            #expect(result.output == "first\nsecond\nafter the end\n")
            #expect(result.status == .exited(3))
        }
    }

    @Test func `a command ends though stdin stays open`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let run = try place.start(["shop", "echo done; exit 5"], input: .pipe)
            let result = try run.waitForExit()
            #expect(result.output == "done\n")
            #expect(result.status == .exited(5))
        }
    }

    @Test func `a command that takes no input is given more than it can hold`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let zeros = [UInt8](repeating: 0, count: 65_536)
            let result = try place.run(
                ["shop", "exec <&-; echo done; exit 6"], input: .generated { zeros })
            #expect(result.output == "done\n", "\(result.errorOutput)")
            #expect(result.status == .exited(6))
        }
    }

    @Test func `-n leaves stdin alone`() throws {
        try withServer { server in
            let place = try Workplace(server)
            // The rest of what stands on stdin is for whoever reads on.
            let file = try place.folder.write("kept\n", to: "input")
            let result = try place.shell(
                "\"$0\" -n shop 'cat; echo ended'; cat", input: .file(file))
            #expect(result.output == "ended\nkept\n", "\(result.errorOutput)")

            let open = try place.start(["-n", "shop", "cat; echo ended"], input: .pipe)
            #expect(try open.waitForExit().output == "ended\n")
        }
    }

    @Test(arguments: ["<&-", "</dev/null", "</"])
    func `a stdin that gives nothing is an empty input`(redirection: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                "exec \"$0\" shop 'cat; echo ended; exit 3' \(redirection)")
            #expect(result.output == "ended\n", "\(result.errorOutput)")
            #expect(result.status == .exited(3))
        }
    }

    @Test func `what was piped in leaves its size and its digest in the transcript`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let secret = "the quick brown fox\n"
            _ = try place.run(["shop", "cat >/dev/null"], input: .bytes(Array(secret.utf8)))
            let bytes = try place.transcript().bytes
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("brown"))
            #expect(text.contains(#"\"stdin\":{\"bytes\":20,\"sha256\":\""#), "\(text)")
            try place.expectTranscript(.exit(0))
        }
    }

    @Test func `a server that opens no window is waited for until the time limit`() throws {
        try withLyingServer(.windowNeverOpens) { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["--timeout", "500ms", "shop", "cat"], input: .bytes([1, 2, 3]))
            #expect(result.status == .exited(124), "\(result.errorOutput)")
            #expect(server.record.inputCount() == 0)
        }
    }
}
