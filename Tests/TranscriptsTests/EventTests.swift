import Foundation
import Testing

@testable import Transcripts

@Suite struct EventTests {
    @Test func `text is written as it appeared, line feeds as a terminal shows them`() throws {
        let recording = try Recording()
        recording.recorder.record("Operations to perform:\n\t\"é漢🦀\"\\\u{1b}[0m\r\n\u{0}\u{7f}")
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "o", "Operations to perform:\r\n\t\"é漢🦀\"\\\u001b[0m\r\r\n\u0000"#
                    + "\u{7f}\"]"
            ])
    }

    @Test func `with a pseudo-terminal line feeds are left alone`() throws {
        let recording = try Recording(pseudoTerminal: true)
        recording.recorder.record("a\r\nb\n")
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(try recording.eventLines == [#"[0.0, "o", "a\r\nb\n"]"#])
    }

    @Test func `a change of stream is announced, the first stream is 1`() throws {
        let recording = try Recording()
        recording.recorder.record("out\n")
        recording.recorder.record("err\n", from: .standardError)
        recording.recorder.record("err\n", from: .standardError)
        recording.recorder.record("out\n")
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "o", "out\r\n"]"#, #"[0.0, "s", "2"]"#, #"[0.0, "o", "err\r\n"]"#,
                #"[0.0, "o", "err\r\n"]"#, #"[0.0, "s", "1"]"#, #"[0.0, "o", "out\r\n"]"#,
            ])
    }

    @Test func `invalid bytes are kept exactly, directly before the repaired text`() throws {
        let recording = try Recording()
        recording.recorder.record([0x63, 0x61, 0x66, 0xe9, 0x0a], from: .standardError)
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "s", "2"]"#, #"[0.0, "b", "Y2Fm6Qo="]"#, #"[0.0, "o", "caf\ufffd\r\n"]"#,
            ])
    }

    @Test func `a code point that arrives in pieces is written as one`() throws {
        let recording = try Recording()
        for byte in "é🦀".utf8 { recording.recorder.record([byte]) }
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(try recording.eventLines == [#"[0.0, "o", "é"]"#, #"[0.0, "o", "🦀"]"#])
    }

    @Test func `each stream waits for its own code point`() throws {
        let recording = try Recording()
        recording.recorder.record([0xc3])
        recording.recorder.record([0xe2, 0x82], from: .standardError)
        recording.recorder.record([0xa9])
        recording.recorder.record([0xac], from: .standardError)
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "o", "é"]"#, #"[0.0, "s", "2"]"#, #"[0.0, "o", "€"]"#,
            ])
    }

    @Test func `an unfinished code point at the end is not lost`() throws {
        let recording = try Recording()
        recording.recorder.record([0x61, 0xf0, 0x9f, 0xa6])
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "o", "a"]"#, #"[0.0, "b", "8J+m"]"#, #"[0.0, "o", "\ufffd"]"#,
            ])
    }

    @Test func `input, window size and markers have events of their own`() throws {
        let recording = try Recording(inputRecorded: true)
        recording.recorder.recordInput(UnsafeRawBufferPointer(start: nil, count: 0))
        recording.recorder.typeAndEcho("y\n")
        recording.recorder.resize(columns: 100, rows: 30)
        recording.recorder.mark("step \"migrate\"")
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(
            try recording.eventLines == [
                #"[0.0, "i", "y\n"]"#, #"[0.0, "o", "y\r\n"]"#, #"[0.0, "r", "100x30"]"#,
                #"[0.0, "m", "step \"migrate\""]"#,
            ])
    }

    @Test(arguments: [
        (0, "0.0"), (1, "0.000001"), (844_000, "0.844"), (1_020_000, "1.02"), (1_000_000, "1.0"),
        (999_999, "0.999999"), (100_000, "0.1"), (86_400_123_456, "86400.123456"),
    ])
    func `times are seconds with at most six decimals`(microseconds: Int64, text: String) {
        var encoder = EventEncoder(onlcr: false)
        encoder.event(.marker, "", at: microseconds)
        let line = encoder.batch.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(line == "[\(text), \"m\", \"\"]\n")
        let read = Array(line.utf8).dropLast().withUnsafeBytes { Event.parse($0) }
        let event = Event(time: .microseconds(microseconds), code: .marker, data: [])
        #expect(read == .event(event))
    }

    @Test func `times never fall`() {
        var encoder = EventEncoder(onlcr: false)
        for time: Int64 in [2_000_000, 1_000_000, -5, 3_000_000] {
            encoder.event(.marker, "", at: time)
        }
        let text = encoder.batch.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(
            text.split(separator: "\n").map { $0.prefix(4) } == ["[2.0", "[2.0", "[2.0", "[3.0"])
    }

    @Test(arguments: [
        "", "#", "[]", "[1]", #"[1, "o"]"#, #"["1", "o", "x"]"#, #"[-1, "o", "x"]"#,
        #"[1, "o", "x""#, #"[1, "o", "x"] y"#, #"[1, "o", 3]"#, #"[1, "o", "\ud800"]"#,
        #"[1, "o", "\x"]"#, #"[1, "o", "\u12"]"#, #"[1, "o", "\"]"#, #"[1e99, "o", "x"]"#,
        #"[nan, "o", "x"]"#, "[1, \"o\", \"\u{1}\"]",
    ])
    func `a malformed line is told from an event`(line: String) {
        #expect(Array(line.utf8).withUnsafeBytes { Event.parse($0) } == .malformed)
    }

    @Test func `an unknown code is no error`() {
        for line in [#"[1, "q", "x"]"#, #"[1, "oo", "x"]"#, #" [ 1.5e0 , "" , "x" ] "#] {
            #expect(Array(line.utf8).withUnsafeBytes { Event.parse($0) } == .unknown)
        }
    }

    @Test func `an invalid byte makes a line malformed`() {
        let line = Array(#"[1, "o", ""#.utf8) + [0xe9] + Array(#""]"#.utf8)
        #expect(line.withUnsafeBytes { Event.parse($0) } == .malformed)
    }
}

