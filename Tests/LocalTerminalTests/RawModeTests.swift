import Glibc
import LocalTerminal
import TestServer
import Testing

@Suite struct RawModeTests {
    @Test func `raw mode passes every key and all output`() throws {
        let pair = try PrivateTerminal()
        try pair.stty(["sane"])
        let raw = try #require(RawMode(pair.terminal))
        raw.enter()
        let words = try pair.stty(["-a"]).split(whereSeparator: { $0 == " " || $0 == "\n" })
        for off in [
            "-isig", "-icanon", "-iexten", "-echo", "-echoe", "-echok", "-echonl", "-istrip",
            "-inlcr", "-igncr", "-icrnl", "-ixon", "-ixany", "-ixoff", "-opost",
        ] {
            #expect(words.contains(Substring(off)))
        }
        let modes = try #require(pair.terminal.modes)
        let (minimum, time) = withUnsafeBytes(of: modes.c_cc) { ($0[Int(VMIN)], $0[Int(VTIME)]) }
        #expect(minimum == 1 && time == 0)
    }

    @Test func `leaving brings back the modes to the last bit`() throws {
        let pair = try PrivateTerminal()
        try pair.stty(["intr", "^X"])
        try pair.stty(["-ixon", "-echoke", "echonl"])
        let before = try pair.stty(["-g"])
        let raw = try #require(RawMode(pair.terminal))
        raw.enter()
        raw.enter()
        #expect(try pair.stty(["-g"]) != before)
        raw.leave()
        #expect(try pair.stty(["-g"]) == before)
        try pair.stty(["-echo"])
        raw.leave()
        #expect(try pair.stty(["-a"]).contains("-echo "), "a second time it changes nothing")
    }

    @Test func `the end of its life leaves raw mode`() throws {
        let pair = try PrivateTerminal()
        let before = try pair.stty(["-g"])
        do {
            let raw = try #require(RawMode(pair.terminal))
            raw.enter()
            #expect(try pair.stty(["-g"]) != before)
        }
        #expect(try pair.stty(["-g"]) == before)
    }

    @Test func `entering again makes raw what somebody else has set meanwhile`() throws {
        let pair = try PrivateTerminal()
        let before = try pair.stty(["-g"])
        let raw = try #require(RawMode(pair.terminal))
        raw.enter()
        let inside = try pair.stty(["-g"])
        try pair.stty(["sane"])
        raw.enter()
        #expect(try pair.stty(["-g"]) == inside)
        raw.leave()
        #expect(try pair.stty(["-g"]) == before)
    }

    @Test func `a mode that was given up is not set any more`() throws {
        let pair = try PrivateTerminal()
        let raw = try #require(RawMode(pair.terminal))
        raw.enter()
        try pair.stty(["sane", "-iutf8"])
        let theirs = try pair.stty(["-g"])
        raw.giveUp()
        raw.leave()
        #expect(try pair.stty(["-g"]) == theirs)
    }

    @Test func `what is no terminal has no raw mode`() throws {
        let file = try #require(fopen("/dev/null", "r"))
        defer { fclose(file) }
        let terminal = Terminal(descriptor: fileno(file))
        #expect(RawMode(terminal) == nil)
        #expect(!terminal.isTerminal)
        #expect(terminal.modes == nil)
        #expect(terminal.size == nil)
    }
}
