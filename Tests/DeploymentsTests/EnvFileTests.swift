import Foundation
import Testing

@testable import Deployments

/// The file that sh reads on the remote side.
struct EnvFileTests {
    @Test(arguments: RemoteSide.Shell.posix)
    func `a file is read as the table has it`(sh: RemoteSide.Shell) throws {
        let readings = try EnvFileScene(sh: sh).readings(of: DotEnvCases.all.map(\.0))
        for (row, reading) in zip(DotEnvCases.all, readings) {
            #expect(reading == row.1.changes, "\(row.0.debugDescription)")
        }
    }

    /// What is read here is compared with python-dotenv in turn.
    @Test(arguments: RemoteSide.Shell.posix)
    func `made-up files are read as they are here`(sh: RemoteSide.Shell) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the dotenv files for \(sh.name): \(seed)")
        var samples = DotEnvSamples(seed: seed)
        let texts = (0..<150).map { _ in samples.file() }
        let readings = try EnvFileScene(sh: sh).readings(of: texts)
        for (text, reading) in zip(texts, readings) {
            let expected = DotEnvTests.reading(text).changes
            #expect(reading == expected, "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test(arguments: RemoteSide.Shell.posix)
    func `the file is looked for in the directory, and the preamble wins`(
        sh: RemoteSide.Shell
    ) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.write("home/shop/my env", "A=file\nB=\"it's\n${A}\"\nD=file\n")
        var deployment = Deployment.sample()
        deployment.directory = "~/shop"
        deployment.envFile = "my env"
        let preamble = [EnvironmentVariable(name: "D", value: "preamble")]
        let program = try side.run(try deployment.command(.shell("env -0"), environment: preamble))
        #expect(program.status == 0)
        #expect(program.errorText == "")
        #expect(program.environment["A"] == "file")
        #expect(program.environment["B"] == "it's\nfile")
        #expect(program.environment["D"] == "preamble")
        let names = try side.run(try deployment.command(.shell("set"), environment: preamble)).text
            .split(separator: "\n")
        #expect(names.filter { $0.hasPrefix("_c") } == [])
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

    @Test(arguments: RemoteSide.Shell.posix, ["B C=secret", "1A=secret", "B='secret\n", "=secret"])
    func `a line that is no variable ends the run and is not shown`(
        sh: RemoteSide.Shell, line: String
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

    /// bash says of some variables that they are read-only; as `sh` it would end over that.
    @Test func `a variable that sh does not let go ends the run and says which`() throws {
        let side = try RemoteSide(sh: RemoteSide.Shell(name: "bash"))
        try side.scratch.write("home/env", "A=1\nUID=secret\n")
        var deployment = Deployment.sample()
        deployment.envFile = "env"
        let program = try side.run(try deployment.command(.shell("echo ran")))
        #expect(program.text == "")
        #expect(
            program.errorText
                == "ccrun: error: sh on the server cannot set UID of env_file \"env\"\n")
        #expect(program.status == 125)
    }

    @Test func `the script fits into an exec line, through another command as well`() throws {
        var deployment = Deployment.sample()
        deployment.envFile = "/srv/shop/.env"
        deployment.through = "docker exec -i {tty} web"
        let line = try deployment.command(.shell("true"), pseudoTerminal: true).execLine
        #expect(line.utf8.count < 10_000)
    }
}
