import Deployments
import Runs
import Testing

@testable import ccrun

/// What `--dry-run` prints is what would be sent.
@Suite struct DryRunTests {
    private static func lines(_ plan: RunPlan) -> [String] {
        DryRun.text(plan).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `a command is shown with where it goes`() throws {
        let plan = try planned(.shell("ls | wc -l"))
        #expect(
            Self.lines(plan) == [
                "deployment: shop/default",
                "connect to: web1.example.com port 2222 as deploy",
                "terminal:   no",
                "exec:       \(plan.command.remote.execLine)",
            ])
        #expect(plan.command.remote.execLine.contains("ls | wc -l"))
    }

    @Test func `values are shown as what goes ahead of the input`() throws {
        let plan = try planned(.shell("x")) {
            $0.environment = [EnvironmentVariable(name: "KEY", value: "value")]
        }
        #expect(
            Self.lines(plan).suffix(5) == [
                "ahead of the program's input:",
                "    =DEP_NAME=shop/default",
                "    =CCRUN_RUN_ID=\(plan.run)",
                "    =KEY=value",
                "    .",
            ])
    }

    @Test func `a script that is not readable in the line is shown apart`() throws {
        let plan = try planned(.words(["printf", "it's\n"]))
        let lines = Self.lines(plan)
        #expect(!plan.command.remote.execLine.contains(plan.command.remote.script))
        #expect(lines.contains("exec:       \(plan.command.remote.execLine)"))
        #expect(DryRun.text(plan).contains("script:     \(plan.command.remote.script)"))
    }

    @Test func `a terminal is shown with its TERM`() throws {
        let plan = try planned(.loginShell, terminal: .always)
        #expect(Self.lines(plan).contains("terminal:   yes, TERM=vt100"))
    }

    @Test func `variables are shown as they would be sent, for it is the user who asks`() throws {
        let plan = try planned(.shell("x")) {
            $0.environment = [EnvironmentVariable(name: "KEY", value: "two\nlines")]
        }
        let lines = Self.lines(plan)
        let sent = String(decoding: plan.command.remote.preamble, as: UTF8.self)
        let shown = lines.filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) + "\n" }.joined()
        #expect(shown == sent)
    }
}
