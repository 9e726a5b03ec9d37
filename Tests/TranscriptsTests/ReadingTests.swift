import Foundation
import Testing

@testable import Transcripts

@Suite struct ReadingTests {
    /// A finished run with something of everything in it.
    private static func finished() throws -> Recording {
        let recording = try Recording()
        recording.recorder.record("Operations:\r\n é\n")
        recording.recorder.record([0x63, 0xff, 0x0a], from: .standardError)
        recording.recorder.resize(columns: 100, rows: 30)
        recording.recorder.mark("step")
        recording.recorder.finish(Ending(.exit, status: 3))
        return recording
    }

    @Test func `a file that was cut anywhere reads as what is whole of it`() throws {
        let recording = try ReadingTests.finished()
        let whole = try Data(contentsOf: URL(filePath: recording.path))
        let all = Array(try Transcript.open(recording.path).events())
        let headerEnd = try #require(whole.firstIndex(of: 0x0a))
        let cut = recording.folder.path + "/cut.cast"
        for length in 0...whole.count {
            try whole.prefix(length).write(to: URL(filePath: cut))
            guard length > headerEnd else {
                let error = #expect(throws: TranscriptError.self) { try Transcript.open(cut) }
                #expect(error?.code == .notATranscript)
                continue
            }
            let transcript = try Transcript.open(cut)
            let events = try transcript.events()
            let lines = whole.prefix(length).count { $0 == 0x0a } - 1
            #expect(Array(events) == Array(all.prefix(lines)))
            #expect(events.malformedLines == 0)
            #expect(transcript.state == (length == whole.count ? .ended : .interrupted))
            #expect((transcript.ending != nil) == (length == whole.count))
            _ = try transcript.recoveredBytes(of: .standardOutput)
        }
    }

    @Test func `malformed lines are counted and passed over`() throws {
        let recording = try ReadingTests.finished()
        var lines = try Data(contentsOf: URL(filePath: recording.path)).split(separator: 0x0a)
        let good = try Array(Transcript.open(recording.path).events())
        lines.insert(Data("# a comment".utf8), at: 2)
        lines.insert(Data([0xff, 0xfe]), at: 4)
        lines.insert(Data(#"[0.0, "q", "a code of the future"]"#.utf8), at: 5)
        try (Data(lines.joined(separator: [0x0a])) + [0x0a]).write(
            to: URL(filePath: recording.path))
        let transcript = try Transcript.open(recording.path)
        let events = try transcript.events()
        #expect(Array(events) == good)
        #expect(events.malformedLines == 2)
        #expect(transcript.state == .ended)
    }

    @Test func `a line of more than 16 MiB is a gap, and what follows is read`() throws {
        let recording = try ReadingTests.finished()
        let good = try Array(Transcript.open(recording.path).events())
        var lines = try Data(contentsOf: URL(filePath: recording.path)).split(separator: 0x0a)
        let long = #"[0.0, "o", "\#(String(repeating: "x", count: 17 << 20))"]"#
        lines.insert(Data(long.utf8), at: 2)
        try (Data(lines.joined(separator: [0x0a])) + [0x0a]).write(
            to: URL(filePath: recording.path))
        let transcript = try Transcript.open(recording.path)
        let events = try Array(transcript.events())
        #expect(Array(events[..<1] + events[2...]) == good)
        let gap = Gap(data: events[1].data)
        #expect(events[1].code == .gap && gap.bytes == long.utf8.count)
        #expect(gap.reason == "a line of the transcript is too long to be read")
        // The rest of a torn one is no line.
        lines.removeLast(lines.count - 3)
        try Data(lines.joined(separator: [0x0a])).write(to: URL(filePath: recording.path))
        #expect(try Array(transcript.events()) == Array(good[..<1]))
    }

    @Test func `a run is running while it is recorded and interrupted when its recorder is gone`()
        throws
    {
        let folder = try TemporaryFolder()
        var recorder: Recorder? = Recorder(stateFolder: folder.path, clock: .now) { _ in }
        recorder?.begin(.sample())
        let path = try #require(recorder?.path)
        #expect(try Transcript.open(path).state == .running)
        recorder = nil
        #expect(try Transcript.open(path).state == .interrupted)
    }

    @Test func `a recorder that was killed leaves an interrupted run with all it had flushed`()
        async throws
    {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let recorder = Recorder(stateFolder: path, clock: .now) { _ in }
            recorder.begin(.sample())
            recorder.record("half a migration\n")
            while let deadline = recorder.flushDeadline {
                try await ContinuousClock().sleep(until: deadline)
                recorder.flushIfDue()
            }
            kill(getpid(), SIGKILL)
        }
        let transcript = try Transcript.open(try #require(folder.transcripts.first))
        #expect(transcript.state == .interrupted)
        #expect(
            try transcript.recoveredBytes(of: .standardOutput) == Array("half a migration\n".utf8))
    }

    @Test func `a file that is missing is an error that names it`() {
        let error = #expect(throws: TranscriptError.self) { try Transcript.open("/nowhere/x.cast") }
        #expect(error?.code == .unreadable)
        #expect(error?.message == "cannot open \"/nowhere/x.cast\": no such file or directory")
    }

    @Test func `lines longer than the buffer are read whole`() throws {
        let recording = try Recording()
        let long = String(repeating: "x", count: 3 << 20)
        recording.recorder.mark(long)
        let transcript = try Transcript.open(recording.path)
        #expect(transcript.state == .running)
        #expect(
            try transcript.events().compactMap { $0.code == .marker ? $0.text : nil }.joined()
                == long)
    }
}

extension TemporaryFolder {
    /// The transcripts in a state folder.
    var transcripts: [String] {
        let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".cast") }.map { "\(path)/\($0)" }
    }
}
