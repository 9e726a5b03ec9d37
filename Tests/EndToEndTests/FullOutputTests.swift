import TestServer
import Testing

/// A full disk where the output goes: no command may end as if all had been told.
@Suite struct FullOutputTests {
    @Test(arguments: [
        ["history"], ["history", "--json"], ["history", "--run", "last"],
        ["history", "--run", "last", "--json"], ["show", "last"], ["show", "--raw", "last"],
        ["search", "line"], ["search", "--json", "line"], ["export", "--format", "txt", "last"],
        ["replay", "--instant", "last"], ["prune", "--dry-run", "--keep-size", "1B"],
        ["verify", "--all"], ["verify", "--all", "--json"], ["--help"], ["help", "show"],
        ["--version"], ["completion", "bash"],
    ])
    func `a full disk is an error`(arguments: [String]) throws {
        let place = try RecordedPlace()
        // More than the C library keeps back, so that some is written before the end.
        let lines = (1...2000).map { (Double($0) / 1000, "o", "line \($0)\r\n") }
        try place.record(lines + ended(at: 3, status: 0))
        let result = try ChildProcess.run(
            "/bin/sh", ["-c", #"exec "$0" "$@" >/dev/full"#, CCRun.binary] + arguments,
            environment: place.environment, workingFolder: place.folder.path)
        #expect(result.status == .exited(125), "\(result.errorOutput)")
        let last = result.errorOutput.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("ccrun: error: cannot write the "), "\(result.errorOutput)")
        #expect(last.hasSuffix(": no space left on device"), "\(result.errorOutput)")
    }

    @Test func `a reader that has seen enough is no error`() throws {
        let place = try RecordedPlace()
        let lines = (1...2000).map { (Double($0) / 1000, "o", "line \($0)\r\n") }
        try place.record(lines + ended(at: 3, status: 0))
        let result = try ChildProcess.run(
            "/bin/sh", ["-c", #""$0" show last | head -n 1"#, CCRun.binary],
            environment: place.environment, workingFolder: place.folder.path)
        #expect(result.output == "line 1\n")
        #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
    }
}
