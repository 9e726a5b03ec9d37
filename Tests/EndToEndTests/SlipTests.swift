import Foundation
import TestServer
import Testing

/// Slips of a person or a script: nothing else may run than what was meant.
@Suite struct SlipTests {
    private static let guarded = ["protected: true", "deny: [flush]"]

    @Test func `a deployment that was mistyped is none, with --host as well`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [], deployment: Self.guarded)
            let host = ["--host", "127.0.0.1:\(sshd.port)"]
            for target in ["shpo", "shop/defalt"] {
                let result = try place.run(host + [target, "echo flush"])
                #expect(result.status == .exited(125))
                #expect(result.output.isEmpty)
                #expect(result.errorOutput.contains("did you mean \"shop/default\"?"))
            }
            #expect(!sshd.log.contains("Connection from"))
        }
    }

    @Test func `a host that the deployment does not have is told`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let result = try place.run(["--host", "localhost:\(sshd.port)", "shop", "true"])
            #expect(
                result.errorOutput.contains(
                    "warning: localhost:\(sshd.port) is none of the hosts of shop/default"))
            let own = try place.run(["--host", "127.0.0.1:\(sshd.port)", "shop", "true"])
            #expect(own.errorOutput.isEmpty)
        }
    }

    @Test(arguments: [[""], [" "], ["\n"]])
    func `a command that is empty is no login shell`(words: [String]) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let result = try place.run(["shop"] + words)
            #expect(result.status == .exited(125))
            #expect(result.errorOutput.contains("the command is empty"))
            #expect(result.errorOutput.contains("hint: leave it out for a login shell"))
            #expect(!sshd.log.contains("Connection from"))
        }
    }

    @Test func `a script without its file is not the program of that name`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            let result = try place.run(["shop", "script"])
            #expect(result.status == .exited(125))
            #expect(result.errorOutput.contains("it needs the FILE to send"))
            #expect(!sshd.log.contains("Connection from"))
            let task = try Workplace(release: sshd, ["tasks: {script: echo mine}"])
            #expect(try task.run(["shop", "script"]).output == "mine\n")
        }
    }

    @Test func `an option whose value is empty does not take the next word`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            for option in ["--host=", "--port=", "--env-file=", "--config="] {
                let result = try place.run([option, "shop", "echo ran"])
                #expect(result.status == .exited(125), "\(option) \(result.output)")
                #expect(!result.errorOutput.contains("\"shop\""), "\(result.errorOutput)")
            }
            #expect(!sshd.log.contains("Connection from"))
        }
    }

    @Test func `the process type release says that it is not the release`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["procfile: Procfile", "release: [{run: echo steps, name: steps}]"])
            try place.folder.write("release: echo line\n", to: "Procfile")
            let result = try place.run(["shop", "release"])
            #expect(result.output == "line\n")
            #expect(
                result.errorOutput.contains(
                    "hint: this is the process type alone; \"ccrun release shop/default\""))
        }
    }

    @Test(arguments: [true, false])
    func `input for a job is told to go nowhere`(isFile: Bool) throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, [])
            try place.folder.write("some input", to: "input")
            // Only once the pipe has something.
            let result = try place.shell(
                isFile
                    ? "\"$0\" --detach shop true <input"
                    : "cat input | { until read -t 0; do :; done; \"$0\" --detach shop true; }")
            #expect(result.status == .exited(0))
            #expect(result.errorOutput.contains("warning: a job has no input"))
            let quiet = try place.shell("\"$0\" -n --detach shop true <input")
            #expect(!quiet.errorOutput.contains("a job has no input"))
        }
    }
}
