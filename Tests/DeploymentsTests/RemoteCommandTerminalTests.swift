import Testing

@testable import Deployments

/// The preamble over a real pseudo-terminal, whose line discipline would act on control characters.
struct RemoteCommandTerminalTests {
    private static let value =
        String(String.UnicodeScalarView((1...0x7f).compactMap(Unicode.Scalar.init)))
        + "é日本👩‍👩‍👧\u{85}\u{9b}" + String(repeating: "0123456789", count: 1000) + "\n\n"

    private static let hexadecimal = value.utf8.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()

    private static let variables = [
        EnvironmentVariable(name: "VALUE", value: value),
        EnvironmentVariable(name: "SECRET", value: "correct horse"),
    ]

    private static let show = "printf %s \"$VALUE\"|od -An -v -tx1|tr -d ' \\n';stty -a"

    @Test(arguments: RemoteSide.Shell.posix)
    func `a value arrives exactly and is not echoed`(sh: RemoteSide.Shell) throws {
        let side = try RemoteSide(login: RemoteSide.Shell(name: "bash"), sh: sh)
        let command = try Deployment.sample().command(
            .shell(Self.show), environment: Self.variables, pseudoTerminal: true)
        let program = try side.runOnTerminal(command)
        #expect(program.text.hasPrefix(Self.hexadecimal))
        #expect(program.text.contains(" echo "))
        #expect(!program.text.contains("correct horse"))
        #expect(program.status == 0)
    }

    /// Does what `docker exec -t` does: a second pseudo-terminal whose echo is on.
    private static let container = """
        import os, pty, sys
        words = sys.argv[1:]
        terminal = words[0] == "-t"
        if not terminal:
            os.execvp(words[0], words)
        sys.exit(os.waitstatus_to_exitcode(pty.spawn(words[1:])))
        """

    @Test(arguments: RemoteSide.Shell.posix)
    func `behind through the preamble waits until echo is off`(sh: RemoteSide.Shell) throws {
        let side = try RemoteSide(sh: sh)
        let container = try side.scratch.write("container.py", Self.container)
        var deployment = Deployment.sample()
        deployment.through = "/usr/bin/env python3 \(container) {tty}"
        let command = try deployment.command(
            .shell(Self.show), environment: Self.variables, pseudoTerminal: true)
        let program = try side.runOnTerminal(command)
        let marker = String(decoding: try #require(command.handshake), as: UTF8.self)
        #expect(program.text.hasPrefix(marker + Self.hexadecimal))
        #expect(program.text.contains(" echo "))
        #expect(!program.text.contains("correct horse"))
        #expect(program.status == 0)
    }

    @Test func `through without a terminal of its own uses the one there is`() throws {
        let side = try RemoteSide()
        var deployment = Deployment.sample()
        deployment.through = "env A=1"
        let command = try deployment.command(
            .shell(Self.show), environment: Self.variables, pseudoTerminal: true)
        let program = try side.runOnTerminal(command)
        #expect(program.text.contains(Self.hexadecimal))
        #expect(program.text.contains(" echo "))
        #expect(!program.text.contains("correct horse"))
    }
}
