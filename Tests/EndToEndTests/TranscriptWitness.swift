import Foundation
import TestServer
import Testing
import Transcripts

/// What a transcript has to say of the end of its run.
struct ExpectedEnd: Sendable {
    var end: Ending.End
    /// The `x` event: what the shell sees.
    var shellStatus: Int32
    /// The exit status that the server sent, where it sent one.
    var status: Int32?
    var signal: String?

    static func exit(_ status: Int32) -> ExpectedEnd {
        ExpectedEnd(end: .exit, shellStatus: status, status: status)
    }

    static func signal(_ name: String, _ number: Int32) -> ExpectedEnd {
        ExpectedEnd(end: .signal, shellStatus: 128 + number, signal: name)
    }

    static let disconnect = ExpectedEnd(end: .disconnect, shellStatus: 255)

    static let timeout = ExpectedEnd(end: .timeout, shellStatus: 124)

    static func cancelled(_ name: String, _ number: Int32) -> ExpectedEnd {
        ExpectedEnd(end: .cancelled, shellStatus: 128 + number, signal: name)
    }
}

extension Workplace {
    /// Checks the end of the latest transcript by our reader, and all of it by asciinema's.
    @discardableResult
    func expectTranscript(
        _ expected: ExpectedEnd, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Transcript {
        let transcript = try transcript()
        #expect(transcript.state == .ended, sourceLocation: sourceLocation)
        let ending = try #require(transcript.ending, sourceLocation: sourceLocation)
        #expect(ending.end == expected.end, sourceLocation: sourceLocation)
        #expect(ending.status == expected.status.map(Int.init), sourceLocation: sourceLocation)
        #expect(ending.signal == expected.signal, sourceLocation: sourceLocation)
        #expect(ending.shellStatus == Int(expected.shellStatus), sourceLocation: sourceLocation)
        #expect(ending.lost == 0, sourceLocation: sourceLocation)
        try expectPlayable(transcript, sourceLocation: sourceLocation)
        return transcript
    }

    /// Lets `asciinema cat` read a transcript: it stops at the first thing that it cannot read.
    func expectPlayable(
        _ transcript: Transcript, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        guard let asciinema = Tool.find("asciinema") else {
            Issue.record(
                "asciinema, the witness of transcripts, is not installed",
                sourceLocation: sourceLocation)
            return
        }
        let shown = "\(folder.path)/shown"
        // It opens /dev/tty, wherever its output goes.
        let session = try TerminalSession(
            executable: "/bin/sh",
            arguments: ["-c", "exec \(asciinema) cat \"$0\" >\"$1\"", transcript.path, shown],
            environment: [
                "HOME": folder.path, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
            ])
        defer { session.close() }
        let status = try session.waitForExit()
        #expect(status == .exited(0), "\(session.output)", sourceLocation: sourceLocation)
        let isEqual = try folder.read("shown") == Array(try transcript.text.utf8)
        #expect(isEqual, "asciinema shows it otherwise", sourceLocation: sourceLocation)
    }
}
