import Foundation
import Synchronization
import TestServer
import Testing
import Transcripts

/// kill -9 at any moment: what was recorded 50 ms before it can be read.
@Suite struct TranscriptCrashTests {
    /// The program of Tests/RecordingChild, beside ccrun.
    private static let child: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("recording-child").path
    }()

    /// As the child has it.
    private static func byte(_ place: Int) -> UInt8 {
        pattern[place % pattern.count] ^ (place % 1009 == 0 ? 1 : 0)
    }

    private static let pattern: [UInt8] =
        Array("line of output é漢🦀 \"\\\u{1b}[1m\r\n".utf8) + [0xff, 0xc3]

    /// Starts the child, kills it so long after its first word; what it said of its doings.
    private static func kill(
        after delay: Duration, in folder: ScratchFolder
    ) throws -> [(time: Int, count: Int)] {
        let process = try ChildProcess(child, [folder.path])
        defer { process.stop() }
        try process.waitForOutput("\n")
        usleep(UInt32(delay / .microseconds(1)))
        process.send(signal: SIGKILL)
        let result = try process.waitForExit()
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap { line in
                let numbers = line.split(separator: " ").compactMap { Int($0) }
                return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
            }
    }

    /// What is wrong with what is left: it has to have the bytes that were due, and no others.
    private static func problems(
        of said: [(time: Int, count: Int)], _ folder: ScratchFolder
    ) throws -> [String] {
        guard let last = said.last, let run = TranscriptFiles.runs(in: folder.path).first else {
            return ["there is nothing"]
        }
        let due = said.last { $0.time <= last.time - 50_000_000 }?.count ?? 0
        let transcript = try Transcript.open(StateFolder.path(of: run, in: folder.path))
        let bytes = try transcript.recoveredBytes(of: .standardOutput)
        let events = try transcript.events()
        for _ in events {}
        var problems: [String] = []
        if transcript.state != .interrupted { problems.append("it is \(transcript.state)") }
        // Three bytes may be the beginning of a character, which waits for its end.
        if bytes.count < due - 3 { problems.append("\(bytes.count) bytes of \(due)") }
        if bytes != (0..<bytes.count).map(byte) { problems.append("other bytes") }
        if events.malformedLines > 0 { problems.append("malformed lines") }
        return problems
    }

    @Test func `500 runs that are killed leave what they can`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SplitMix(seed: seed)
        let delays = (0..<500).map { _ in
            Duration.microseconds(Int.random(in: 0...90_000, using: &random))
        }
        let failures = Mutex<[String]>([])
        let withTail = Mutex(0)
        atOnce(6, delays.count) { number in
            do {
                let folder = try ScratchFolder("crash")
                defer { folder.remove() }
                let said = try Self.kill(after: delays[number], in: folder)
                let problems = try Self.problems(of: said, folder)
                failures.withLock { $0 += problems.map { "number \(number): \($0)" } }
                if let first = said.first, let last = said.last,
                    last.time - first.time > 50_000_000
                {
                    withTail.withLock { $0 += 1 }
                }
            } catch {
                failures.withLock { $0.append("number \(number): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [], "seed \(seed)")
        // Some lived long enough for the 50 ms to mean anything.
        #expect(withTail.withLock { $0 } > 20)
    }

    @Test func `ccrun itself, killed while the far side talks`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let seed = UInt64.random(in: 0 ... .max)
            print("seed \(seed)")
            var random = SplitMix(seed: seed)
            let delays = (0..<24).map { _ in UInt32.random(in: 0...300_000, using: &random) }
            let failures = Mutex<[String]>([])
            atOnce(6, delays.count) { number in
                do {
                    let run = try place.start([
                        "shop", "i=0; while :; do i=$((i+1)); echo \"run \(number) line $i\"; done",
                    ])
                    try run.waitForOutput("line 1\n")
                    usleep(delays[number])
                    run.send(signal: SIGKILL)
                    _ = try run.waitForExit()
                } catch {
                    failures.withLock { $0.append("number \(number): \(error)") }
                }
            }
            #expect(failures.withLock { $0 } == [], "seed \(seed)")
            let transcripts = try place.transcripts()
            #expect(transcripts.count == delays.count)
            var numbers: Set<Substring> = []
            for transcript in transcripts {
                #expect(transcript.state == .interrupted)
                let bytes = try transcript.recoveredBytes(of: .standardOutput)
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                guard let number = lines.first?.split(separator: " ")[1] else { continue }
                numbers.insert(number)
                for (place, line) in lines.dropLast().enumerated() {
                    #expect(line == "run \(number) line \(place + 1)", "seed \(seed)")
                }
            }
            #expect(!numbers.isEmpty, "seed \(seed)")
            if let largest = transcripts.max(by: { $0.size < $1.size }) {
                try place.expectPlayable(largest)
            }
            let history = try place.run(["history"]).output
            #expect(history.split(separator: "\n").count { $0.contains("interrupted") } == 24)
            let verify = try place.run(["verify", "--all"])
            #expect(verify.output.contains("runs: 24 interrupted\n"), "\(verify.output)")
        }
    }
}

/// Does so many things, a few at a time: most of their time they wait.
private func atOnce(_ width: Int, _ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = width
    for number in 0..<count { queue.addOperation { body(number) } }
    queue.waitUntilAllOperationsAreFinished()
}

/// Random numbers that come again for the same seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
