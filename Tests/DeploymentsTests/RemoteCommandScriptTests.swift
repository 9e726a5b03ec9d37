import Testing

@testable import Deployments

/// Local scripts, run at the far end with every shell there is a reason to expect.
struct RemoteCommandScriptTests {
    typealias Shell = RemoteSide.Shell

    private static let awkwardWords = [
        "", " ", "a b", "'", "\"", "\\", "\\n", "!!", "$HOME", "$(id)", "`id`", "*", "~", "#x",
        "-n",
        "--", "a=b", "a\nb", "\n", "\u{1}\u{1b}\u{7f}", "é", "日本語",
    ]

    /// Prints its operands, its input, and what of ours lies in the home folder.
    private static let show = """
        printf '%s\\0' "$@"
        cat
        ls -A ~|grep ccrun >&2||:
        exit 3
        """

    @Test(arguments: Shell.posix)
    func `operands and input of a script arrive exactly in every sh`(sh: Shell) throws {
        let side = try RemoteSide(login: Shell(name: "bash"), sh: sh)
        let command = try script(Self.show, Self.awkwardWords)
        let program = try side.run(command, input: "\n.\nin put\0")
        #expect(program.items == Self.awkwardWords + ["\n.\nin put"])
        #expect(program.errorText == "")
        #expect(program.status == 3)
        #expect(side.files() == [])
    }