@Suite struct EndingTests {
    @Test func `piped input is counted and hashed, in whatever pieces it came`() {
        var digest = InputDigest()
        for piece in ["a", "", "bc"] {
            Array(piece.utf8).withUnsafeBytes { digest.add($0) }
        }
        #expect(digest.byteCount == 3)
        #expect(digest.sha256 == sha256(of: Data("abc".utf8)))
    }

    @Test func `the path is known while the run is recorded and after it`() throws {
        let recording = try Recording()
        recording.recorder.finish(Ending(.exit, status: 0))
        #expect(recording.recorder.path == recording.path)
        #expect(!recording.recorder.isRecording)
        recording.recorder.record("too late")
        recording.recorder.finish(Ending(.timeout))
        #expect(try Transcript.open(recording.path).ending?.end == .exit)
    }

    @Test func `the last two lines say how it ended`() throws {
        let recording = try Recording()
        recording.recorder.record("1234567")
        recording.recorder.record("123", from: .standardError)
        recording.recorder.noteInput(byteCount: 12, sha256: "abc")
        recording.recorder.finish(Ending(.exit, status: 3))
        let lines = try recording.lines.suffix(2)
        let whole = try Data(contentsOf: URL(filePath: recording.path))
        let ending = try #require(whole.range(of: Data(#"[0.0, "z""#.utf8)))
        let hash = sha256(of: whole[..<ending.lowerBound])
        #expect(lines.first == #"[0.0, "x", "3"]"#)
        let expected = [
            #"[0.0, "z", "{\"end\":\"exit\",\"status\":3,\"signal\":null,"#,
            #"\"bytes\":{\"1\":7,\"2\":3},\"lost\":0,"#,
            #"\"stdin\":{\"bytes\":12,\"sha256\":\"abc\"},"#,
            #"\"sha256\":\"\#(hash)\",\"prev\":null}"]"#,
        ]
        #expect(lines.last == expected.joined())
        #expect(recording.warnings == [])
    }

    @Test(arguments: [
        (Ending(.exit, status: 0), 0), (Ending(.exit, status: 255), 255), (Ending(.exit), 255),
        (Ending(.signal, signal: "TERM"), 143), (Ending(.signal, signal: "KILL"), 137),
        (Ending(.signal, signal: "odd@example.com"), 255),
        (Ending(.disconnect, reason: "connection \"lost\"\n"), 255), (Ending(.timeout), 124),
        (Ending(.cancelled), 130), (Ending(.cancelled, signal: "HUP"), 129),
        (Ending(.recorderError), 255), (Ending(.cancelled, shellStatus: 7), 7),
    ])
    func `every end is written and read back`(ending: Ending, shellStatus: Int) throws {
        let recording = try Recording()
        recording.recorder.record("abc")
        recording.recorder.finish(ending)
        var expected = ending
        expected.received = [.standardOutput: 3, .standardError: 0]
        let transcript = try Transcript.open(recording.path)
        #expect(transcript.ending == expected)
        #expect(transcript.ending?.shellStatus == shellStatus)
        #expect(transcript.state == .ended)
    }
}
