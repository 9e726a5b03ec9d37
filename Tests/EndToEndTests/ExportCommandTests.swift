import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun export`: a run in forms that others can read.
@Suite struct ExportCommandTests {
    private static let events: [(seconds: Double, code: String, data: String)] =
        [
            (0.5, "m", "first"), (1, "o", "one\r\n"), (2, "m", "second"),
            (2.5, "o", "<b>two</b> \u{1b}[32mgreen\u{1b}[0m\r\n"),
        ] + ended(at: 3, status: 3)

    @Test func `a file is for the user alone, whole, and replaces none`() throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        let path = place.folder.file("run.html")
        #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let again = try place.run(["export", "-o", path, "last"])
        #expect(again.status == .exited(125))
        #expect(
            again.errorOutput.contains("there is such a file\nccrun: hint: --force replaces it"))
        #expect(try place.run(["export", "--force", "-o", path, "last"]).status == .exited(0))
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(names.filter { $0.contains("html") } == ["run.html"])
    }

    @Test func `what is no file is not replaced, and - is stdout`() throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        let path = place.folder.file("pipe.txt")
        let made = try ChildProcess.run(
            try Tool.path("mkfifo"), [path], environment: place.environment)
        #expect(made.status == .exited(0))
        let result = try place.run(["export", "--force", "-o", path, "last"])
        #expect(result.status == .exited(125))
        #expect(
            result.errorOutput.contains("cannot replace \"\(path)\": it is no regular file"),
            "\(result.errorOutput)")
        let type = try FileManager.default.attributesOfItem(atPath: path)[.type]
        #expect(type as? FileAttributeType != .typeRegular)
        let printed = try place.run(["export", "--format", "txt", "-o", "-", "last"])
        #expect(printed.output == "one\n<b>two</b> green\n")
        #expect(!place.folder.exists("-"))
        #expect(try place.run(["export", "-o", "-", "last"]).status == .exited(125))
    }

    @Test func `the format is known by the name, or has to be said`() throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        for name in ["a.cast", "a.cast3", "a.txt", "a.svg", "a.json", "a.htm"] {
            let result = try place.run(["export", "-o", place.folder.file(name), "last"])
            #expect(result.status == .exited(0), "\(name): \(result.errorOutput)")
        }
        #expect(try place.folder.read("a.txt") == Array("one\n<b>two</b> green\n".utf8))
        #expect(try place.run(["export", "last"]).status == .exited(125))
        #expect(try place.run(["export", "-o", "a.doc", "last"]).status == .exited(125))
    }

    /// Debian's asciinema, and 2.4, which it does not have; scripts/ci installs that there.
    private static let players = [
        Tool.find("asciinema"),
        ProcessInfo.processInfo.environment["CCRUN_ASCIINEMA_24"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build-test/asciinema-2.4/bin/asciinema")
            .path,
    ].compactMap(\.self).filter { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(
        .enabled(
            if: players.count == 2, "Debian's asciinema, and 2.4 as CCRUN_ASCIINEMA_24, are needed"),
        arguments: players)
    func `asciinema plays the cast without a word of its own`(asciinema: String) throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        let path = place.folder.file("run.cast")
        #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        let shown = place.folder.file("shown")
        let session = try TerminalSession(
            executable: "/bin/sh",
            arguments: ["-c", "exec \(asciinema) cat \"$0\" >\"$1\"", path, shown],
            environment: place.environment)
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(0))
        #expect(session.output.isEmpty)
        #expect(
            try String(decoding: place.folder.read("shown"), as: UTF8.self)
                == "one\r\n<b>two</b> \u{1b}[32mgreen\u{1b}[0m\r\n")
    }

    /// What a page has become in a real browser.
    private static func dom(
        of path: String, in place: RecordedPlace, hash: String = ""
    ) throws -> String {
        let result = try ChildProcess.run(
            try Tool.path("chromium"),
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                "--user-data-dir=\(place.folder.file("chromium"))", "file://\(path)\(hash)",
            ], environment: place.environment, workingFolder: place.folder.path,
            deadline: .seconds(900))
        return result.output
    }

    @Test func `in a browser the player shows the screen at any moment`() throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        let path = place.folder.file("run.html")
        #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        let end = try Self.dom(of: path, in: place)
        #expect(end.contains("<html lang=\"en\" class=\"js\">"))
        #expect(end.contains("<span class=\"f2\">green</span></div>"))
        #expect(end.contains("0:03.0 / 0:03.0"))
        let early = try Self.dom(of: path, in: place, hash: "#t=1.5")
        let screen = try #require(
            early.firstMatch(of: /<div id="screen".*?<\/section>/.dotMatchesNewlines()))
        #expect(screen.output.contains("<span class=\"\">one</span>"))
        #expect(!screen.output.contains("green"))
        #expect(early.contains("0:01.5 / 0:03.0"))
    }

    @Test func `without scripts the page is there all the same`() throws {
        let place = try RecordedPlace()
        try place.record(Self.events)
        let path = place.folder.file("run.html")
        #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        // With another hash in its policy the browser runs no script, which is a test of that as well.
        let text = String(decoding: try place.folder.read("run.html"), as: UTF8.self)
        let refusing = text.replacing(/script-src 'sha256-[^']+'/, with: "script-src 'none'")
        try place.folder.write(refusing, to: "run.html")
        let page = try Self.dom(of: path, in: place)
        #expect(page.contains("<html lang=\"en\">"))
        #expect(page.contains("&lt;b&gt;two&lt;/b&gt; <span class=\"f2\">green</span>"))
        #expect(page.contains("exit status 3"))
    }

    @Test func `a hostile transcript runs nothing in a browser`() throws {
        let text =
            "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
        let place = try RecordedPlace()
        try place.record(
            [
                (0.5, "m", text), (1, "o", "\(text)\r\n"),
                (2, "g", "{\"bytes\":1,\"reason\":\"\(text.replacing("\"", with: "\\\""))\"}"),
            ]
                + ended(at: 3, status: 0), command: text)
        let path = place.folder.file("run.html")
        #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        let page = try Self.dom(of: path, in: place)
        #expect(page.contains("class=\"js\""))
        #expect(!page.contains("<title>owned"))
        #expect(!page.contains("<img"))
        #expect(page.matches(of: /<script/).count == 2)
    }
}
