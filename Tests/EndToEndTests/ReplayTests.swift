import TestServer
import Testing

/// `ccrun replay` on a terminal: its keys, its window, and what it leaves behind.
@Suite struct ReplayTests {
    private typealias Events = [(seconds: Double, code: String, data: String)]

    /// Something at once, something in a day, and the same again after a marker.
    private static let slow: Events = [
        (0, "o", "begun\r\n"), (86_400, "o", "first\r\n"), (86_400, "o", "second\r\n"),
        (86_401, "m", "migrate"), (86_401, "o", "migrating\r\n"), (172_800, "o", "late\r\n"),
    ]

    private static func withReplay(
        _ events: Events = slow, _ options: [String] = [], _ body: (TerminalSession) throws -> Void
    ) throws {
        let place = try RecordedPlace()
        try place.record(events + ended(at: 200_000, status: 0))
        let session = try place.terminal(["replay"] + options + ["last"])
        defer { session.close() }
        try body(session)
    }

    @Test func `q leaves, whatever there is to wait for`() throws {
        try Self.withReplay { session in
            try session.waitFor("begun")
            try session.write("q")
            #expect(try session.waitForExit() == .exited(0))
        }
    }

    @Test func `an interruption ends it with its own status`() throws {
        try Self.withReplay { session in
            try session.waitFor("begun")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130))
        }
    }

    @Test func `a bracket goes to the next step`() throws {
        try Self.withReplay { session in
            try session.waitFor("begun")
            try session.write("]")
            try session.waitFor("migrating")
            #expect(!session.output.contains("late"))
            try session.write("]")
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.contains("late"))
        }
    }

    @Test func `a full stop shows one output while it is paused`() throws {
        try Self.withReplay { session in
            try session.waitFor("begun")
            try session.write(" .")
            try session.waitFor("first")
            #expect(!session.output.contains("second"))
            try session.write(".")
            try session.waitFor("second")
            try session.write("q")
            #expect(try session.waitForExit() == .exited(0))
        }
    }

    @Test func `the speed can be changed on the way`() throws {
        // Ten minutes at 1024 times the speed are less than a second.
        let events: Events = [(0, "o", "begun\r\n"), (600, "o", "over\r\n")]
        try Self.withReplay(events) { session in
            try session.waitFor("begun")
            try session.write(String(repeating: ">", count: 10))
            try session.waitFor("over")
        }
    }

    @Test func `keys mean nothing where there is no terminal`() throws {
        let place = try RecordedPlace()
        try place.record([(0, "o", "text\r\n")])
        let result = try place.run(["replay", "last"])
        #expect(result.output == "text\r\n")
        #expect(result.status == .exited(0))
    }

    @Test(arguments: [
        (["--step", "migrate"], "migrating\r\nlate\r\n"),
        (["--step", "1"], "migrating\r\nlate\r\n"),
        (["--from-step", "1"], "migrating\r\nlate\r\n"),
        ([], "begun\r\nfirst\r\nsecond\r\nmigrating\r\nlate\r\n"),
    ])
    func `one step can be had, or all from there`(options: [String], shown: String) throws {
        let place = try RecordedPlace()
        try place.record(Self.slow)
        #expect(try place.run(["replay", "--instant"] + options + ["last"]).output == shown)
    }

    @Test func `the terminal is as it was before, modes and all`() throws {
        let place = try RecordedPlace()
        try place.record([(0, "o", "\u{1b}[?25l\u{1b}[?1049hhidden"), (86_400, "o", "x")])
        let session = try TerminalSession(
            executable: "/bin/sh",
            arguments: [
                "-c",
                "before=$(stty -g); $0 replay last; [ \"$before\" = \"$(stty -g)\" ] && echo same",
                CCRun.binary,
            ], environment: place.environment)
        defer { session.close() }
        try session.waitFor("hidden")
        try session.write("q")
        try session.waitFor("same")
        #expect(session.output.contains("\u{1b}[?1049l"))
        #expect(session.output.contains("\u{1b}[?25h"))
    }

    @Test func `a recording that is larger is cut to the window, with a note`() throws {
        let place = try RecordedPlace()
        let wide = "\u{1b}[31m" + String(repeating: "x", count: 100) + "END\u{1b}[0m"
        try place.record(
            [(0, "o", "\(wide)\u{1b}[40;1Hbottom"), (86_400, "o", "never")], columns: 120, rows: 40)
        let tmux = try Tmux(
            [CCRun.binary, "replay", "last"], environment: place.environment,
            workingFolder: place.folder.path)
        defer { tmux.close() }
        var screen: [String] = []
        try eventually("the note") {
            screen = try tmux.screen
            return screen.contains { $0.hasPrefix("recorded at") }
        }
        #expect(screen.contains("bottom"))
        #expect(screen.contains("recorded at 120x40, cut to this window"))
        #expect(screen.allSatisfy { !$0.contains("END") })
        try tmux.resize(columns: 100, rows: 12)
        try eventually("the smaller screen") {
            screen = try tmux.screen
            return screen.count <= 13 && screen.contains("bottom")
        }
        #expect(
            screen.dropLast().last == "recorded at 120x40, cut to this window"
                || screen.last == "recorded at 120x40, cut to this window")
        try tmux.type(["q"])
        try eventually("the end of the program") { try tmux.hasEnded }
    }
}
