import Crypto
import Foundation
import Testing

@testable import Transcripts

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ExportTests {
    /// A transcript with steps, both streams, a gap and an ending; `text` is put wherever text goes.
    private static func transcript(
        _ text: String, in folder: TemporaryFolder
    ) throws -> Transcript {
        var header = TranscriptHeader.sample()
        header.command = text
        header.title = text
        (header.app, header.dep, header.targetHost) = (text, text, text)
        (header.actorUser, header.actorHost, header.redacted) = (text, text, [text])
        header.hostKeyFingerprint = text
        let recorder = Recorder(
            stateFolder: folder.path, clock: .now + .seconds(100_000), limits: RecorderLimits()
        ) { _ in }
        recorder.begin(header)
        recorder.record("before\n")
        recorder.mark(text)
        recorder.record("\(text)\n")
        recorder.record("\u{1b}[31mred\u{1b}[0m\n", from: .standardError)
        recorder.record([0xff, 0x0a])
        var ending = Ending(.exit, status: 3, reason: text)
        ending.steps = [.init(name: text, host: text, status: 3, milliseconds: 1500)]
        recorder.finish(ending)
        return try Transcript.open(try #require(recorder.path))
    }

    private static func text(_ write: ((([UInt8]) throws -> Void) throws -> Void)) throws -> String
    {
        var all: [UInt8] = []
        try write { all += $0 }
        return String(decoding: all, as: UTF8.self)
    }

    /// What somebody could have a program print to become part of a page.
    private static let hostile =
        #"</script><script>alert(1)</script><img src=x onerror="alert(2)">' onload='x' -->]]>&lt; {"#
        + "\u{202e}\u{7}\u{1b}]0;x\u{7}\u{2028}é漢"

    @Test func `a page holds what others wrote as text and nothing else`() throws {
        let folder = try TemporaryFolder()
        let transcript = try Self.transcript(Self.hostile, in: folder)
        let page = try Self.text(HTMLExport(transcript).write)
        let tags = page.matches(of: /<\/?([a-zA-Z]+)/).map { $0.output.1.lowercased() }
        #expect(tags.filter { $0 == "script" }.count == 4)
        #expect(!tags.contains("img"))
        #expect(!page.contains("alert(1)</"))
        #expect(!page.contains("onerror=\""))
        #expect(!page.contains("\u{202e}") && !page.contains("\u{1b}") && !page.contains("\u{7}"))
        #expect(page.contains("&lt;img src=x onerror=&quot;alert(2)&quot;&gt;"))
        let picture = try SVGExport(transcript).svg()
        #expect(!picture.contains("<script") && !picture.contains("<img"))
        let parser = XMLParser(data: Data(picture.utf8))
        #expect(parser.parse(), "\(picture)")
    }

    @Test func `the policy of a page allows its own style and script only`() throws {
        let folder = try TemporaryFolder()
        let page = try Self.text(HTMLExport(Self.transcript("migrate", in: folder)).write)
        let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]+)"/))
            .output.1
        for (tag, source) in [("style", "style-src"), ("script", "script-src")] {
            let content = try #require(
                page.firstMatch(
                    of: try Regex("<\(tag)>([^\u{0}]*?)</\(tag)>", as: (Substring, Substring).self))
            )
            .output.1
            let hash = Data(SHA256.hash(data: Data(content.utf8))).base64EncodedString()
            #expect(policy.contains("\(source) 'sha256-\(hash)';"))
        }
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(!policy.contains("unsafe"))
        #expect(page.matches(of: /(src|href)="([^"]*)"/).allSatisfy { $0.output.2.hasPrefix("#") })
        #expect(!page.contains("style=\""))
    }

    @Test func `a page tells it all without its script`() throws {
        let folder = try TemporaryFolder()
        let page = try Self.text(HTMLExport(Self.transcript("migrate", in: folder)).write)
        for part in [
            "migrate", "exit status 3: migrate", "2026-11-22 08:00:00 UTC",
            "class=\"badge failed\"",
            "<h2 id=\"step-1\">1 migrate</h2>", "<h2>Output</h2>", "<span class=\"f1\">red</span>",
            "class=\"l err\"", "<td class=\"n no\">3</td>", "1.5s", "<html lang=\"en\">",
        ] { #expect(page.contains(part), "\(part)") }
    }

    @Test func `the json is one object with the lines in it`() throws {
        let folder = try TemporaryFolder()
        let text = try Self.text(JSONExport(Self.transcript(Self.hostile, in: folder)).write)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let lines = try #require(object["lines"] as? [[String: Any]])
        #expect(lines.compactMap { $0["text"] as? String }.first == "before")
        #expect(
            lines.compactMap { $0["stream"] as? String } == [
                "stdout", "stdout", "stderr", "stdout",
            ])
        #expect(lines.map { $0["step"] as? Int } == [nil, 1, 1, 1])
        let ending = try #require(object["ending"] as? [String: Any])
        #expect(ending["status"] as? Int == 3)
        #expect(object["state"] as? String == "failed")
    }

    @Test func `no control of a hostile transcript is raw in the json`() throws {
        let folder = try TemporaryFolder()
        let hostile = "a\u{9b}31mb\u{7f}c\u{202e}d\u{2066}e\u{85}é→\u{a0}"
        let text = try Self.text(JSONExport(Self.transcript(hostile, in: folder)).write)
        for scalar in text.unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control, "\(scalar.value)")
            #expect(scalar.properties.generalCategory != .format, "\(scalar.value)")
        }
        #expect(text.contains(#"a\u009b31mb\u007fc\u202ed\u2066e\u0085é→"#))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["command"] as? String == hostile)
    }

    @Test func `a cast keeps what players know`() throws {
        let folder = try TemporaryFolder()
        let transcript = try Self.transcript("migrate", in: folder)
        let lines = try Self.text(CastExport(transcript, .v2).write).split(separator: "\n")
        #expect(
            lines.map(String.init) == [
                #"{"version":2,"width":120,"height":40,"timestamp":1795334400,"title":"migrate","command":"migrate","env":{"TERM":"xterm-256color"}}"#,
                #"[0.000000,"o","before\r\n"]"#, #"[0.000000,"m","migrate"]"#,
                #"[0.000000,"o","migrate\r\n"]"#, #"[0.000000,"o","\u001b[31mred\u001b[0m\r\n"]"#,
                "[0.000000,\"o\",\"\u{fffd}\\r\\n\"]",
            ])
    }

    @Test func `a cast of version 3 has intervals and the status`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/v3.cast"
        let events = [
            #"[0.5, "o", "a"]"#, #"[2.25, "r", "80x24"]"#,
            #"[2.25, "g", "{\"bytes\":7,\"reason\":\"disk\"}"]"#,
            #"[3.0, "x", "3"]"#, #"[3.0, "z", "{\"end\":\"exit\",\"status\":3}"]"#,
        ]
        let text = ([TranscriptHeader.sample().line] + events).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        let lines = try Self.text(CastExport(Transcript.open(path), .v3).write).split(
            separator: "\n")
        #expect(
            lines.dropFirst().map(String.init) == [
                #"[0.500000,"o","a"]"#, #"[1.750000,"r","80x24"]"#,
                #"[0.000000,"m","[7 bytes are missing here: disk]"]"#, #"[0.750000,"x","3"]"#,
            ])
        #expect(
            lines.first?.hasPrefix(
                #"{"version":3,"term":{"cols":120,"rows":40,"type":"xterm-256color"}"#) == true)
    }

    @Test func `of very many lines a page leaves out those in the middle`() throws {
        var lines = PageLines([])
        let count = 2 * HTMLExport.mostLines + 10
        var text = ""
        for number in 1...count {
            for piece in lines.add(RenderedLine(text: "line \(number)", time: .zero))
            where number < 3 || number == HTMLExport.mostLines { text += piece }
        }
        let tail = lines.finish()
        #expect(text.contains("<span>line \(HTMLExport.mostLines)</span>"))
        #expect(tail.first?.contains("[10 lines are left out here]") == true)
        #expect(tail.dropFirst().first?.contains("line \(HTMLExport.mostLines + 11)<") == true)
        #expect(tail.contains { $0.contains("id=\"L\(count)\"") && $0.contains("line \(count)<") })
    }

    @Test(arguments: [
        ("2/4 migrate", "migrate", "migrate", nil),
        ("2/4 migrate on web1", "migrate on web1", "migrate", "web1"),
        (
            "1/1 dump all on disk on web1:22", "dump all on disk on web1:22", "dump all on disk",
            "web1:22"
        ),
        ("migrate", "migrate", "migrate", nil), ("a/b c", "a/b c", "a/b c", nil),
        ("1/2", "1/2", "1/2", nil), ("on web1", "on web1", "on web1", nil), ("", "", "", nil),
    ])
    func `a release's marker tells the step and its host`(
        label: String, title: String, name: String, host: String?
    ) {
        let step = TranscriptStep(label: label, time: .zero)
        #expect((step.title, step.name) == (title, name))
        #expect(step.host == host)
    }

    @Test func `of a step on several hosts each is found`() throws {
        let recording = try Recording()
        for label in ["1/2 check", "2/2 warm on web1", "2/2 warm on web2"] {
            recording.recorder.mark(label)
        }
        let transcript = try Transcript.open(recording.path)
        for (text, places) in [
            ("check", [0]), ("1/2 check", [0]), ("warm", [1, 2]), ("warm on web2", [2]),
            ("2/2 warm on web1", [1]),
        ] { #expect(try transcript.steps(named: text) == Set(places), "\(text)") }
    }

    @Test(arguments: [("1", [0]), ("2", [1]), ("b", [1, 2]), ("a", [0])])
    func `steps have numbers and names`(text: String, places: [Int]) throws {
        let recording = try Recording()
        for name in ["a", "b", "b"] { recording.recorder.mark(name) }
        let transcript = try Transcript.open(recording.path)
        #expect(try transcript.steps(named: text) == Set(places))
        #expect(throws: TranscriptError.self) { try transcript.steps(named: "4") }
    }
}
