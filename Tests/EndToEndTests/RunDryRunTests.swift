import Foundation
import TestServer
import Testing

/// `--dry-run` tells what a run would send, and what a server then gets is that.
@Suite struct RunDryRunTests {
    static let commands: [[String]] = [
        ["echo it's $HOME"], ["echo one\necho two"], ["printf", "%s", "a b", "", "!"], [],
        ["greet", "you"], ["echo \(String(repeating: "x", count: 40_000))"],
    ]

    @Test(arguments: commands, ["-T", "-t"])
    func `what is printed is what is sent`(command: [String], terminal: String) throws {
        try withLyingServer(.program([.readInput, .exitStatus(0), .eof, .close])) { server in
            let place = try Workplace(
                server,
                app: [
                    "directory: /srv/shop", "before: . venv/bin/activate",
                    "environment: {A: \"it's\\tone\", B: two}", "tasks: {greet: echo hello}",
                ])
            let arguments = [terminal, "-e", "C=drei", "shop"] + command
            let told = try place.run(["--dry-run"] + arguments)
            #expect(told.status == .exited(0), "\(told.errorOutput)")
            #expect(told.errorOutput.isEmpty)
            #expect(server.record.count == 0)
            #expect(!place.folder.exists("state"))

            let done = try place.run(arguments)
            #expect(done.status == .exited(0), "\(done.errorOutput)")
            let exec = try #require(server.record.commands().first)
            let lines = told.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.contains("exec:       \(exec)"))
            let choice = terminal == "-t" ? "yes, TERM=xterm-256color" : "no"
            #expect(lines.contains("terminal:   \(choice)"))

            let title = try #require(lines.firstIndex(of: "ahead of the program's input:"))
            let preamble = lines[(title + 1)...].dropLast().map { $0.dropFirst(4) + "\n" }.joined()
            let sent = String(decoding: server.record.input(), as: UTF8.self)
            #expect(Self.withoutRunID(preamble) == Self.withoutRunID(sent))
        }
    }

    @Test func `it needs no server, and says where it would go`() throws {
        let nobody = try ReservedPort()
        defer { nobody.release() }
        try withLyingServer { server in
            let place = try Workplace(server, relay: nobody.number)
            let result = try place.run(["--dry-run", "-l", "ana", "shop", "true"])
            #expect(result.output.contains("deployment: shop/default\n"))
            #expect(
                result.output.contains("connect to: 127.0.0.1 port \(nobody.number) as ana\n"))
        }
    }

    @Test(arguments: [
        ["--dry-run", "--status-file", "status", "shop", "true"],
        ["release", "--plan", "--status-file", "status", "shop"],
    ])
    func `the status file of the last run stays as it is`(arguments: [String]) throws {
        try withLyingServer { server in
            let place = try Workplace(server, app: ["release: [{run: echo here, name: here}]"])
            try place.folder.write("the last run's", to: "status")
            let result = try place.run(arguments)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(
                String(decoding: try place.folder.read("status"), as: UTF8.self) == "the last run's"
            )
        }
    }

    private static func withoutRunID(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("=CCRUN_RUN_ID=") ? "=CCRUN_RUN_ID=" : line
        }.joined(separator: "\n")
    }
}
