import Foundation
import TestServer
import Testing

@testable import Transcripts

@Suite struct FullDiskTests {
    /// A file system of 64 KiB for one test.
    private final class SmallDisk {
        let folder: TemporaryFolder
        private let filler: String

        init?() throws {
            folder = try TemporaryFolder()
            filler = folder.path + "/filler"
            let options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path]
            guard getuid() == 0, try SmallDisk.run("/bin/mount", options) else { return nil }
        }

        deinit {
            _ = try? SmallDisk.run("/bin/umount", ["-l", folder.path])
        }

        /// Takes all the room there is, but for so many KiB.
        func fill(except kibibytes: Int = 0) throws {
            let bytes = Data(repeating: 0x61, count: 1024)
            _ = FileManager.default.createFile(atPath: filler, contents: nil)
            let file = try FileHandle(forWritingTo: URL(filePath: filler))
            var size = 0
            while (try? file.write(contentsOf: bytes)) != nil { size += 1024 }
            try file.truncate(atOffset: UInt64(max(0, size - kibibytes * 1024)))
            try file.close()
        }

        func free() throws {
            try FileManager.default.removeItem(atPath: filler)
        }

        static let isPossible: Bool = (try? SmallDisk()) != nil

        private static func run(_ path: String, _ arguments: [String]) throws -> Bool {
            try ChildProcess.run(path, arguments).status == .exited(0)
        }
    }

    private static func eagerLimits() -> RecorderLimits {
        var limits = RecorderLimits()
        limits.batchSize = 1024
        limits.retryDelay = .zero
        return limits
    }

    private static func recorder(_ path: String, _ messages: Messages) -> Recorder {
        Recorder(stateFolder: path, clock: .now, limits: eagerLimits(), warn: messages.add)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a file system takes root"))
    func `a full disk costs what did not fit, and recording resumes with a gap`() throws {
        let disk = try #require(try SmallDisk())
        let messages = Messages()
        let recorder = FullDiskTests.recorder(disk.folder.path, messages)
        recorder.begin(.sample())
        let path = try #require(recorder.path)
        try disk.fill(except: 8)
        let line = "a line of output\n"
        for _ in 0..<4000 { recorder.record(line) }
        #expect(!recorder.isRecording)
        #expect(messages.all.count == 1)
        #expect(messages.all.first?.contains("no space left on device\nhint: ") == true)
        let torn = try Data(contentsOf: URL(filePath: path))
        #expect(torn.last == 0x0a)
        try disk.free()
        for _ in 0..<100 { recorder.record(line) }
        #expect(recorder.isRecording)
        recorder.finish(Ending(.exit, status: 0))

        let transcript = try Transcript.open(path)
        let ending = try #require(transcript.ending)
        let sent = 4100 * line.utf8.count
        #expect(ending.received[.standardOutput] == sent)
        #expect(ending.lost > 0)
        #expect(try transcript.recoveredBytes(of: .standardOutput).count + ending.lost == sent)
        #expect(try transcript.lostInGaps(because: "no space left on device") == ending.lost)
        #expect(try transcript.hashIsRight)
        #expect(messages.all.count == 2)
        #expect(messages.all.last?.contains("\(ending.lost) bytes of output are missing") == true)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a file system takes root"))
    func `a disk that is full from the start gets its header later`() throws {
        let disk = try #require(try SmallDisk())
        let messages = Messages()
        // The folders are made while there is room.
        let first = FullDiskTests.recorder(disk.folder.path, messages)
        first.begin(.sample())
        first.finish(Ending(.exit, status: 0))
        try disk.fill()
        let recorder = FullDiskTests.recorder(disk.folder.path, messages)
        recorder.begin(.sample())
        let path = try #require(recorder.path)
        #expect(!recorder.waitUntilHeaderIsDurable())
        recorder.record("lost\n")
        try disk.free()
        recorder.record("kept\n", from: .standardError)
        recorder.finish(Ending(.exit, status: 0))
        let transcript = try Transcript.open(path)
        #expect(transcript.state == .ended)
        #expect(try transcript.recoveredBytes(of: .standardError) == Array("kept\n".utf8))
        #expect(transcript.ending?.lost == 5)
        #expect(try transcript.hashIsRight)
    }

    @Test func `a file that may not grow keeps whole lines, and the run goes on`() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.path as String] in
            // Without this the signal would end the process.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            getrlimit(fileSizeLimit, &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 5000
            try #require(setrlimit(fileSizeLimit, &limit) == 0)
            let messages = Messages()
            let recorder = FullDiskTests.recorder(path, messages)
            recorder.begin(.sample())
            for _ in 0..<1000 { recorder.record([0x63, 0xe9, 0x0a], from: .standardError) }
            let file = try #require(recorder.path)
            try #require(Data(contentsOf: URL(filePath: file)).last == 0x0a)
            try #require(!recorder.isRecording)
            limit.rlim_cur = before
            try #require(setrlimit(fileSizeLimit, &limit) == 0)
            recorder.record("the end\n")
            recorder.finish(Ending(.exit, status: 0))
            try #require(messages.all.count == 2)
            try #require(messages.all[0].contains("file too large"))
        }
        let transcript = try Transcript.open(try #require(folder.transcripts.first))
        let errors = try transcript.recoveredBytes(of: .standardError)
        #expect(try transcript.recoveredBytes(of: .standardOutput) == Array("the end\n".utf8))
        #expect(errors.count + (transcript.ending?.lost ?? 0) == 3000)
        #expect(try transcript.lostInGaps(because: "file too large") == transcript.ending?.lost)
        #expect(try transcript.hashIsRight)
        // No exact bytes may stand without their text.
        let codes = try transcript.events().map(\.code)
        #expect(codes.count { $0 == .bytes } == errors.count / 3)
        #expect(zip(codes, codes.dropFirst()).allSatisfy { $0 != .bytes || $1 == .output })
    }
}

#if canImport(Glibc)
    private let fileSizeLimit = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
    private let fileSizeLimit = RLIMIT_FSIZE
#endif

extension Transcript {
    /// The bytes that the gaps of one reason add up to.
    func lostInGaps(because reason: String) throws -> Int {
        try events().filter { $0.code == .gap }.reduce(0) { sum, event in
            let json = event.data.withUnsafeBytes { JSONValue($0) }
            return json?["reason"]?.string == reason ? sum + (json?["bytes"]?.integer ?? 0) : sum
        }
    }

    /// Whether the last line carries the hash of all the bytes before it.
    var hashIsRight: Bool {
        get throws {
            let lines = try Data(contentsOf: URL(filePath: path)).dropLast()
            let start = (lines.lastIndex(of: 0x0a) ?? 0) + 1
            let text = String(decoding: lines[start...], as: UTF8.self)
            return text.contains(#"\"sha256\":\"\#(sha256(of: lines[..<start]))\""#)
        }
    }
}
