import Foundation
import TestServer
import Testing
import Transcripts

/// What a scrub that was killed leaves beside the transcripts.
@Suite struct ScrubLeftoverTests {
    @Test func `what a killed scrub has left goes, and what a living one writes stays`() throws {
        let place = try RecordedPlace()
        let run = try #require(RunID(try place.record([(1, "o", "x")] + ended(at: 2, status: 0))))
        let folder = "state/ccrun/runs/\(run.started.folder)"
        // No process ever has a number like this (proc(5), pid_max).
        let dead = 99_999_999
        let own = ProcessInfo.processInfo.processIdentifier
        let names = [".scrub.\(dead).17", ".scrub.\(own).17", ".scrub.x"]
        let text = String(repeating: "s", count: 2048)
        for name in names { try place.folder.write(text, to: "\(folder)/\(name)") }
        func left() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: place.folder.file(folder))
                .filter { $0.hasPrefix(".scrub") }.sorted()
        }
        let dry = try place.run(["prune", "--dry-run"])
        let told = "would remove 1 file that a killed scrub has left, 2.0 KiB\n"
        #expect(dry.errorOutput.contains(told), "\(dry.errorOutput)")
        #expect(try left() == names.sorted())
        let done = try place.run(["prune"])
        #expect(done.status == .exited(0))
        #expect(done.errorOutput.contains("ccrun: removed 1 file that"), "\(done.errorOutput)")
        #expect(try left() == names.dropFirst().sorted())
        // The next scrub in the folder removes them as well.
        try place.folder.write("s", to: "\(folder)/\(names[0])")
        let scrub = try place.run(
            ["scrub", "--secret", "HOST=env:VALUE", run.description],
            environment: ["VALUE": "manage.py migrate"])
        #expect(scrub.status == .exited(0), "\(scrub.errorOutput)")
        #expect(try left() == names.dropFirst().sorted())
    }
}
