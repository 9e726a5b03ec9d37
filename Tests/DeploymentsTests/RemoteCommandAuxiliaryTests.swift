import Testing

@testable import Deployments

/// Scripts of ours that look after a run.
struct RemoteCommandAuxiliaryTests {
    typealias Shell = RemoteSide.Shell

    private static let script = "read x;printf '%s|' \"$x\" \"$A\" é \"$DEP_NAME$CCRUN_RUN_ID\"\n"

    @Test(arguments: Shell.login)
    func `a script of ours runs through every login shell`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        var deployment = Deployment.sample()
        deployment.environment = [EnvironmentVariable(name: "A", value: "unused")]
        deployment.through = "env A=far {tty}"
        for (isInside, far) in [(false, ""), (true, "far")] {
            let line = try #require(
                RemoteCommand.auxiliary(Self.script, on: deployment, insideContainer: isInside))
            let program = try side.run(line, sending: Array("a b\n".utf8))
            #expect(program.text == "a b|\(far)|é||")
        }
        deployment.through = nil
        #expect(
            RemoteCommand.auxiliary("date +%s", on: deployment, insideContainer: true)
                == "exec sh -c 'date +%s'")
    }

    @Test func `what no line can carry is refused`() {
        let deployment = Deployment.sample()
        for script in ["a\0b", String(repeating: "x", count: 32_000)] {
            let line = RemoteCommand.auxiliary(script, on: deployment, insideContainer: false)
            #expect(line == nil)
        }
    }

    @Test func `a step of a release is numbered`() throws {
        let plain = try RemoteCommand(
            .words(["true"]), deployment: .sample(), runID: "X", step: 12, environment: [],
            pseudoTerminal: false)
        #expect(
            plain.execLine
                == "exec env DEP_NAME=shop/default CCRUN_RUN_ID=X CCRUN_STEP=12 sh -c 'exec true'")
        let full = try RemoteCommand(
            .words(["true"]), deployment: .sample(), runID: "X", step: 12,
            environment: [EnvironmentVariable(name: "A", value: "b")], pseudoTerminal: false)
        #expect(
            String(decoding: full.preamble, as: UTF8.self)
                == "=DEP_NAME=shop/default\n=CCRUN_RUN_ID=X\n=CCRUN_STEP=12\n=A=b\n.\n")
    }
}
