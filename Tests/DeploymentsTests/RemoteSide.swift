import Foundation
import Testing

@testable import Deployments

/// Runs a `RemoteCommand` as sshd would: `$SHELL -c execLine`, the preamble ahead of the input.
struct RemoteSide {
    /// A shell to log in with, and how it is started.
    struct Shell: CustomTestStringConvertible, Sendable {
        let name: String
        var arguments: [String] = []

        var testDescription: String { name }

        static let dash = Shell(name: "dash")

        /// Shells that can be the `sh` of a system.
        static let posix = [
            dash, Shell(name: "bash"), Shell(name: "busybox", arguments: ["sh"]),
            Shell(name: "mksh"), Shell(name: "ksh"), Shell(name: "zsh"),
        ]

        /// Shells that people log in with.
        static let login = posix + [Shell(name: "fish"), Shell(name: "tcsh")]
    }

    let scratch: Scratch
    private let loginShell: String
    private let loginArguments: [String]
    private let environment: [String: String]

    /// Sets up a home folder and, under the name `sh`, the shell that plays that part.
    ///
    /// A shell that is not installed cancels the test with that reason.
    init(login: Shell = .dash, sh: Shell = .dash) throws {
        scratch = try Scratch()
        loginShell = try Self.find(login)
        loginArguments = login.arguments
        let folder = try scratch.makeFolder("bin")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/sh", withDestinationPath: try Self.find(sh))
        environment = [
            "PATH": "\(folder):/usr/bin:/bin", "HOME": try scratch.makeFolder("home"),
            "SHELL": loginShell,
        ]
    }

    var home: String { "\(scratch.path)/home" }

    func run(_ command: RemoteCommand, input: String = "") throws -> CapturedProgram {
        try run(command.execLine, sending: command.preamble + Array(input.utf8))
    }

    /// Runs `line` with `bytes` on a pipe as standard input.
    func run(_ line: String, sending bytes: [UInt8]) throws -> CapturedProgram {
        let file = try scratch.write("input", bytes)
        let arguments =
            ["-c", "cd; cat \"$0\" | \"$@\"", file, loginShell] + loginArguments + ["-c", line]
        return try CapturedProgram.run(
            "/bin/sh", arguments: arguments, environment: environment, terms: .within(.seconds(60)))
    }

    /// Runs the command on a pseudo-terminal with echo off, as sshd sets it up.
    func runOnTerminal(_ command: RemoteCommand) throws -> CapturedProgram {
        let python = try Self.find(Shell(name: "python3"))
        let file = try scratch.write("preamble", command.preamble)
        let marker = try scratch.write("marker", command.handshake ?? [])
        return try CapturedProgram.run(
            python, arguments: ["-c", Self.terminal, file, marker, loginShell, command.execLine],
            environment: environment, terms: .within(.seconds(60)))
    }

    /// Copies what appears on the terminal to standard output; sends the preamble once the marker,
    /// if there is one, has appeared.
    private static let terminal = """
        import os, pty, sys, termios
        preamble, marker = (open(path, "rb").read() for path in sys.argv[1:3])
        master, slave = pty.openpty()
        modes = termios.tcgetattr(slave)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        child = os.fork()
        if child == 0:
            os.close(master)
            os.login_tty(slave) if hasattr(os, "login_tty") else (
                os.setsid(), [os.dup2(slave, n) for n in range(3)],
                __import__("fcntl").ioctl(0, termios.TIOCSCTTY, 0))
            os.execv(sys.argv[3], [sys.argv[3], "-c", sys.argv[4]])
        os.close(slave)
        shown, sent = b"", False
        while True:
            if not sent and marker in shown:
                sent = True
                if os.fork() == 0:
                    while preamble:
                        preamble = preamble[os.write(master, preamble):]
                    os._exit(0)
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        os.write(1, shown)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
        """

    static func find(_ shell: Shell) throws -> String {
        let environment = ["PATH": "/usr/bin:/bin:/usr/local/bin"]
        guard let path = CapturedProgram.find(shell.name, environment: environment) else {
            try Test.cancel("\(shell.name) is not installed")
        }
        return path
    }
}

extension CapturedProgram {
    var text: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }

    /// What was printed, each item ended by a NUL byte.
    var items: [String] {
        output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// What `env -0` printed, by name.
    var environment: [String: String] {
        Dictionary(
            items.compactMap { item in
                item.firstIndex(of: "=").map {
                    (String(item[..<$0]), String(item[item.index(after: $0)...]))
                }
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension Deployment {
    /// A deployment to compose commands for.
    static func sample() -> Deployment {
        Deployment(
            adHoc: DeploymentName(app: "shop", deployment: "default"),
            host: HostAddress(name: "web1"))
    }

    func command(
        _ request: RemoteCommand.Request,
        environment: [EnvironmentVariable] = [],
        pseudoTerminal: Bool = false
    ) throws -> RemoteCommand {
        try RemoteCommand(
            request, deployment: self, environment: environment, pseudoTerminal: pseudoTerminal)
    }
}
