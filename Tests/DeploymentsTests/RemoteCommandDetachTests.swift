import Testing

@testable import Deployments

/// Commands and scripts that go on as jobs, with all that a command gets.
struct RemoteCommandDetachTests {
    typealias Shell = RemoteSide.Shell

    private static let run = "01KAMX6T0Z3Q5M8V9N2C4R7B1D"

    @Test(arguments: Shell.posix)
    func `a detached command has environment and directory and before`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.makeFolder("home/it's here")
        try side.scratch.write("home/it's here/env", "FROM_FILE=yes\n")
        var deployment = Deployment.sample()
        deployment.directory = "it's here"
        deployment.envFile = "env"
        deployment.before = "B=before"
        let value = "a'\n\\"
        let command = try deployment.detaching(
            .shell(
                "printf '%s|' \"$PWD\" \"$B\" \"$X\" \"$FROM_FILE\" \"$DEP_NAME\" "
                    + "\"$CCRUN_RUN_ID\" \"$CCRUN_STEP\";cat;exit 7"),
            environment: [EnvironmentVariable(name: "X", value: value)])
        let output = try side.output(ofJob: Self.run, startedBy: command, status: "exit 7")
        #expect(
            output == "\(side.home)/it's here|before|\(value)|yes|shop/default|\(Self.run)|2|")
    }

    @Test func `without values a detached command costs no preamble`() throws {
        let side = try RemoteSide()
        let command = try Deployment.sample().detaching(.words(["printf", "%s|", "a b", ""]))
        #expect(command.preamble.isEmpty)
        #expect(
            command.execLine.hasPrefix(
                "exec env DEP_NAME=shop/default CCRUN_RUN_ID=\(Self.run) CCRUN_STEP=2 sh -c "))
        #expect(
            try side.output(ofJob: Self.run, startedBy: command, status: "exit 0") == "a b||")
    }

    @Test(arguments: Shell.login)
    func `with through the job is at the far end`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        var deployment = Deployment.sample()
        deployment.through = "env A=1 {tty}"
        let command = try deployment.detaching(
            .shell("echo $A $X"), environment: [EnvironmentVariable(name: "X", value: "it's")])
        #expect(
            try side.output(ofJob: Self.run, startedBy: command, status: "exit 0") == "1 it's\n")
    }

    @Test(arguments: Shell.posix)
    func `a script can be detached`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let text = """
            #!/usr/bin/env python3
            import os, sys
            print(sys.argv[1:], sys.stdin.read(), [n for n in os.environ if n[:2] == "_c"])
            print([n for n in os.listdir(os.environ["HOME"]) if "script" in n])
            """
        let command = try Deployment.sample().detaching(
            .script(LocalScript(name: "x", bytes: Array(text.utf8)), arguments: ["a b", "it's"]))
        let output = try side.output(ofJob: Self.run, startedBy: command, status: "exit 0")
        #expect(output == "['a b', \"it's\"]  []\n[]\n")
        #expect(side.files() == [".ccrun"])
    }

    @Test(arguments: Shell.posix)
    func `a job removes the script's file where that has a name`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let path = try side.interpreter("#!/bin/sh\ncat \"$1\"\nexit 4\n")
        let command = try Deployment.sample().detaching(
            .script(LocalScript(name: "x", bytes: Array("#!\(path)\n".utf8)), arguments: []))
        let output = try side.output(ofJob: Self.run, startedBy: command, status: "exit 4")
        #expect(output == "#!\(path)\n")
        #expect(side.files() == [".ccrun"])
    }

    @Test(arguments: Shell.posix)
    func `a job that cannot start leaves no script behind`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        try side.scratch.write("home/.ccrun", "")
        for line in ["#!/bin/sh", "#!/bin/unknown"] {
            let command = try Deployment.sample().detaching(
                .script(LocalScript(name: "x", bytes: Array(line.utf8)), arguments: []))
            let program = try side.run(command)
            #expect(program.text == "")
            #expect(program.status == 125)
            #expect(side.files() == [".ccrun"])
        }
    }
}

extension Deployment {
    fileprivate func detaching(
        _ request: RemoteCommand.Request, environment: [EnvironmentVariable] = []
    ) throws -> RemoteCommand {
        try RemoteCommand(
            detaching: request, deployment: self, runID: "01KAMX6T0Z3Q5M8V9N2C4R7B1D",
            title: "title", ttl: .seconds(60), environment: environment, step: 2)
    }
}

extension RemoteSide {
    /// Starts a job, and returns what it has written once it has ended as expected.
    fileprivate func output(
        ofJob run: String, startedBy command: RemoteCommand, status: String
    ) throws -> String {
        let start = try self.run(command)
        #expect(start.errorText == "")
        #expect(start.status == 0)
        #expect(RemoteJob.Started(parsing: start.output)?.run == run)
        let wait = "cd ~/.ccrun/jobs/\(run);until [ -f status ];do sleep 0.1;done;cat status out"
        let text = try self.run(ExecLine.carrying(wait), sending: []).text
        #expect(text.hasPrefix(status + "\n"))
        return String(text.dropFirst(status.count + 1))
    }
}
