import Foundation
import TestServer
import Testing

/// What is wrong before a command runs: one clear error, a hint, the right status, a quiet stdout.
@Suite struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let error: String
        let hint: String
        var testDescription: String { arguments.joined(separator: " ") }

        /// ccrun itself refuses; nothing was connected to.
        static func misuse(_ arguments: [String], _ error: String, hint: String) -> Case {
            Case(arguments: arguments, status: 125, error: error, hint: hint)
        }
    }

    static let misuses: [Case] = [
        .misuse(["nope/x", "true"], "\"nope/x\"", hint: "ccrun targets"),
        .misuse(["shpo", "true"], "\"shpo/default\"", hint: "did you mean \"shop/default\"?"),
        .misuse(["shop/stagin", "true"], "\"shop/stagin\"", hint: "mean \"shop/staging\"?"),
        .misuse(
            ["Shop", "true"], "\"Shop\"",
            hint: "did you mean \"shop/default\"?"),
        .misuse(
            ["shop/", "true"], "\"shop/\"",
            hint: "did you mean"),
        .misuse(
            ["a/b/c", "true"], "\"a/b/c\"",
            hint: "shop/staging"),
        .misuse(
            ["shop\n", "true"], "\"shop",
            hint: "did you mean"),
        .misuse(
            ["", "true"], "\"\"",
            hint: "shop/staging"),
        .misuse(
            ["--no-such-option", "shop", "true"], "no-such-option",
            hint: "ccrun help run"),
        .misuse(
            ["-Z", "shop", "true"], "-Z",
            hint: "ccrun help run"),
        .misuse(
            ["-t", "-T", "shop", "true"], "-t and -T exclude each other",
            hint: "ccrun help run"),
        .misuse(
            ["-q", "-v", "shop", "true"], "-q and -v exclude each other",
            hint: "ccrun help run"),
        .misuse(
            ["-p", "0", "shop", "true"], "a port is a number from 1 to 65535",
            hint: "ccrun help run"),
        .misuse(
            ["-p", "70000", "shop", "true"], "70000",
            hint: "ccrun help run"),
        .misuse(
            ["-p", "http", "shop", "true"], "http",
            hint: "ccrun help run"),
        .misuse(
            ["--timeout", "90", "shop", "true"],
            "cannot use \"90\" as a duration: a duration is a whole number and a unit",
            hint: "write it like 90s, 15m or 2h"),
        .misuse(["--timeout", "0s", "shop", "true"], "\"0s\"", hint: "write it like"),
        .misuse(["--connect-timeout", "soon", "shop", "true"], "\"soon\"", hint: "write it like"),
        .misuse(
            ["-e", "1A=b", "shop", "true"], "\"1A\"",
            hint: "ccrun help run"),
        .misuse(["-e", "NOT_SET_HERE", "shop", "true"], "\"NOT_SET_HERE\"", hint: "set it"),
        .misuse(
            ["-e", "CCRUN", "shop", "true"], "\"CCRUN\"",
            hint: "set it"),
        .misuse(
            ["--env-file", "none.env", "shop", "true"], "\"none.env\"",
            hint: "ccrun help run"),
        .misuse(
            ["--env-file", "bad.env", "shop", "true"], "bad.env:2",
            hint: "ccrun help run"),
        .misuse(["--config", "none.yml", "shop", "true"], "none.yml", hint: "--config"),
        .misuse(["--config", "tab.yml", "shop", "true"], "tab.yml:3", hint: "spaces"),
        .misuse(
            ["--config", "twice.yml", "shop", "true"], "twice.yml:2:3: the key \"shop\"",
            hint: "mend the file"),
        .misuse(["--config", "key.yml", "shop", "true"], "key.yml:3", hint: "mean \"host\""),
        .misuse(
            ["--config", "open.yml", "shop", "true"], "open.yml:", hint: "mend the file"),
        .misuse(
            ["--config", "empty.yml", "shop", "true"], "empty.yml:1",
            hint: "an inventory begins"),
        .misuse(
            ["--host", "web:none", "shop", "true"], "web:none",
            hint: "write it like"),
        .misuse(
            ["--record", "sometimes", "shop", "true"], "sometimes",
            hint: "ccrun help run"),
        .misuse(
            ["-i"], "-i",
            hint: "ccrun help run"),
        .misuse(
            ["--timeout"], "timeout",
            hint: "ccrun help run"),
        .misuse(
            ["tasks"], "app/dep",
            hint: "ccrun help tasks"),
        .misuse(["tasks", "shpo"], "\"shpo/default\"", hint: "did you mean"),
        .misuse(
            ["replay", "last"], "nothing was recorded yet",
            hint: "run something first"),
        .misuse(
            ["replay", "!!"], "\"!!\"",
            hint: "ccrun history"),
        .misuse(
            ["history", "--limit", "0"], "--limit",
            hint: "ccrun help history"),
    ]

    @Test(arguments: misuses)
    func `ccrun refuses what makes no sense`(bad: Case) throws {
        try withLyingServer { server in
            let place = try Self.place(server)
            let result = try place.run(bad.arguments)
            Self.expect(result, bad)
            #expect(server.record.count == 0)
            #expect(!place.folder.exists("state"))
        }
    }

    @Test func `no inventory and no host is an error that says what to write`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try FileManager.default.removeItem(atPath: place.folder.file("ccrun.yml"))
            let bad = Case.misuse(["shop", "true"], "there is no ccrun.yml", hint: "--host")
            Self.expect(try place.run(bad.arguments), bad)
        }
    }

    @Test func `a host that no name server knows`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let bad = Case(
                arguments: ["--host", "nonexistent.invalid", "shop", "true"], status: 255,
                error: "cannot find the address of \"nonexistent.invalid\"",
                hint: "check the name")
            Self.expect(try place.run(bad.arguments), bad)
            try place.expectTranscript(.disconnect)
        }
    }

    @Test func `a port that nobody listens on`() throws {
        let nobody = try ReservedPort()
        defer { nobody.release() }
        try withLyingServer { server in
            let place = try Workplace(server, relay: nobody.number)
            let bad = Case(
                arguments: ["shop", "true"], status: 255,
                error: "cannot connect to \"127.0.0.1\" port \(nobody.number): connection refused",
                hint: "the port is right")
            Self.expect(try place.run(bad.arguments), bad)
            try place.expectTranscript(.disconnect)
        }
    }

    @Test func `what answers is no SSH server`() throws {
        try withLyingServer(.garbageBanner) { server in
            let place = try Workplace(server)
            let bad = Case(
                arguments: ["--connect-timeout", "60s", "shop", "true"], status: 255,
                error: "what answers there does not speak SSH", hint: "check that the port")
            Self.expect(try place.run(bad.arguments), bad)
        }
    }

    @Test func `a server with nothing in common is told by its gap`() throws {
        var script = Script.honest()
        script.algorithms.ciphers = ["3des-cbc"]
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let bad = Case(
                arguments: ["shop", "true"], status: 255,
                error: "cannot agree with the SSH server at 127.0.0.1: no cipher in common\n"
                    + "ccrun: Ciphers of the server: 3des-cbc\n",
                hint: "let the server take one of ccrun's: Ciphers in its sshd_config")
            Self.expect(try place.run(bad.arguments), bad)
        }
    }

    @Test func `a server that gives no channel or runs nothing`() throws {
        var noChannel = Script.honest()
        noChannel.channel.refusal = (1, "not\u{07} today")
        var noCommand = Script.honest()
        noCommand.channel.grantsExec = false
        for (script, text) in [(noChannel, "cannot open a channel"), (noCommand, "cannot run")] {
            try withLyingServer(script) { server in
                let place = try Workplace(server)
                let result = try place.run(["shop", "true"])
                #expect(result.status == .exited(255))
                #expect(result.errorOutput.contains(text), "\(result.errorOutput)")
                #expect(!result.standardError.contains(7))
                try place.expectTranscript(.disconnect)
            }
        }
    }

    @Test func `a server that gives no terminal is warned about, and the command runs`() throws {
        var script = Script.honest(output: "done\n")
        script.channel.grantsPTY = false
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            let result = try place.run(["-t", "shop", "true"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "done\n")
            #expect(result.errorOutput.contains("ccrun: warning: the server gave no terminal"))
        }
    }

    @Test(arguments: [
        (["-i", "/tmp"], "tried key /tmp"), (["-i", "garbage"], "garbage"),
        (["-i", "open"], "lets others read it"), (["-i", "nowhere"], "/nowhere\" is not there"),
    ])
    func `a key file that cannot be used is told by its reason`(
        options: [String], error: String
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("no key at all\n", to: "garbage")
            let key = try place.folder.read(".ssh/id_ed25519")
            try place.folder.write(key, to: "open", mode: 0o644)
            let bad = Case(
                arguments: options + ["shop", "true"], status: 255, error: error,
                hint: "or start ssh-agent and add one")
            Self.expect(try place.run(bad.arguments), bad)
        }
    }

    /// A command's words are bytes, and bytes that are no text would not arrive as they are.
    @Test func `an argument that is not UTF-8 is refused, not altered`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let result = try place.shell("exec \"$0\" shop echo \"$(printf 'caf\\351')\"")
            #expect(result.status == .exited(125), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("UTF-8"))
            #expect(server.record.count == 0)
        }
    }

    @Test(arguments: [[], ["--help"], ["-h"], ["help"], ["help", "run"], ["--version"]])
    func `help and version go to stdout`(arguments: [String]) throws {
        try withLyingServer { server in
            let result = try Workplace(server).run(arguments)
            #expect(result.status == .exited(0))
            #expect(!result.output.isEmpty)
            #expect(result.errorOutput.isEmpty)
        }
    }

    // MARK: - Private

    private static func place(_ server: any TestHost) throws -> Workplace {
        let place = try Workplace(server)
        let inventory = try place.folder.read("ccrun.yml")
        let more = Array("      staging:\n        host: 127.0.0.1:1\n".utf8)
        try place.folder.write(inventory + more, to: "ccrun.yml")
        try place.folder.write("apps:\n  shop:\n\thost: web\n", to: "tab.yml")
        try place.folder.write("apps:\n  shop: {}\n  shop: {}\n", to: "twice.yml")
        try place.folder.write("apps:\n  shop:\n    hots: web\n", to: "key.yml")
        try place.folder.write("", to: "empty.yml")
        try place.folder.write("apps: [\n", to: "open.yml")
        try place.folder.write("A=b\nno assignment\n", to: "bad.env")
        return place
    }

    private static func expect(_ result: ChildResult, _ bad: Case) {
        #expect(result.status == .exited(bad.status), "\(result.errorOutput)")
        #expect(result.output.isEmpty)
        let lines = result.errorOutput.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("ccrun: ") }, "\(result.errorOutput)")
        #expect(lines.contains { $0.hasPrefix("ccrun: error: ") }, "\(result.errorOutput)")
        #expect(lines.filter { $0.hasPrefix("ccrun: error: ") }.count == 1)
        #expect(lines.first?.hasSuffix(".") == false, "\(result.errorOutput)")
        #expect(result.errorOutput.contains(bad.error), "\(result.errorOutput)")
        let isThere = lines.contains { $0.hasPrefix("ccrun: hint: ") && $0.contains(bad.hint) }
        #expect(isThere && !bad.hint.isEmpty, "\(result.errorOutput)")
    }
}
