import Foundation
import TestServer
import Testing
import Transcripts

#if canImport(Glibc)
    import Glibc
#endif

extension Workplace {
    /// Starts a job, and returns its id.
    func detach(
        _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try run(["--detach"] + words)
        #expect(
            result.status == .exited(0), "\(result.errorOutput)", sourceLocation: sourceLocation)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", sourceLocation: sourceLocation)
        let id = String(lines.first ?? "")
        #expect(id.count == 26, sourceLocation: sourceLocation)
        return id
    }

    /// The transcript of one run.
    func transcript(of id: String) throws -> Transcript {
        try #require(try transcripts().first { "\($0.header.run)" == id })
    }

    /// What `ccrun history` says of one run.
    func historyLine(of id: String) throws -> String {
        let lines = try run(["history"]).output.split(separator: "\n").map(String.init)
        return try #require(lines.first { $0.hasPrefix(id) })
    }

    /// What `ccrun jobs --json` says, a job a line, newest first.
    func jobs(_ arguments: [String] = []) throws -> [[String: Any]] {
        let result = try run(["jobs", "--json"] + arguments)
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        return try result.output.split(separator: "\n").map { line in
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(parsed as? [String: Any])
        }
    }
}

extension PrivateSSHD {
    /// Lets the jobs go on that wait for a file called `go`.
    func letGo() throws { try folder.write("", to: "home/go") }

    /// Makes a job look like one that was started before the machine was.
    func forgetBoot(of id: String) throws {
        try folder.write("another boot\n", to: "home/.ccrun/jobs/\(id)/boot")
    }

    /// Kills the listener and all that serves connections, and starts a new listener.
    ///
    /// Unlike `stop()` it leaves the processes of the sessions alone, as a restart of sshd does.
    func restart() throws {
        let serving = connectionProcesses
        for entry in serving { _ = kill(entry.pid, SIGKILL) }
        if let pid, let entry = ProcessTable.entry(pid) { ProcessTable.kill([entry]) }
        ProcessTable.kill(serving)
        try start()
    }
}

/// A shell line that waits until the test lets it go on; folders are the home.
let untilGo = "until test -e go; do sleep 0.1; done"
