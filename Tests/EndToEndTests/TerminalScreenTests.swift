import Foundation
import TestServer
import Testing

/// What a server has anyway, on two screens, once through ccrun and once through `ssh -tt`.
@Suite(.enabled(if: Tool.find("tmux") != nil, "tmux is not here"))
struct TerminalScreenTests {
    @Test func `python draws the same`() throws {
        try compare(
            "python3 -q",
            [
                .same(showing: ">>>"),
                .keys(["for i in range(3): print('line', i)", "Enter", "Enter"]),
                .same(showing: "line 2"), .keys(["import os, shutil", "Enter"]),
                .resize(columns: 100, rows: 30),
                // What is typed may be there before the size is.
                .keys(["while shutil.get_terminal_size() != (100, 30): pass", "Enter", "Enter"]),
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
        _ command: String, _ steps: [TwinScreens.Step], masking: ((String) -> String)? = nil
    ) throws {
        try withServer { try TwinScreens.compare(command, on: $0, steps, masking: masking) }
    }

    /// A line of top without what changes from one moment to the next, widths included.
    private func maskedNumbers(_ line: String) -> String {
        if line.hasPrefix("top - ") { return "top" }
        return String(line.map { $0.isNumber || ".,:+ ".contains($0) ? "#" : $0 })
            .split(separator: "#").joined(separator: " ")
    }
}
