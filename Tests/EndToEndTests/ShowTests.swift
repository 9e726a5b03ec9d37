import Foundation
import TestServer
import Testing

/// `ccrun show`: what a run has printed.
@Suite struct ShowTests {
    @Test func `a line of 15 MB in the narrowest window fits into the memory`() throws {
        let place = try RecordedPlace()
        let text = String(repeating: "x", count: 15 << 20)
        try place.record(
            [(1, "o", "\(text)\r\nend\r\n")] + ended(at: 2, status: 0), columns: 1, rows: 1)
        let result = try ChildProcess.run(
            CCRun.binary, ["show", "last"], environment: place.environment,
            output: .discarded, workingFolder: place.folder.path, measuresMemory: true)
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        // The line is there in JSON and as text; its rows took 349 MB more when all were kept.
        let peak = try #require(result.peakMemory)
        #expect(peak < 160 << 20, "\(peak >> 20) MiB")
    }

    private static let release: [(seconds: Double, code: String, data: String)] =
        [
            (0.5, "m", "backup"), (1, "o", "\r[#  ] 33%"), (2, "o", "\r[###] 100%\r\n"),
            (2.5, "m", "migrate"), (3, "o", "\u{1b}[1mApplying\u{1b}[0m auth "),
            (3.5, "o", "\u{1b}[32mOK\u{1b}[0m\r\n"), (4, "s", "2"), (4, "o", "warning: slow\r\n"),
        ] + ended(at: 4.5, status: 3)

    @Test func `in a pipe there is the text and nothing else`() throws {
        let place = try RecordedPlace()
        try place.record(Self.release, pseudoTerminal: false)
        let result = try place.run(["show", "last"])
        #expect(result.output == "[###] 100%\nApplying auth OK\nwarning: slow\n")
        #expect(result.errorOutput.isEmpty)
        #expect(result.status == .exited(0))
    }

    @Test(arguments: [
        (
            ["--color", "always"],
            "[###] 100%\n\u{1b}[0;1mApplying\u{1b}[0m auth \u{1b}[0;32mOK\u{1b}[0m\nwarning: slow\n"
        ),
        (
            ["--timestamps"],
            "  0:02.0  [###] 100%\n  0:03.5  Applying auth OK\n  0:04.0  warning: slow\n"
        ),
        (["--streams"], "    │ [###] 100%\n    │ Applying auth OK\nerr │ warning: slow\n"),
        (["--step", "2"], "Applying auth OK\nwarning: slow\n"),
        (["--step", "backup"], "[###] 100%\n"),
    ])
    func `options add what they are asked for`(options: [String], shown: String) throws {
        let place = try RecordedPlace()
        try place.record(Self.release, pseudoTerminal: false)
        #expect(try place.run(["show"] + options + ["last"]).output == shown)
    }

    @Test func `the raw bytes go to the streams they came from`() throws {
        let place = try RecordedPlace()
        try place.record(
            [(1, "b", "Y2Fm6Qo="), (1, "o", "caf\u{fffd}\r\n"), (2, "s", "2"), (2, "o", "e\r\n")],
            pseudoTerminal: false)
        let result = try place.run(["show", "--raw", "last"])
        #expect(result.standardOutput == Array("caf".utf8) + [0xe9, 0x0a])
        #expect(result.errorOutput == "e\n")
    }

    @Test func `raw bytes are kept from terminals`() throws {
        let place = try RecordedPlace()
        try place.record(Self.release)
        let session = try place.terminal(["show", "--raw", "last"])
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(125))
        #expect(session.output.contains("cannot show raw bytes on a terminal"))
    }

    @Test func `a terminal gets colours, who and how it ended, and no sequence of others`() throws {
        let place = try RecordedPlace()
        try place.record(
            [(1, "o", "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[31mred\u{1b}[0m\u{1b}[6n\u{1b}[?1000h\r\n")]
                + ended(at: 2, status: 3))
        let session = try place.terminal(["show", "last"])
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(0))
        let output = session.output
        #expect(output.contains("\u{1b}[0;31mred\u{1b}[0m\r\n"))
        #expect(output.contains("shop/default: manage.py migrate"))
        #expect(output.contains("ana@laptop on deploy@web1.example.com"))
        #expect(output.contains("exit status 3 after 2.0s"))
        #expect(output.matches(of: /\u{1b}(\[[0-9;]*m)?/).allSatisfy { $0.output.1 != nil })
    }

    @Test func `NO_COLOR is obeyed`() throws {
        let place = try RecordedPlace(environment: ["NO_COLOR": "1"])
        try place.record(Self.release)
        let session = try place.terminal(["show", "last"])
        defer { session.close() }
        _ = try session.waitForExit()
        #expect(!session.output.contains("\u{1b}"))
    }

    @Test(arguments: [("CCRUN_PAGER", 40, true), ("PAGER", 40, true), ("PAGER", 10, false)])
    func `what is longer than the screen goes through the pager`(
        variable: String, count: Int, isPaged: Bool
    ) throws {
        let place = try RecordedPlace(environment: [variable: "sed s/^/paged:/"])
        let lines = (1...count).map { "line \($0)\r\n" }.joined()
        try place.record([(1, "o", lines)] + ended(at: 1, status: 0))
        let session = try place.terminal(["show", "last"])
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(0))
        #expect(session.output.contains("paged:line \(count)\r\n") == isPaged)
        #expect(session.output.contains("line \(count)\r\n"))
    }

    @Test func `less shows the beginning, moves, and leaves the terminal as it was`() throws {
        let place = try RecordedPlace()
        let lines = (1...100).map { "line \($0)\r\n" }.joined()
        try place.record([(1, "o", lines)] + ended(at: 1, status: 0))
        let session = try place.terminal(["show", "last"])
        defer { session.close() }
        try session.waitFor("line 10")
        #expect(!session.output.contains("line 90"))
        try session.write("G")
        try session.waitFor("line 100")
        try session.write("q")
        #expect(try session.waitForExit() == .exited(0))
    }

    @Test func `a pager that is left early is no error`() throws {
        let place = try RecordedPlace(environment: ["PAGER": "head -1"])
        let lines = (1...100_000).map { "line \($0)\r\n" }.joined()
        try place.record([(1, "o", lines)])
        let session = try place.terminal(["show", "last"])
        defer { session.close() }
        #expect(try session.waitForExit() == .exited(0))
        #expect(!session.output.contains("error"))
    }

    @Test func `an unknown step is told with those there are`() throws {
        let place = try RecordedPlace()
        try place.record(Self.release)
        let result = try place.run(["show", "--step", "nix", "last"])
        #expect(result.status == .exited(125))
        #expect(
            result.errorOutput == """
                ccrun: error: cannot find step "nix": the run has none like that
                ccrun: hint: its steps are 1 backup, 2 migrate

                """)
    }
}
