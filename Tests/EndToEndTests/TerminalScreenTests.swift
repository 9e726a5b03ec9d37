import Foundation
import TestServer
import Testing

/// One program on two screens of tmux, once through ccrun and once through `ssh -tt`.
@Suite(.enabled(if: Tool.find("tmux") != nil, "tmux is not here"))
struct TerminalScreenTests {
    enum Step: Sendable {
        /// Keys are typed, by the names of tmux(1).
        case keys([String])
        case resize(columns: Int, rows: Int)
        /// Both screens show this text, and are the same.
        case same(showing: String)
    }

    @Test func `python draws the same`() throws {
        try compare(
            "python3 -q",
            [
                .same(showing: ">>>"),
                .keys(["for i in range(3): print('line', i)", "Enter", "Enter"]),
                .same(showing: "line 2"), .keys(["import os, shutil", "Enter"]),
                .resize(columns: 100, rows: 30),
                .keys(["list(shutil.get_terminal_size())", "Enter"]), .same(showing: "[100, 30]"),
                .keys(["x = '\(String(repeating: "ä€ ", count: 40))", "BSpace", "BSpace", "C-a"]),
                .same(showing: "€"), .keys(["C-e", "'", "Enter", "len(x)", "Enter"]),
                .same(showing: "\n11"), .keys(["1/0", "Enter"]),
                .same(showing: "ZeroDivisionError"),
            ])
    }

    @Test func `less draws the same`() throws {
        try compare(
            "seq -f 'line %05g' 1 900 | LESS= less",
            [
                .same(showing: "line 00001"), .keys(["Space"]), .same(showing: "line 00046"),
                .resize(columns: 60, rows: 40), .same(showing: "line 00055"),
                .keys(["/00444", "Enter"]), .same(showing: "line 00444"), .keys(["G"]),
                .same(showing: "line 00900"), .resize(columns: 120, rows: 15),
                .keys(["g", "-", "N", "Enter"]), .same(showing: "1 line 00001"),
            ])
    }

    @Test func `vim draws the same`() throws {
        try compare(
            "v=$(command -v vim.tiny || command -v vim); exec $v -u NONE -i NONE -n -N --cmd 'set shm+=I'"
                + " -c 'set ruler showmode encoding=utf-8'",
            [
                .same(showing: "0,0-1"),
                .keys(["i", "Hello, wörld ☕", "Enter", "second", "Escape"]),
                .same(showing: "second"),
                .keys([":split", "Enter", "g", "g", "20", "o", "x", "Escape"]),
                .same(showing: "21,1"), .resize(columns: 110, rows: 36), .same(showing: "Hello"),
                .keys(["C-w", "j", ":set number", "Enter", "/sec", "Enter"]),
                .same(showing: "second"),
                .resize(columns: 50, rows: 12), .keys(["C-l", "g", "g"]), .same(showing: "Hello"),
            ])
    }

    @Test func `top draws the same`() throws {
        try compare(
            "sleep 1000 & top -d 600 -p $!; kill $!",
            [
                .same(showing: "sleep"), .resize(columns: 100, rows: 12), .keys(["Space"]),
                .same(showing: "COMMAND"), .keys(["c"]), .same(showing: "sleep"),
                .resize(columns: 70, rows: 30), .keys(["1", "m", "Space"]),
                .same(showing: "sleep"),
                .keys(["h"]), .same(showing: "Help for Interactive Commands"),
            ],
            masking: maskedNumbers)
    }

    // MARK: - Private

    private func compare(
        _ command: String, _ steps: [Step], masking: (String) -> String = { $0 }
    ) throws {
        try withServer { host in
            let work = try Workplace(host)
            let ssh = [try Tool.path("ssh")] + (try host.sshArguments(options: ["-tt", "-q"]))
            let screens = [
                try tmux([CCRun.binary, "-t", "shop", command], work),
                try tmux(ssh + [command], work),
            ]
            defer { screens.forEach { $0.close() } }
            for step in steps {
                switch step {
                case .keys(let keys): for screen in screens { try screen.type(keys) }
                case .resize(let columns, let rows):
                    for screen in screens { try screen.resize(columns: columns, rows: rows) }
                case .same(let text): try expectSame(screens, showing: text, masking)
                }
            }
        }
    }

    private func tmux(_ command: [String], _ work: Workplace) throws -> Tmux {
        try Tmux(command, environment: work.environment, workingFolder: work.folder.path)
    }

    /// Waits until the screens are the same: each may still be in the middle of drawing.
    private func expectSame(
        _ screens: [Tmux], showing text: String, _ masking: (String) -> String
    ) throws {
        var seen: [String] = []
        do {
            try eventually("the same screen", every: .milliseconds(50)) {
                seen = try screens.map { screen in
                    try screen.screen.map(masking).joined(separator: "\n") + "\n" + screen.place
                }
                return seen[0] == seen[1] && seen[0].contains(text)
            }
        } catch let error as TestServerError where error.code == .deadline {
            Issue.record(
                "\"\(text)\" is awaited; through ccrun:\n\(seen[0])\nthrough ssh:\n\(seen[1])")
            throw error
        }
    }

    /// A line of top without what changes from one moment to the next, widths included.
    private func maskedNumbers(_ line: String) -> String {
        if line.hasPrefix("top - ") { return "top" }
        return String(line.map { $0.isNumber || ".,:+ ".contains($0) ? "#" : $0 })
            .split(separator: "#").joined(separator: " ")
    }
}
