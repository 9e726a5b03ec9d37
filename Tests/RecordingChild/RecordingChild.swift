import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Records a run that talks without end, for a test that kills it: `recording-child FOLDER`.
///
/// After each turn it writes a line to stdout: nanoseconds of a clock, and how many bytes it had
/// recorded by then. Byte n of the output is `byte(n)`, which the test computes too.
@main
enum RecordingChild {
    static func main() {
        let recorder = Recorder(stateFolder: CommandLine.arguments[1], clock: .now) { _ in }
        let header = TranscriptHeader(
            run: RunID(), started: .now, width: 80, height: 24, title: "a/b: talk", command: "talk",
            app: "a", dep: "b", actorUser: "ana", actorHost: "laptop", targetHost: "web1",
            pseudoTerminal: true)
        recorder.begin(header)
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while true {
            // Now and then more than a batch holds.
            let size = Int.random(
                in: 1...[1, 80, 3000, 40_000][min(3, Int.random(in: 0..<40) / 13)])
            let piece = (count..<(count + size)).map(byte)
            piece.withUnsafeBytes { recorder.record($0, from: .standardOutput) }
            count += size
            if Int.random(in: 0..<40) == 0 { recorder.mark("step") }
            // Whatever was recorded 50 ms before this is due in the next line.
            let now = start.duration(to: clock.now) / .nanoseconds(1)
            recorder.flushIfDue()
            let line = Array("\(Int(now)) \(count)\n".utf8)
            guard write(STDOUT_FILENO, line, line.count) == line.count else { return }
            usleep(UInt32.random(in: 0...4000))
        }
    }

    private static let pattern: [UInt8] =
        Array("line of output é漢🦀 \"\\\u{1b}[1m\r\n".utf8) + [0xff, 0xc3]

    /// Text with line ends, characters of several bytes, and bytes that are none.
    private static func byte(_ place: Int) -> UInt8 {
        pattern[place % pattern.count] ^ (place % 1009 == 0 ? 1 : 0)
    }
}
