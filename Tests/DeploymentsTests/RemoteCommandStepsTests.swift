import Testing

@testable import Deployments

/// What happens on the other side around the command: directory, `before`, `through`, login shell.
struct RemoteCommandStepsTests {
    typealias Shell = RemoteSide.Shell

    @Test(arguments: Shell.posix)
    func `the directory is entered and before runs ahead of the command`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.makeFolder("home/it's a \\ folder!")
        try side.scratch.write("home/it's a \\ folder!/rc", "FROM_RC=yes\n")
        var deployment = Deployment.sample()
        for directory in [
            "~/it's a \\ folder!", "it's a \\ folder!", "\(side.home)/it's a \\ folder!",
        ] {
            deployment.directory = directory
            deployment.before = ". ./rc; test -n \"$FROM_RC\""
            let program = try side.run(
                try deployment.command(.shell("echo \"$FROM_RC\"; pwd")))
            #expect(program.text == "yes\n\(side.home)/it's a \\ folder!\n")
            #expect(program.errorText == "")
        }
    }

    @Test(arguments: Shell.posix)
    func `a directory that cannot be entered ends the run with 125`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        var deployment = Deployment.sample()
        for (directory, shown) in [
            ("/nowhere/at/all", "/nowhere/at/all"), ("/no where\\n", "\"/no where\\n\""),
            ("-", "-"),
        ] {
            deployment.directory = directory
            let program = try side.run(try deployment.command(.shell("echo ran")))
            #expect(program.text == "")
            #expect(
                program.errorText
                    == "ccrun: error: cannot enter the directory \(shown) on the server\n")
            #expect(program.status == 125)
        }
    }

    @Test(
        arguments: [
            ("true", 0), ("false", 1), ("(exit 9)", 9), ("true; (exit 9)", 9),
            ("(exit 9); true", 0),
            ("false && true", 1), ("false || true", 0), ("true # comment", 0), ("(exit 9) # x", 9),
            ("true;", 0), ("true &", 0), ("cat <<E\nx\nE", 0), ("cat <<E\nx\nE\n(exit 9)", 9),
            ("nosuchprogram", 127), ("exit 3", 3),
        ])
    func `before ends the run where it is not successful`(before: String, status: Int32) throws {
        for sh in RemoteSide.Shell.posix.prefix(2) {
            let side = try RemoteSide(sh: sh)
            var deployment = Deployment.sample()
            deployment.before = before
            let program = try side.run(try deployment.command(.shell("echo ran")))
            #expect(program.text.hasSuffix("ran\n") == (status == 0))
            #expect(program.status == status)
        }
    }

    @Test(
        arguments: [
            #"sh -c '"$@"' x"#, "env -i PATH=/bin:/usr/bin", "env {tty} A=1", "env A=1 {tty}",
        ])
    func `through leads everything to the far side`(through: String) throws {
        for login in Shell.login {
            let side = try RemoteSide(login: login)
            try side.scratch.write("home/env", "FROM_FILE=\"it's\"\n")
            var deployment = Deployment.sample()
            deployment.through = through
            deployment.directory = side.home
            deployment.envFile = "env"
            deployment.before = "echo before"
            let value = "a'b\n\"$x\\"
            let variables = [EnvironmentVariable(name: "X", value: value)]
            let command = try deployment.command(
                .words(["printf", "%s|", "\u{e9} 'x'", "y\\"]), environment: variables)
            #expect(try side.run(command).text == "before\n\u{e9} 'x'|y\\|")
            let shown = try deployment.command(
                .shell("printf '%s|' \"$X\" \"$FROM_FILE\"; cat"), environment: variables)
            #expect(try side.run(shown, input: "in").text == "before\n\(value)|it's|in")
        }
    }

    @Test(arguments: Shell.posix)
    func `a command too long for exec comes with the preamble`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        var deployment = Deployment.sample()
        deployment.through = "env A=1"
        let word = String(repeating: "it's\n", count: 8000)
        let command = try deployment.command(.words(["/usr/bin/printf", "%s\\0", word]))
        #expect(command.execLine.utf8.count < 4000)
        #expect(try side.run(command).items == [word])
        let environment = try deployment.command(
            .shell(": '\(String(repeating: "x", count: 40_000))'; env -0"))
        #expect(try side.run(environment).environment.keys.allSatisfy { !$0.hasPrefix("_c") })
    }

    @Test func `a login shell is the user's own, or sh`() throws {
        let side = try RemoteSide(login: RemoteSide.Shell(name: "bash"))
        let command = try Deployment.sample().command(.loginShell)
        let program = try side.run(command, input: "echo $0 $BASH_VERSION; shopt -q login_shell\n")
        #expect(program.text.hasPrefix("/usr/bin/bash 5") || program.text.hasPrefix("/bin/bash 5"))
        #expect(program.status == 0)
        var deployment = Deployment.sample()
        deployment.through = "env -i PATH=/bin:/usr/bin"
        let far = try side.run(try deployment.command(.loginShell), input: "echo $0\n")
        #expect(far.text == "/bin/sh\n")
    }
}