    @Test(arguments: Shell.login)
    func `a script comes through every login shell`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        let command = try script("#!/bin/sh -e\n" + Self.show, Self.awkwardWords)
        let program = try side.run(command, input: "input")
        #expect(program.text == Self.awkwardWords.map { $0 + "\0" }.joined() + "input")
        #expect(program.errorText == "")
        #expect(program.status == 3)
        #expect(side.files() == [])
    }

    /// A script that prints itself and its input; what follows its third line is never read.
    private static func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let start = Array("#!/bin/sh\ncat \"$0\" -\nexit 3\n".utf8)
        return start
            + (start.count..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
    }

    @Test(arguments: Shell.posix, [100, 10 << 10, 100_001, 1 << 20])
    func `every byte of a script arrives and not one more is taken`(sh: Shell, size: Int) throws {
        let side = try RemoteSide(sh: sh)
        let bytes = Self.random(size, seed: 5)
        let program = try side.run(try script(bytes), input: "input\n")
        #expect(program.output == bytes + Array("input\n".utf8), "seed 5")
        #expect(program.status == 3)
    }

    @Test(arguments: Shell.posix.map { ($0, 10 << 10) } + [(.dash, 200), (.dash, 1 << 20)])
    func `every byte of a script arrives through a terminal`(sh: Shell, size: Int) throws {
        let side = try RemoteSide(sh: sh)
        let start = """
            #!/usr/bin/env dash
            cksum <"$0"
            ls -A ~
            [ -t 0 ]&&stty -a|grep -o ' echo '
            exit 3

            """
        let bytes = Array(start.utf8) + Self.random(size - start.utf8.count, seed: 6)
        let file = try side.scratch.write("script", bytes)
        let expected = try CapturedProgram.run(
            "/bin/sh", arguments: ["-c", "cksum <\"$0\"", file],
            environment: ["PATH": "/usr/bin:/bin"], terms: .within(.seconds(60)))
        let program = try side.runOnTerminal(try script(bytes, pseudoTerminal: true))
        let lines = program.text.split(whereSeparator: \.isNewline).map(String.init)
        #expect(lines == [expected.text.trimmingBlanks, " echo "], "seed 6")
        #expect(program.status == 3)
    }

    @Test(arguments: Shell.posix)
    func `a script of one byte is one`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let program = try side.run(try script([10]), input: "input")
        #expect(program.text == "")
        #expect(program.errorText == "")
        #expect(program.status == 0)
    }

    @Test(
        arguments: [
            ("dash", "/usr/bin/env dash", #"echo "$1"; cat"#, "in"),
            ("bash", "/usr/bin/env bash", #"[ "$0" = "${BASH_SOURCE[0]}" ]&&echo "$1";cat"#, "in"),
            ("zsh", "/usr/bin/env zsh", #"[ $ZSH_VERSION ]&&echo $1; cat"#, "in"),
            ("mksh", "/usr/bin/env mksh", #"echo "$1"; cat"#, "in"),
            ("ksh", "/usr/bin/env ksh", #"echo "$1"; cat"#, "in"),
            ("busybox", "/usr/bin/busybox sh", #"echo "$1"; cat"#, "in"),
            ("fish", "/usr/bin/env fish", #"echo $argv[1]; cat"#, "in"),
            ("tcsh", "/usr/bin/env tcsh", #"echo "$argv[1]"; cat"#, "in"),
            (
                "python3", "/usr/bin/env python3",
                #"import sys; print(sys.argv[1]); print(sys.stdin.read())"#, "in\n"
            ),
            ("perl", "/usr/bin/perl -l", #"print $ARGV[0]; print <STDIN>;"#, "in\n"),
            (
                "awk", "/usr/bin/awk -f",
                #"BEGIN { print ARGV[1]; getline x <"-"; print x }"#, "in\n"
            ),
            ("ruby", "/usr/bin/env ruby", #"puts ARGV[0], STDIN.read if $0 == __FILE__"#, "in\n"),
            (
                "node", "/usr/bin/env node",
                #"for (x of [process.argv[2], require("fs").readFileSync(0)]) console.log("" + x)"#,
                "in\n"
            ),
            ("lua", "/usr/bin/env lua", #"print(arg[1]); print(io.read("a"))"#, "in\n"),
            ("php", "/usr/bin/env php", #"<?php echo "$argv[1]\n", fgets(STDIN);"#, "in"),
            ("tclsh", "/usr/bin/env tclsh", #"puts [lindex $argv 0]; puts [read stdin]"#, "in\n"),
            ("expect", "/usr/bin/expect -f", #"puts [lindex $argv 0]; puts [gets stdin]"#, "in\n"),
            ("sh", "/usr/bin/env -S A=1 sh -e", #"[ $A = 1 ]&&echo "$1"; cat; false; echo"#, "in"),
        ])
    func `the interpreter of the first line runs the script`(
        program: String, line: String, text: String, shown: String
    ) throws {
        _ = try RemoteSide.find(Shell(name: program))
        let side = try RemoteSide()
        let result = try side.run(try script("#!\(line)\n\(text)\n", ["a b"]), input: "in")
        #expect(result.text == "a b\n" + shown)
        #expect(result.errorText == "")
        #expect(side.files() == [])
    }

    @Test func `a makefile and a sed script run as well`() throws {
        let side = try RemoteSide()
        let made = try side.run(
            try script("#!/usr/bin/make -f\nall:\n\t@echo $(X); cat\n", ["X=a b"]), input: "in")
        #expect(made.text == "a b\nin")
        let edited = try side.run(try script("#!/bin/sed -f\ns/i/I/\n", ["-"]), input: "in\n")
        #expect(edited.text == "In\n")
    }

    @Test(arguments: Shell.posix)
    func `an interpreter that is not there ends the run with 127`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        for (line, status) in [("#!/no/such/thing", 127), ("#!/usr/bin/env no-such-thing", 127)] {
            let program = try side.run(try script(line + "\necho ran"))
            #expect(program.text == "")
            #expect(program.status == Int32(status))
            #expect(side.files() == [])
        }
    }

    @Test(arguments: Shell.posix)
    func `directory and before and values apply to a script`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.makeFolder("home/here")
        var deployment = Deployment.sample()
        deployment.directory = "here"
        deployment.before = "B=before;export B"
        let value = "a'\n\\"
        let text = "printf '%s|' \"$PWD\" \"$B\" \"$X\" \"$DEP_NAME\" \"$CCRUN_STEP\";env|grep ^_c"
        let command = try RemoteCommand(
            .script(LocalScript(name: "x", bytes: Array(text.utf8)), arguments: []),
            deployment: deployment, runID: "01KAMX6T0Z3Q5M8V9N2C4R7B1D", step: 3,
            environment: [EnvironmentVariable(name: "X", value: value)], pseudoTerminal: false)
        let program = try side.run(command)
        #expect(program.text == "\(side.home)/here|before|\(value)|shop/default|3|")
        deployment.before = "(exit 9)"
        #expect(try side.run(try deployment.script("#!/bin/unknown")).status == 9)
        deployment.directory = "nowhere"
        #expect(try side.run(try deployment.script("#!/bin/unknown")).status == 125)
        #expect(side.files() == ["here"])
    }

    @Test(arguments: Shell.login)
    func `through leads a script to the far side`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        var deployment = Deployment.sample()
        deployment.through = "env A=1 {tty}"
        let command = try deployment.script(
            "echo \"$A $1\"; cat; ls -A ~|grep ccrun", [String(repeating: "it's\n", count: 8000)])
        let program = try side.run(command, input: "in\n")
        #expect(program.text == "1 " + String(repeating: "it's\n", count: 8000) + "\nin\n")
        #expect(side.files() == [])
    }

    private func script(
        _ text: String, _ arguments: [String] = []
    ) throws -> RemoteCommand {
        try Deployment.sample().script(text, arguments)
    }

    private func script(_ bytes: [UInt8], pseudoTerminal: Bool = false) throws -> RemoteCommand {
        try Deployment.sample().command(
            .script(LocalScript(name: "x", bytes: bytes), arguments: []),
            pseudoTerminal: pseudoTerminal)
    }
}

extension Deployment {
    /// Composes a command for a script.
    func script(
        _ text: String, _ arguments: [String] = [], environment: [EnvironmentVariable] = []
    ) throws -> RemoteCommand {
        try command(
            .script(
                LocalScript(name: "bin/it's a script", bytes: Array(text.utf8)),
                arguments: arguments), environment: environment)
    }
}

extension RemoteSide {
    /// The names of what lies in the home folder, but for what login shells leave there.
    func files() -> [String] {
        FileText.names(inFolder: home).filter { ![".cache", ".config", ".local"].contains($0) }
    }
}
