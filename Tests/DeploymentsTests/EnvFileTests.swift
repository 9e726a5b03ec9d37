import Testing

@testable import Deployments

struct EnvFileTests {
    private static let file = """
        # a comment
        PLAIN=value

          INDENTED=yes\u{20}\u{20}
        export EXPORTED=1
        export \t TABBED=2
        DOUBLE="a b"
        SINGLE='c d'
        NESTED="'x'"
        HALF="open
        ONE="
        EMPTY=
        EQUALS=a=b==
        DOLLAR=$(touch ran) `touch ran` $HOME
        BACKSLASH=a\\nb\\
        HASH=a # b
        UNICODE=é日本
        CRLF=value\r
        TWICE=1
        TWICE=2
        PRECEDENCE=file
        LAST=no newline
        """

    @Test(arguments: RemoteSide.Shell.posix)
    func `lines are read and never executed`(sh: RemoteSide.Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.write("home/shop/my env", Self.file)
        var deployment = Deployment.sample()
        deployment.directory = "~/shop"
        deployment.envFile = "my env"
        let command = try deployment.command(
            .shell("test ! -e ran && env -0"),
            environment: [EnvironmentVariable(name: "PRECEDENCE", value: "preamble")])
        let program = try side.run(command)
        #expect(program.status == 0)
        #expect(program.errorText == "")
        let environment = program.environment
        let expected = [
            "INDENTED": "yes", "EXPORTED": "1", "TABBED": "2", "DOUBLE": "a b", "SINGLE": "c d",
            "NESTED": "'x'", "HALF": "\"open", "ONE": "\"", "EMPTY": "", "EQUALS": "a=b==",
            "DOLLAR": "$(touch ran) `touch ran` $HOME", "BACKSLASH": "a\\nb\\", "HASH": "a # b",
            "UNICODE": "é日本", "CRLF": "value", "TWICE": "2", "PRECEDENCE": "preamble",
            "LAST": "no newline",
        ]
        for (name, value) in expected { #expect(environment[name] == value, "\(name)") }
        #expect(environment.keys.allSatisfy { !$0.hasPrefix("_c") })
    }

    @Test(arguments: RemoteSide.Shell.posix)
    func `a file that cannot be read ends the run with 125`(sh: RemoteSide.Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.makeFolder("home/folder")
        var deployment = Deployment.sample()
        for path in ["/no/such/file", "folder", "it's \\ not!"] {
            deployment.envFile = path
            let program = try side.run(try deployment.command(.shell("echo ran")))
            #expect(program.text == "")
            #expect(
                program.errorText
                    == "ccrun: error: cannot read env_file \"\(path)\" on the server\n")
            #expect(program.status == 125)
        }
    }

    @Test(
        arguments: RemoteSide.Shell.posix,
        ["no equals sign", "1A=x", "A-B=x", "A B=x", "=x", "export", "-n=x", "$(touch ran)=x"])
    func `a line that is no variable ends the run and is not shown`(
        sh: RemoteSide.Shell,
        line: String
    ) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.write("home/env", "# first\nA=1\n\(line)\nB=2\n")
        var deployment = Deployment.sample()
        deployment.envFile = "env"
        let program = try side.run(try deployment.command(.shell("echo ran")))
        #expect(program.text == "")
        #expect(
            program.errorText
                == "ccrun: error: line 3 of env_file \"env\" on the server is not KEY=VALUE\n")
        #expect(program.status == 125)
    }
}
