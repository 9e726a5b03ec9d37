import Foundation
import TestServer
import Testing
import Transcripts

/// What a release shows: to a person, to a CI system, to a program.
@Suite struct ReleaseViewTests {
    private static let steps = [
        "release:", "  - {run: 'echo one; echo ::error::fake; echo two >&2', name: first}",
        "  - {run: 'printf unfinished; exit 3', name: second, retry: 1}",
        "  - {run: echo never, name: third}",
    ]

    private static func withPlace(_ body: (Workplace) throws -> Void) throws {
        try withSSHD { sshd in try body(try Workplace(release: sshd, steps)) }
    }

    @Test func `programs get one object a line`() throws {
        try Self.withPlace { place in
            let result = try place.run(["release", "shop", "--json"])
            #expect(result.status == .exited(3))
            #expect(result.errorOutput.isEmpty)
            let events = try result.output.split(separator: "\n").map { line in
                try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            let names = events.compactMap { $0["event"] as? String }
            #expect(
                names.filter { $0 != "output" } == [
                    "began", "step", "done", "step", "retry", "step", "failed", "ended",
                ])
            func output(_ stream: String) -> String {
                events.filter { $0["stream"] as? String == stream }
                    .compactMap { $0["text"] as? String }.joined()
            }
            #expect(output("stdout") == "one\n::error::fake\nunfinishedunfinished")
            #expect(output("stderr") == "two\n")
            let end = try #require(events.last)
            #expect(end["status"] as? Int == 3)
            #expect(end["name"] as? String == "second")
            #expect(end["not_run"] as? [String] == ["third"])
            #expect(end["transcript"] as? String == (try place.transcript().path))
        }
    }

    @Test func `GitHub gets groups, and takes no commands from the output`() throws {
        try Self.withPlace { place in
            let result = try place.run(
                ["release", "shop"], environment: ["GITHUB_ACTIONS": "true"])
            #expect(result.status == .exited(3))
            let lines = result.output.split(separator: "\n").map(String.init)
            let start = try #require(lines.firstIndex(of: "::group::1/3 first"))
            #expect(lines[start + 1].hasPrefix("::stop-commands::ccrun-"))
            let token = lines[start + 1].dropFirst("::stop-commands::".count)
            let fake = try #require(lines.firstIndex(of: "::error::fake"))
            let resumed = try #require(lines.firstIndex(of: "::\(token)::"))
            #expect(start < fake && fake < resumed)
            #expect(lines[resumed + 1] == "::endgroup::")
            #expect(lines.filter { $0 == "::endgroup::" }.count == 3)
            let error = try #require(lines.last)
            #expect(
                error.hasPrefix("::error title=ccrun release::release of shop/default stopped at"))
        }
    }

    @Test func `GitLab gets sections`() throws {
        try Self.withPlace { place in
            let result = try place.run(["release", "shop"], environment: ["GITLAB_CI": "true"])
            #expect(result.status == .exited(3))
            let starts = result.output.matches(
                of: /\u{1b}\[0Ksection_start:[0-9]+:([a-z0-9A-Z_-]+)\r\u{1b}\[0K([^\n]+)\n/)
            #expect(starts.map { String($0.2) } == ["1/3 first", "2/3 second", "2/3 second"])
            for start in starts {
                let ends = try Regex("\u{1b}\\[0Ksection_end:[0-9]+:\(start.1)\r\u{1b}\\[0K\n")
                #expect(result.output.matches(of: ends).count == 1)
            }
        }
    }

    @Test func `a person sees a line a step, and the output of the one that fails`() throws {
        try Self.withPlace { place in
            let session = try place.terminal(["release", "shop"], columns: 200)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(3))
            let output = session.output
            #expect(output.contains("\u{1b}[32m✓\u{1b}[0m 1/3 first"))
            #expect(!output.contains("fake\r\n"))
            #expect(output.contains("\u{1b}[31m✗\u{1b}[0m step 2/3 second exited with status 3"))
            #expect(output.contains("\r\nunfinished\r\n"))
            #expect(output.contains("not run: third\r\n"))
        }
    }

    @Test func `without colour there is none, and -v shows all of the output`() throws {
        try Self.withPlace { place in
            let plain = try place.terminal(["release", "shop"], environment: ["NO_COLOR": "1"])
            defer { plain.close() }
            #expect(try plain.waitForExit() == .exited(3))
            #expect(plain.output.contains("✓ 1/3 first"))
            #expect(!plain.output.contains("\u{1b}[3"))
            let verbose = try place.terminal(["release", "-v", "shop"])
            defer { verbose.close() }
            #expect(try verbose.waitForExit() == .exited(3))
            #expect(verbose.output.contains("one\r\n::error::fake\r\n"))
        }
    }

    // MARK: - Hostile output

    /// A step that would take over the terminal, and fails.
    private static let hostile = """
        printf '\\033[?1049h\\033]0;OWNED\\007\\033[?25l\\033[31mred\\n\\033]0;never ended'; exit 3
        """

    private static func withHostile(_ body: (Workplace) throws -> Void) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release:", "  - {run: sh hostile, name: hostile}"])
            try sshd.folder.write(hostile, to: "home/hostile")
            try body(place)
        }
    }

    @Test func `of a step that fails, only lines and colours are shown`() throws {
        try Self.withHostile { place in
            let session = try place.terminal(["release", "shop"], columns: 200)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(3))
            let output = session.output
            #expect(output.contains("\u{1b}[31mred\r\n\u{1b}[0m"), "\(output.debugDescription)")
            for part in ["\u{1b}[?", "\u{1b}]", "OWNED"] {
                #expect(!output.contains(part), "\(output.debugDescription)")
            }
        }
    }

    @Test func `-v passes all of it on, and restores the terminal behind the step`() throws {
        try Self.withHostile { place in
            let session = try place.terminal(["release", "-v", "shop"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(3))
            let output = session.output
            let change = try #require(output.range(of: "\u{1b}[?1049h\u{1b}]0;OWNED\u{7}"))
            let rest = output[change.upperBound...]
            let undone = try #require(rest.range(of: "\u{1b}[?1049l\u{1b}[?25h\u{1b}[0m"))
            #expect(rest[undone.upperBound...].contains("exited with status 3"))
        }
    }
}
