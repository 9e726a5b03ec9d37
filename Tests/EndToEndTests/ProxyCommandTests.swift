import Foundation
import TestServer
import Testing

/// Hosts that are reached by what a program does with its input and output.
@Suite struct ProxyCommandTests {
    /// A hang-up does not keep it from passing on what it was given: the server ends the rest.
    private static let connecting =
        #"trap : HUP; exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $! 2>/dev/null"#

    /// A place whose deployment is the host `target`, reached by a command.
    private static func place(
        _ server: any TestHost, command: String, environment: [String: String] = [:]
    ) throws -> Workplace {
        let place = try Workplace(server, environment: environment)
        try place.deploy(
            toTarget: [
                "HostName 127.0.0.1", "Port \(server.port)", "ProxyCommand \(command)",
                "StrictHostKeyChecking yes",
            ], user: server.user)
        return place
    }

    @Test func `a program carries the session`() throws {
        try withServer { server in
            let place = try Self.place(
                server, command: "bash -c '\(Self.connecting)'",
                environment: ["SHELL": "/bin/bash"])
            let result = try place.run(["shop", "echo ran; exit 3"])
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.output == "ran\n")
        }
    }

    @Test func `a session through ssh -W is byte-exact`() throws {
        try withSSHD { bastion in
            try withServer { server in
                let options = try bastion.sshArguments(options: ["-W", "%h:%p"])
                let place = try Self.place(
                    server, command: "ssh " + options.joined(separator: " "))
                var random = TestServer.SeededGenerator(seed: 21)
                let bytes = random.bytes(2_000_000)
                let result = try place.run(["--no-record", "shop", "cat"], input: .bytes(bytes))
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                #expect(result.standardOutput == bytes)
            }
        }
    }

    @Test func `the tokens and the shell are those of ssh`() throws {
        try withServer { server in
            // A shell around it, for its output to end only when all is said.
            let place = try Self.place(
                server, command: #"sh -c 'echo "$@" >&2' sh "$0" %h %p %r %n 100%%"#,
                environment: ["SHELL": "/bin/bash"])
            let result = try place.run(["shop", "true"])
            let expected = "/bin/bash 127.0.0.1 \(server.port) \(server.user) target 100%\n"
            #expect(result.errorOutput.hasPrefix(expected), "\(result.errorOutput)")
            let witness = try ChildProcess.run(
                try Tool.path("ssh"),
                ["-F", place.folder.file(".ssh/config"), "-l", server.user, "target", "true"],
                environment: place.environment)
            #expect(witness.errorOutput.hasPrefix(expected), "\(witness.errorOutput)")
        }
    }

    @Test func `a program that fails is told with its status and its own words`() throws {
        try withServer { server in
            let place = try Self.place(server, command: "sh -c 'echo no way >&2; exit 9'")
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.hasPrefix(
                    "no way\nccrun: error: cannot agree with the SSH server at target by its "
                        + "ProxyCommand: the ProxyCommand ended with status 9\n"
                        + "ccrun: hint: see what the ProxyCommand says, and "),
                "\(result.errorOutput)")
        }
    }

    @Test func `a program that is killed takes the connection with it`() throws {
        try withSSHD { server in
            let options = try server.sshArguments(options: ["-W", "%h:%p"])
            let place = try Self.place(
                server,
                command: "sh -c 'echo $$ >pid; exec ssh \(options.joined(separator: " "))'")
            let run = try place.start(["shop", "echo begun; exec sleep 1008"])
            try run.waitForOutput("begun")
            kill(try Self.pid(place), SIGKILL)
            let result = try run.waitForExit()
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.contains(
                    "the connection was lost (the ProxyCommand was killed by signal 9); the command "
                        + "may still be running"), "\(result.errorOutput)")
        }
    }

    // MARK: - Its end

    @Test func `a program is gone when the run has ended`() throws {
        try withServer { server in
            let place = try Self.place(
                server, command: "bash -c 'echo $$ >pid; \(Self.connecting)'")
            #expect(try place.run(["shop", "exit 4"]).status == .exited(4))
            try Self.expectEnd(place)
        }
    }

    /// Hung up on, it goes on; killed it cannot.
    @Test(arguments: ["exec sleep 1009", "trap \"\" HUP; cat >/dev/null; exec sleep 1010"])
    func `a silent program has no more time than a server, and is ended`(rest: String) throws {
        try withLyingServer { server in
            let place = try Self.place(server, command: "bash -c 'echo $$ >pid; \(rest)'")
            let result = try place.run(["--connect-timeout", "10s", "shop", "true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("no answer from the server in time"))
            try Self.expectEnd(place)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal to ccrun ends the program as well`(number: Int32) throws {
        try withLyingServer { server in
            let place = try Self.place(
                server, command: "bash -c 'echo $$ >pid; echo up >&2; exec sleep 1011'")
            let run = try place.start(["shop", "true"])
            try run.waitForError("up")
            run.send(signal: number)
            #expect(try run.waitForExit().status == .exited(128 + number))
            try Self.expectEnd(place)
        }
    }

    /// ^C goes to all of the terminal's foreground, the program included.
    @Test func `a ^C meant for the command leaves the connection alone`() throws {
        try withSSHD { server in
            let place = try Self.place(
                server, command: "bash -c 'echo $$ >pid; \(Self.connecting)'")
            let session = try place.terminal(["-T", "shop", "echo begun; exec sleep 1012"])
            defer { session.close() }
            try session.waitFor("begun")
            try session.write([3])
            #expect(try session.waitForExit() == .exited(130))
            #expect(!session.output.contains("lost"), "\(session.output)")
            try Self.expectEnd(place)
        }
    }

    /// Waits until the program is gone: ccrun sees to its end, but it may take a moment to die.
    private static func expectEnd(_ place: Workplace) throws {
        let pid = try Self.pid(place)
        try eventually("the program's end") { ProcessTable.entry(pid)?.isZombie ?? true }
    }

    private static func pid(_ place: Workplace) throws -> Int32 {
        let text = String(decoding: try place.folder.read("pid"), as: UTF8.self)
        return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}
