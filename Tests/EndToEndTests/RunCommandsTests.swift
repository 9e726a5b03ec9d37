import TestServer
import Testing

/// The ways to say what is to be run.
@Suite struct RunCommandsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let output: String
        var status: Int32 = 0
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: [String], _ output: String, _ status: Int32 = 0) {
            self.arguments = arguments
            self.output = output
            self.status = status
        }
    }

    static let strings = [
        Case(["shop", "X=5; echo $X && echo \"$X$X\" | tr 5 6"], "5\n66\n"),
        Case(["shop", "false || echo 'a  b' # and a comment"], "a  b\n"),
        Case(["shop", "cat <<END\none\n$((1+1))\nEND"], "one\n2\n"),
        Case(["shop", "(exit 3); echo $?; exit 4"], "3\n", 4),
        Case(["shop", "printf '%s\\n' 'it'\\''s' \"\\$HOME\" `echo back`"], "it's\n$HOME\nback\n"),
        Case(["shop", "echo é日🚀"], "é日🚀\n"),
        Case(["shop", "echo $DEP_NAME ${#CCRUN_RUN_ID} $0 $#"], "shop/default 26 sh 0\n"),
        Case(["shop", "echo ${_cl-a} ${_cv-b} ${_ccrun_command-c}"], "a b c\n"),
        Case(["shop", ": \(String(repeating: "x", count: 60_000)); echo long"], "long\n"),
        Case(["shop/default", "run", "echo a && echo b"], "a\nb\n"),
        Case(["shop", "run", "echo", "a && b"], "a && b\n"),
        Case(["run", "shop/default", "echo a && echo b"], "a\nb\n"),
        Case(["-T", "run", "-q", "shop/default", "-n", "echo a"], "a\n"),
    ]

    @Test(arguments: strings)
    func `one argument is a shell string, with run in front or without`(command: Case) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(command.arguments)
            #expect(result.output == command.output, "\(result.errorOutput)")
            #expect(result.status == .exited(command.status))
        }
    }

    static let tasks = [
        Case(["shop", "greet"], "hello from the task\n"),
        Case(["shop", "greet you"], "hello from the task you\n"),
        Case(["shop", "greet", "it's", "$HOME"], "hello from the task it's $HOME\n"),
        Case(["shop", "greet && echo again"], "hello from the task\nagain\n"),
        Case(["shop", "manage", "migrate", "--plan"], "managing migrate --plan\n"),
        Case(["shop", "manage migrate | tr a-z A-Z"], "MANAGING MIGRATE\n"),
        Case(["shop", "both"], "the task comes first\n"),
        Case(["shop", "echo greet"], "greet\n"),
        Case(["shop", "fails", "ignored"], "", 6),
    ]

    @Test(arguments: tasks)
    func `the first word may be a task or a process type`(command: Case) throws {
        try withServer { server in
            let place = try Workplace(
                server,
                app: [
                    "procfile: Procfile", "tasks:", "  greet: echo hello from the task",
                    "  both: echo the task comes first",
                    "  fails: {run: \"exit 6 #\", description: never works}",
                ])
            try place.folder.write("manage: echo managing\nboth: echo never\n", to: "Procfile")
            let result = try place.run(command.arguments)
            #expect(result.output == command.output, "\(result.errorOutput)")
            #expect(result.status == .exited(command.status))
        }
    }

    @Test func `directory and before come ahead of the command`() throws {
        try withServer { server in
            let place = try Workplace(
                server, app: ["directory: /usr/share", "before: BEFORE=yes; export BEFORE"])
            let shell = try place.run(["shop", "pwd; echo $BEFORE"])
            #expect(shell.output == "/usr/share\nyes\n", "\(shell.errorOutput)")
            let words = try place.run(["shop", "sh", "-c", "pwd; echo $BEFORE"])
            #expect(words.output == "/usr/share\nyes\n", "\(words.errorOutput)")
        }
    }

    @Test(arguments: [
        (["directory: /no/such/folder"], "/no/such/folder"), (["before: exit 9"], ""),
    ])
    func `a command does not run where what comes ahead of it goes wrong`(
        app: [String], message: String
    ) throws {
        try withServer { server in
            let place = try Workplace(server, app: app)
            let result = try place.run(["shop", "echo ran"])
            #expect(result.output.isEmpty)
            #expect(result.status != .exited(0))
            #expect(result.errorOutput.contains(message))
        }
    }

    /// Says what it was given, and runs it without the `-t` that may come first.
    private static let through =
        "sh -c 'echo \"[$1]\"; [ \"$1\" = sh ] || shift; exec \"$@\"' x {tty}"

    @Test func `a command can go through another, which gets a terminal only where there is one`()
        throws
    {
        try withServer { server in
            let place = try Workplace(
                server,
                app: [
                    "environment: {WHO: \"some one\"}",
                    "through: \(Self.through)",
                ])
            let plain = try place.run(["shop", "echo $WHO; cat"], input: .bytes(Array("in".utf8)))
            #expect(plain.output == "[sh]\nsome one\nin", "\(plain.errorOutput)")
            let terminal = try place.terminal(["shop", "echo \"<$WHO>\"; test -t 0 && echo tty"])
            defer { terminal.close() }
            #expect(try terminal.waitForExit() == .exited(0))
            #expect(terminal.output.contains("[-t]\r\n"))
            #expect(terminal.output.contains("<some one>\r\ntty\r\n"), "\(terminal.output)")
            #expect(!terminal.output.contains("ccrun-ready"))
        }
    }

    @Test func `without a command there is a login shell that reads its input`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["shop"], input: .bytes(Array("echo $DEP_NAME; exit 7\n".utf8)))
            #expect(result.output.contains("shop/default\n"), "\(result.errorOutput)")
            #expect(result.status == .exited(7))
        }
    }
}
