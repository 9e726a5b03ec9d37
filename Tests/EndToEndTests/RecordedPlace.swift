import Foundation
import TestServer
import Transcripts

/// A scratch home with transcripts in it that were written for the occasion, and no server.
final class RecordedPlace: Sendable {
    let folder: ScratchFolder
    let environment: [String: String]

    init(environment: [String: String] = [:]) throws {
        folder = try ScratchFolder("recorded")
        self.environment = [
            "HOME": folder.path, "XDG_STATE_HOME": folder.file("state"), "LANG": "C.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color", "TZ": "UTC",
        ].merging(environment) { $1 }
    }

    deinit { folder.remove() }

    /// Writes a transcript with such event lines, and returns its run id.
    @discardableResult
    func record(
        _ events: [(seconds: Double, code: String, data: String)], pseudoTerminal: Bool = true,
        columns: Int = 80, rows: Int = 24, command: String = "manage.py migrate"
    ) throws -> String {
        let run = RunID()
        let header = TranscriptHeader(
            run: run, started: Timestamp(milliseconds: 1_795_334_400_412), width: columns,
            height: rows, title: "shop/default: \(command)", command: command,
            term: "xterm-256color", app: "shop", dep: "default", actorUser: "ana",
            actorHost: "laptop", targetHost: "web1.example.com", targetPort: 22,
            targetUser: "deploy", pseudoTerminal: pseudoTerminal)
        let lines = try events.map { event in
            let data = try JSONEncoder().encode([event.data])
            return "[\(event.seconds), \"\(event.code)\", "
                + String(decoding: data, as: UTF8.self).dropFirst()
        }
        let path = "state/ccrun/runs/\(run.started.folder)/\(run).cast"
        try folder.write(([header.line] + lines).joined(separator: "\n") + "\n", to: path)
        return run.description
    }

    func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> ChildResult {
        try ChildProcess(
            CCRun.binary, arguments, environment: self.environment.merging(environment) { $1 },
            workingFolder: folder.path
        ).waitForExit(deadline: .seconds(60))
    }

    func terminal(
        _ arguments: [String], columns: Int = 80, rows: Int = 24,
        environment: [String: String] = [:]
    ) throws -> TerminalSession {
        try TerminalSession(
            executable: CCRun.binary, arguments: arguments,
            environment: self.environment.merging(environment) { $1 }, columns: columns,
            rows: rows, workingFolder: folder.path)
    }
}

/// How a run ended, as the last events of its transcript.
func ended(at seconds: Double, status: Int) -> [(seconds: Double, code: String, data: String)] {
    [
        (seconds, "x", "\(status)"),
        (seconds, "z", #"{"end":"exit","status":\#(status),"signal":null,"lost":0}"#),
    ]
}
