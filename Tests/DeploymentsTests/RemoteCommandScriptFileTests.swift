import Testing

@testable import Deployments

/// Where a script's file is, for how long, and what takes it away.
struct RemoteCommandScriptFileTests {
    typealias Shell = RemoteSide.Shell

    @Test(arguments: Shell.posix)
    func `no file has a name while the script runs`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        var texts = [
            "#!/usr/bin/env dash\nls -A ~; kill -KILL $$",
            "#!/usr/bin/env python3\nimport os\nos.system('ls -A ~'); os.kill(os.getpid(), 9)",
        ]
        if CapturedProgram.find("node", environment: ["PATH": "/usr/bin:/bin:/usr/local/bin"])
            != nil
        {
            texts.append(
                "#!/usr/bin/env node\n"
                    + "require('child_process').execSync('ls -A ~', {stdio: 'inherit'});"
                    + "process.kill(process.pid, 'SIGKILL')")
        }
        for text in texts {
            let program = try side.run(try Deployment.sample().script(text))
            #expect(program.text == "")
            // What says so is the shell that leads the input here.
            #expect(program.errorText == "Killed\n")
            #expect(program.status == 137)
            #expect(side.files() == [])
        }
    }

    @Test(arguments: Shell.posix)
    func `a script that does not come to its end is not run`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        for first in ["#!/bin/sh", "#!/bin/unknown"] {
            for isOnTerminal in [false, true] {
                let bytes = Array("\(first)\necho ran\nexit\n".utf8)
                let command = try Deployment.sample().command(
                    .script(LocalScript(name: "x", bytes: bytes), arguments: []),
                    pseudoTerminal: isOnTerminal)
                let program = try side.run(
                    command.execLine, sending: Array(command.preamble.dropLast(2)))
                #expect(program.text == "")
                #expect(program.status == 125)
                #expect(side.files() == [])
            }
        }
    }

    /// Runs the file that is its operand, and shows how it is kept.
    private static let unknown = """
        #!/bin/sh
        echo "$1"|sed 's/[^/]*$//;s/[0-9]*.$//'
        ls -ld "${1%/*}" "$1"|cut -c1-10
        shift
        printf '%s|' "$@"
        cat
        eval "$END"
        exit 7
        """

    @Test(
        arguments: Shell.posix,
        [("", 7), ("kill -TERM $$", 143), ("kill -INT $$", 130), ("kill -KILL $$", 137)])
    func `for an interpreter nobody knows the file keeps its name until the end`(
        sh: Shell, ending: (text: String, status: Int32)
    ) throws {
        let side = try RemoteSide(sh: sh)
        let path = try side.interpreter(Self.unknown)
        let command = try Deployment.sample().script(
            "#!\(path)\n", ["a b", ""],
            environment: [EnvironmentVariable(name: "END", value: ending.text)])
        let program = try side.run(command, input: "in")
        #expect(
            program.text
                == "\(side.home)/.ccrun-script..\ndrwx------\n-rw-------\na b||in")
        #expect(program.status == ending.status)
        #expect(side.files() == [])
    }

    @Test(arguments: Shell.posix)
    func `the signal that ends a run also removes a file that has a name`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        // `cat` as Swift's threads block signals, and a `sh` takes that off with its first child.
        let path = try side.interpreter(
            "#!/bin/sh\ntrap 'echo ended; exit 5' TERM\ncat\nkill -TERM $PPID $$\n")
        let program = try side.run(try Deployment.sample().script("#!\(path)\n"))
        #expect(program.text == "ended\n")
        #expect(program.status == 5)
        #expect(side.files() == [])
    }

    @Test(arguments: Shell.posix)
    func `without a home the file is in the folder for temporary files`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let folder = try side.scratch.makeFolder("temporary")
        let variables = [
            EnvironmentVariable(name: "HOME", value: "/no/such/home"),
            EnvironmentVariable(name: "TMPDIR", value: folder),
        ]
        let show = """
            #!/usr/bin/env dash
            ls -l /dev/fd/9|sed 's/.*-> //;s/[0-9]*.it.*//'
            ls -A "$TMPDIR"
            """
        let program = try side.run(
            try Deployment.sample().script(show, environment: variables))
        #expect(program.text == "\(folder)/.ccrun-script..\n")
        #expect(FileText.names(inFolder: folder) == [])
    }

    @Test(arguments: ["755", "1777", "775"])
    func `no folder is left to others where modules are looked for`(mode: String) throws {
        _ = try RemoteSide.find(Shell(name: "python3"))
        let side = try RemoteSide()
        _ = try CapturedProgram.run(
            "/bin/chmod", arguments: [mode, side.home], environment: [:],
            terms: .within(.seconds(60)))
        let text = """
            #!/usr/bin/env python3
            import os, sys
            print(__file__, os.path.exists(sys.path[0]))
            """
        let program = try side.run(try Deployment.sample().script(text))
        let isPrivate = mode == "755"
        #expect(program.text.hasPrefix(isPrivate ? "/dev/fd/9 " : side.home))
        #expect(program.text.hasSuffix(isPrivate ? " False\n" : " True\n"))
        #expect(side.files() == [])
    }
}

extension RemoteSide {
    /// Puts a program in place that no list of interpreters has, and returns its path.
    ///
    /// Another process writes it: while one of this one's children has it open for that, it cannot
    /// be run (execve(2), ETXTBSY).
    func interpreter(_ text: String) throws -> String {
        let path = "\(scratch.path)/interpreter"
        _ = try CapturedProgram.run(
            "/usr/bin/install", arguments: [try scratch.write("text", text), path],
            environment: ["PATH": "/usr/bin:/bin"], terms: .within(.seconds(60)))
        return path
    }
}
