import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun history` and `ccrun replay`.
@Suite struct TranscriptHistoryTests {
    @Test func `history lists the runs, newest first`() throws {
        try withServer { server in
            let place = try Workplace(server)
            for command in ["echo first", "exit 3", "kill -TERM $$"] {
                _ = try place.run(["shop", command])
            }
            _ = try place.run(["-p", "1", "shop", "never ran"])
            let history = try place.run(["history"])
            #expect(history.status == .exited(0))
            #expect(history.errorOutput.isEmpty)
            let ids = try place.transcripts().map { "\($0.header.run)" }
            let lines = history.output.split(separator: "\n").map(String.init)
            let runs = lines.suffix(4)
            #expect(runs.count == 4)
            let told = [
                ("never ran", "255"), ("kill -TERM $$", "143"), ("exit 3", "3"),
                ("echo first", "0"),
            ]
            for (line, (id, (command, status))) in zip(runs, zip(ids, told)) {
                #expect(line.contains(command), "\(history.output)")
                #expect(line.contains(status), "\(history.output)")
                #expect(line.contains("shop/default"))
                let shown = line.split(separator: " ").first.map(String.init) ?? ""
                #expect(!shown.isEmpty && id.hasPrefix(shown), "\(history.output)")
            }
            let two = try place.run(["history", "--limit", "2"])
            #expect(two.output.contains("never ran") && !two.output.contains("exit 3"))
        }
    }

    @Test func `history of nothing says so, and is no error`() throws {
        try withLyingServer { server in
            let result = try Workplace(server).run(["history"])
            #expect(result.status == .exited(0))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput == "ccrun: no run has left a transcript yet\n")
        }
    }

    @Test func `replay shows a run by last, by its id, and by any beginning of it`() throws {
        try withServer { server in
            let place = try Workplace(server)
            for word in ["first", "second"] { _ = try place.run(["shop", "echo \(word)"]) }
            let ids = try place.transcripts().map { "\($0.header.run)" }
            let pairs = [
                ("last", "second"), (ids[0], "second"), (ids[1], "first"),
                (Self.shortest(ids[0], not: ids[1]), "second"),
                (Self.shortest(ids[1], not: ids[0]).lowercased(), "first"),
            ]
            for (name, word) in pairs {
                let result = try place.run(["replay", "--instant", name])
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                #expect(result.output.hasPrefix("\(word)\r\n"), "\(name): \(result.output)")
            }
        }
    }

    @Test func `a name for several runs or none is an error that helps`() throws {
        try withServer { server in
            let place = try Workplace(server)
            for word in ["first", "second"] { _ = try place.run(["shop", "echo \(word)"]) }
            let ids = try place.transcripts().map { "\($0.header.run)" }
            let ambiguous = try place.run(["replay", String(ids[0].prefix(2))])
            #expect(ambiguous.status == .exited(125))
            #expect(ambiguous.output.isEmpty)
            #expect(ambiguous.errorOutput.contains("2 runs begin like that"))
            for id in ids { #expect(ambiguous.errorOutput.contains(id)) }
            let none = try place.run(["replay", "7ZZZ"])
            #expect(none.status == .exited(125))
            #expect(none.errorOutput.contains("no run begins like that"))
            #expect(none.errorOutput.contains("hint: ccrun history"))
        }
    }

    @Test func `replay sends no question to the terminal it is shown on`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let text = #"a\033[31mred\033[0m\033]0;owned\007\033]52;c;aGk=\007\033[6nz\n"#
            let command = "printf '\(text)'"
            _ = try place.run(["shop", command])
            let result = try place.run(["replay", "--instant", "last"])
            #expect(result.output.contains("a\u{1B}[31mred"))
            for sequence in ["\u{1B}]0;", "\u{1B}]52;", "\u{1B}[6n"] {
                #expect(!result.output.contains(sequence))
            }
        }
    }

    @Test func `a reader that has had enough ends history and replay quietly`() throws {
        try withServer { server in
            let place = try Workplace(server)
            _ = try place.run(["shop", "yes | head -n 200000"])
            for command in ["replay --instant last", "history"] {
                let result = try place.shell("\"$0\" \(command) | head -n 1 >/dev/null")
                #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
            }
        }
    }

    /// The shortest beginning of `id` that is none of `other`.
    private static func shortest(_ id: String, not other: String) -> String {
        let common = zip(id, other).prefix { $0 == $1 }.count
        return String(id.prefix(common + 1))
    }
}
