import Foundation
import TestServer
import Testing

/// Help, and what is guessed where a word names nothing; nothing is connected to.
@Suite struct HelpTests {
    private static let inventory = """
        apps:
          shop: {deployments: {default: {host: "127.0.0.1:1"}}}

        """

    private static func run(
        _ arguments: [String], inventory: String? = inventory
    ) throws -> ChildResult {
        try withScratchFolder { folder in
            if let inventory { try folder.write(inventory, to: "ccrun.yml") }
            return try ChildProcess.run(
                CCRun.binary, arguments,
                environment: ["HOME": folder.path, "PATH": "/usr/local/bin:/usr/bin:/bin"],
                workingFolder: folder.path)
        }
    }

    @Test func `help is one screen of 80 by 24`() throws {
        try withScratchFolder { folder in
            let session = try TerminalSession(
                executable: CCRun.binary, arguments: ["--help"],
                environment: ["HOME": folder.path, "TERM": "xterm", "LANG": "C.UTF-8"],
                columns: 80, rows: 24, workingFolder: folder.path)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            let lines = session.output.replacing("\r\n", with: "\n").split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 24, "the last one is the prompt's")
            #expect(lines.allSatisfy { $0.count <= 80 })
        }
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], []])
    func `all ways to the help lead to the same`(arguments: [String]) throws {
        let result = try Self.run(arguments)
        #expect(result.status == .exited(0))
        #expect(result.errorOutput.isEmpty)
        #expect(result.output == (try Self.run(["--help"])).output)
    }

    @Test(arguments: [
        (["hsitory"], "did you mean \"ccrun history\"?"),
        (["hsitory", "--limit", "3"], "did you mean \"ccrun history\"?"),
        (["History"], "did you mean \"ccrun history\"?"),
        (["reply", "last"], "did you mean \"ccrun replay\"?"),
        (["help", "targts"], "did you mean \"ccrun help targets\"?"),
        (["help", "bakery"], "\"ccrun --help\" shows how it goes"),
        (["shpo"], "did you mean \"shop/default\"?"),
    ])
    func `a mistyped word is one error and one guess`(arguments: [String], hint: String) throws {
        let result = try Self.run(arguments)
        #expect(result.status == .exited(125))
        #expect(result.output.isEmpty)
        let lines = result.errorOutput.split(separator: "\n")
        #expect(lines.count == 2, "\(result.errorOutput)")
        #expect(lines.last == "ccrun: hint: \(hint)")
    }

    @Test(arguments: [
        "history", "search", "show", "replay", "export", "verify", "scrub", "prune", "lock", "jobs",
        "logs", "attach", "wait", "stop", "targets", "tasks", "release", "completion", "run",
    ])
    func `a misuse of a subcommand leads to its own help`(name: String) throws {
        let result = try Self.run([name, "--no-such-option"])
        #expect(result.status == .exited(125))
        #expect(
            result.errorOutput.hasSuffix("ccrun: hint: \"ccrun help \(name)\" shows how it goes\n"),
            "\(result.errorOutput)")
        let help = try Self.run(["help", name])
        #expect(help.status == .exited(0) && help.output.contains("USAGE:"), "\(help.output)")
    }

    @Test(arguments: [
        ["histry"], ["histri"], ["histry", "ls"], ["hsitory/default"], ["bakery"], ["run", "hist"],
    ])
    func `an app may be called almost like a subcommand`(arguments: [String]) throws {
        let inventory = Self.inventory.replacing("shop", with: "histry")
        let result = try Self.run(arguments, inventory: inventory)
        #expect(result.status != .exited(0))
        #expect(!result.errorOutput.contains("\"ccrun "), "\(result.errorOutput)")
    }

    @Test func `without an inventory a subcommand may have been meant, or not`() throws {
        let result = try Self.run(["hsitory"], inventory: nil)
        #expect(result.status == .exited(125))
        #expect(result.errorOutput.contains("pass --host; or did you mean \"ccrun history\"?\n"))
    }

    // MARK: - What shells ask

    @Test(arguments: [
        [], ["bash"], ["none", "x"], ["zsh", "--help"], ["zsh", "--version"], ["fish", "shop", ""],
        ["zsh", "--config", "none.yml", "x"], ["bash", "'"],
        ["zsh", "--generate-completion-script"],
    ])
    func `completion neither fails nor speaks`(words: [String]) throws {
        for inventory in [Self.inventory, "apps: [", nil] {
            let result = try Self.run(["__complete"] + words, inventory: inventory)
            #expect(result.status == .exited(0))
            #expect(result.errorOutput.isEmpty)
        }
    }
}
