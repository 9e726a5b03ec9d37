import Foundation
import Testing

@testable import Transcripts

@Suite struct DurabilityTests {
    @Test func `the file and its folders are for the user alone`() throws {
        let recording = try Recording()
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(recording.path) == 0o600)
        var folder = URL(filePath: recording.path).deletingLastPathComponent()
        for _ in ["MM", "YYYY", "runs"] {
            #expect(try mode(folder.path) == 0o700)
            folder.deleteLastPathComponent()
        }
    }

    @Test func `the file is named after the run, by year and month`() throws {
        let folder = try TemporaryFolder()
        let run = RunID(at: Timestamp(milliseconds: 1_795_334_400_412))
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { _ in }
        recorder.begin(.sample(run: run))
        #expect(recorder.path == "\(folder.path)/runs/2026/11/\(run).cast")
    }

    @Test func `the header is on the disk before anything else happens`() throws {
        let recording = try Recording()
        #expect(recording.recorder.waitUntilHeaderIsDurable())
        #expect(recording.recorder.waitUntilHeaderIsDurable())
        #expect(recording.recorder.isRecording)
        #expect(try recording.lines == [])
        #expect(try Transcript.open(recording.path).header.app == "blog")
    }

    @Test func `output waits for the batch, no longer`() throws {
        var limits = RecorderLimits()
        limits.batchDelay = .zero
        let recording = try Recording(limits: limits)
        #expect(recording.recorder.flushDeadline == nil)
        recording.recorder.record("a")
        #expect(try recording.lines == [])
        #expect(recording.recorder.flushDeadline.map { $0 <= .now } == true)
        recording.recorder.flushIfDue()
        #expect(try recording.lines == [#"[0.0, "o", "a"]"#])
        #expect(recording.recorder.flushDeadline == nil)
    }

    @Test func `a batch that is not due stays, one that is full goes`() throws {
        var limits = RecorderLimits()
        limits.batchDelay = .seconds(3600)
        let recording = try Recording(limits: limits)
        recording.recorder.record("a")
        recording.recorder.flushIfDue()
        #expect(try recording.lines == [])
        recording.recorder.record(String(repeating: "b", count: limits.batchSize))
        #expect(try recording.lines.count == 3)
    }

    @Test func `a folder that is deleted meanwhile costs the transcript, which is told`() throws {
        let recording = try Recording()
        recording.recorder.record("before\n")
        try FileManager.default.removeItem(atPath: recording.folder.path)
        recording.recorder.record(String(repeating: "after\n", count: 20_000))
        recording.recorder.mark("step")
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(recording.warnings.count == 2, "\(recording.warnings)")
        #expect(recording.warnings.first?.hasPrefix("this run is not in the ledger: ") == true)
        #expect(recording.warnings.last?.hasSuffix("was deleted while it was recorded") == true)
        #expect(!FileManager.default.fileExists(atPath: recording.folder.path))
    }

    @Test func `a state folder that cannot be is warned about once, and nothing else happens`()
        throws
    {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.path + "/file"))
        let messages = Messages()
        let recorder = Recorder(
            stateFolder: folder.path + "/file/state", clock: .now, warn: messages.add)
        recorder.begin(.sample())
        #expect(recorder.path == nil)
        #expect(!recorder.isRecording)
        #expect(!recorder.waitUntilHeaderIsDurable())
        recorder.record("text")
        recorder.mark("step")
        recorder.flushIfDue()
        recorder.finish(Ending(.exit, status: 0))
        #expect(messages.all.count == 1)
        let warning = try #require(messages.all.first)
        #expect(warning.hasPrefix("this run is not recorded: cannot create \"\(folder.path)/file/"))
        #expect(warning.contains(": not a directory\nhint: "))
    }

    @Test func `a read-only state folder is warned about once`() async throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            // Permissions do not hold root back.
            if getuid() == 0 { try #require(setuid(65534) == 0) }
            let messages = Messages()
            let recorder = Recorder(stateFolder: path, clock: .now, warn: messages.add)
            recorder.begin(.sample())
            recorder.record("text")
            recorder.finish(Ending(.exit, status: 0))
            try #require(messages.all.count == 1)
            try #require(messages.all[0].contains("permission denied\nhint: "))
        }
    }

    @Test func `an existing file is never written over`() throws {
        let folder = try TemporaryFolder()
        let run = RunID()
        let first = Recorder(stateFolder: folder.path, clock: .now) { _ in }
        first.begin(.sample(run: run))
        let messages = Messages()
        let second = Recorder(stateFolder: folder.path, clock: .now, warn: messages.add)
        second.begin(.sample(run: run))
        #expect(second.path == nil)
        #expect(messages.all.first?.contains("file exists") == true)
    }

    @Test func `syncing goes on beside the run`() throws {
        var limits = RecorderLimits()
        limits.syncDelay = .milliseconds(1)
        let recording = try Recording(limits: limits)
        for _ in 0..<200 {
            recording.recorder.record(String(repeating: "x", count: limits.batchSize))
        }
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(recording.warnings == [])
        #expect(try Transcript.open(recording.path).state == .ended)
    }
}
