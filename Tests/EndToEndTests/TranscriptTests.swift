import Foundation
import TestServer
import Testing
import Transcripts

/// The transcript that every run leaves.
@Suite struct TranscriptTests {
    @Test func `the header says what ran where`() throws {
        try withServer { server in
            let place = try Workplace(server, app: ["tasks: {greet: echo hello}"])
            #expect(try place.run(["shop", "greet", "you two"]).output == "hello you two\n")
            let transcript = try place.expectTranscript(.exit(0))
            let header = transcript.header
            #expect(header.app == "shop")
            #expect(header.dep == "default")
            #expect(header.command == "greet 'you two'")
            #expect(header.title == "shop/default: greet 'you two'")
            #expect(header.targetHost == "127.0.0.1")
            #expect(header.targetAddress == "127.0.0.1")
            #expect(header.targetPort == server.port)
            #expect(header.targetUser == server.user)
            #expect(header.hostKeyFingerprint == server.hostKeyFingerprint)
            #expect(header.actorUser == NSUserName())
            #expect(header.term == "xterm-256color")
            #expect(!header.pseudoTerminal)
            #expect(!header.inputRecorded)
            #expect(transcript.path.hasSuffix("/\(header.run).cast"))
        }
    }

    @Test func `files are 0600 in folders of 0700`() throws {
        try withServer { server in
            let place = try Workplace(server)
            _ = try place.run(["shop", "true"])
            let manager = FileManager.default
            var path = try place.transcript().path
            var modes: [Int] = []
            while path.count > place.folder.path.count {
                let attributes = try manager.attributesOfItem(atPath: path)
                modes.append(attributes[.posixPermissions] as? Int ?? 0)
                path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            }
            #expect(modes == [0o600, 0o700, 0o700, 0o700, 0o700, 0o700])
        }
    }

    @Test func `both streams are kept, and which is which`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let run = try place.start(
                ["shop", "echo out; read a; echo err >&2; read a; echo out"], input: .pipe)
            try run.waitForOutput("out\n")
            run.write("\n")
            try run.waitForError("err\n")
            run.write("\n")
            _ = try run.waitForExit()
            let transcript = try place.expectTranscript(.exit(0))
            let events = try transcript.events().filter { $0.code == .output || $0.code == .stream }
                .map(\.text)
            #expect(events == ["out\r\n", "2", "err\r\n", "1", "out\r\n"])
            #expect(transcript.ending?.received == [.standardOutput: 8, .standardError: 4])
        }
    }

    @Test func `bytes that are no text are kept exactly`() throws {
        let bytes = (0...255).map { UInt8($0) }
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(["shop", "cat"], input: .bytes(bytes))
            #expect(result.standardOutput == bytes)
            try place.expectTranscript(.exit(0))
            let data = try place.transcript().events().filter { $0.code == .bytes }.map(\.data)
            #expect(!data.isEmpty)
        }
    }

    @Test func `a terminal's run is recorded as a terminal's`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let session = try place.terminal(
                ["shop", "stty size; until stty size | grep 40; do :; done"], columns: 91, rows: 33)
            defer { session.close() }
            try session.waitFor("33 91")
            try session.resize(columns: 100, rows: 40)
            try session.waitFor("40 100")
            #expect(try session.waitForExit() == .exited(0))
            let transcript = try place.expectTranscript(.exit(0))
            #expect(transcript.header.pseudoTerminal)
            #expect((transcript.header.width, transcript.header.height) == (91, 33))
            let sizes = try transcript.events().filter { $0.code == .resize }.map(\.text)
            #expect(sizes == ["100x40"])
            #expect(try transcript.text == session.output)
        }
    }
}
