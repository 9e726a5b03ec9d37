import Foundation
import TestServer
import Testing

/// The sessions in docs/ are what ccrun really prints.
@Suite(.disabled(if: serverIsGiven, "the pages are about a server of their own"))
struct DocumentationTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs")

    /// The lines of the blocks that a page has of a kind, the fences left out.
    private static func blocks(_ kind: String, of page: String) throws -> [[String]] {
        let text = try String(
            contentsOf: folder.appendingPathComponent(page), encoding: .utf8)
        var blocks: [[String]] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(kind)" {
                isInside = true
                blocks.append([])
            } else if line.hasPrefix("```") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(String(line))
            }
        }
        return blocks
    }

    /// What differs from run to run becomes a word.
    private static func normalised(_ text: String, port: Int) -> String {
        text.replacing("127.0.0.1:\(port)", with: "web1.example.com")
            .replacing(/[0-9A-HJKMNP-TV-Z]{26}/, with: "RUN")
            .replacing(/[0-9]+\.[0-9]s|[0-9]+m[0-9]{2}s/, with: "TIME")
            .replacing(/by [^ @]+@[^ ]+ since [-0-9]+ [:0-9]+/, with: "by WHO since WHEN")
            .replacing(/[ ]{2,}/, with: "  ")  // the columns of tables
            .replacing("\r\n", with: "\n")
    }

    /// Runs the sessions of a page, and compares.
    private static func check(_ page: String, _ place: Workplace, port: Int) throws {
        let sessions = try blocks("console", of: page)
        #expect(!sessions.isEmpty)
        try place.folder.makeFolder("bin")
        try FileManager.default.createSymbolicLink(
            atPath: place.folder.file("bin/ccrun"), withDestinationPath: CCRun.binary)
        // One shell for the page, so that a variable of one session is there in the next.
        let commands = sessions.flatMap { $0 }.filter { $0.hasPrefix("$ ") }.map { $0.dropFirst(2) }
        let script =
            "exec 2>&1; PATH=\(place.folder.file("bin")):$PATH\n"
            + commands.map { "printf '%s\\n' \(quoted("$ " + $0))\n\($0)\n" }.joined()
        let result = try ChildProcess.run(
            try Tool.path("bash"), ["-c", script], environment: place.environment,
            workingFolder: place.folder.path, deadline: .seconds(900))
        let expected = sessions.map { $0.joined(separator: "\n") + "\n" }.joined()
        #expect(normalised(result.output, port: port) == normalised(expected, port: port))
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    @Test func `one command`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["tasks:", "  hello: echo hello", "  greet: \"printf 'hello, %s\\\\n'\""])
            try Self.check("command.md", place, port: sshd.port)
        }
    }

    @Test(arguments: ["release.md", "ci.md"])
    func `a release`(page: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let inventory = try #require(try Self.blocks("yaml", of: page).first)
                .joined(separator: "\n")
                .replacing("web1.example.com", with: "127.0.0.1:\(sshd.port)")
            try place.folder.write(inventory + "\n", to: "ccrun.yml")
            try Self.check(page, place, port: sshd.port)
        }
    }

    @Test func `a detached job`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            try Self.check("jobs.md", place, port: sshd.port)
        }
    }

    @Test func `a run that is looked at again`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            try Self.check("transcripts.md", place, port: sshd.port)
        }
    }

    @Test func `an interactive shell`() throws {
        let lines = try #require(try Self.blocks("console", of: "shell.md").first)
        try withSSHD(SSHDOptions(environment: ["SHELL": "/bin/dash"])) { sshd in
            // Debian's /etc/profile has a prompt of its own.
            try sshd.folder.write("PS1='web1$ '\n", to: "home/.profile")
            let place = try Workplace(sshd)
            let session = try place.terminal(["shop"])
            defer { session.close() }
            for line in lines where line.hasPrefix("web1$ ") {
                try session.waitFor("web1$ ")
                try session.write(line.dropFirst(6) + "\r")
            }
            #expect(try session.waitForExit() == .exited(3))
            let shown = session.output.replacing("\r\n", with: "\n")
            #expect(shown == lines.dropFirst().joined(separator: "\n") + "\n")
        }
    }
}
