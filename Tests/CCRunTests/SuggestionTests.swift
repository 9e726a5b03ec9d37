import Deployments
import Testing

@testable import ccrun

/// What is guessed where a word names nothing.
@Suite struct SuggestionTests {
    @Test(arguments: [
        ("hsitory", "history"), ("histroy", "history"), ("hist", "history"), ("reply", "replay"),
        ("target", "targets"), ("task", "tasks"), ("rn", "run"), ("Histroy", "history"),
    ])
    func `a mistyped subcommand is recognized`(word: String, name: String) {
        #expect(Suggestion.command(near: word) == name)
    }

    @Test(arguments: ["bakery", "hsitory/default", "history/", "x", "", "-", "__manua"])
    func `another name is none`(word: String) {
        #expect(Suggestion.command(near: word) == nil)
    }

    private static let unknown = DeploymentsError(
        .unknownApp, "cannot find", because: "it is not there",
        hint: "did you mean \"shop/default\"?")

    private static func hint(
        for target: String, apps: [String] = ["shop"], _ error: DeploymentsError = unknown
    ) -> String? {
        Suggestion(target: target, apps: apps).added(to: error).hint
    }

    @Test func `an error says so where no app is near`() {
        #expect(Self.hint(for: "hsitory") == "did you mean \"ccrun history\"?")
        #expect(Self.hint(for: "bakery") == Self.unknown.hint)
        #expect(Self.hint(for: "hsitory/default") == Self.unknown.hint)
        #expect(Self.hint(for: "hsitory", apps: ["histry"]) == Self.unknown.hint)
    }

    @Test func `without an inventory both may have been meant`() {
        let error = DeploymentsError(
            .noInventory, "cannot find", because: "it is not there", hint: "pass --host")
        let hint = Self.hint(for: "hsitory", apps: [], error)
        #expect(hint == "pass --host; or did you mean \"ccrun history\"?")
    }

    @Test func `a deployment or a host that is missing is no subcommand`() {
        for code in [DeploymentsError.Code.unknownDeployment, .unknownHost, .invalidInventory] {
            let error = DeploymentsError(code, "cannot find", because: "it is not there")
            #expect(Self.hint(for: "hsitory", error) == nil)
        }
    }

    @Test func `words behind an app that make no sense do not make the app a subcommand`() {
        #expect(Suggestion(target: "replays", apps: ["replays"]).hint == nil)
        #expect(Suggestion(target: "replays", apps: []).hint == "did you mean \"ccrun replay\"?")
    }

    // MARK: - Tasks

    private static func deployment() throws -> Deployment {
        let inventory = try Inventory(
            text: """
                apps:
                  shop:
                    deployments: {default: {host: localhost}}
                    tasks: {migrate: python manage.py migrate, collect: make static}
                """, path: "/nowhere/ccrun.yml")
        return try inventory.deployment(DeploymentName(parsing: "shop"))
    }

    @Test(arguments: [
        RemoteCommand.Request.shell("migrat"), .shell(" mirgate --fake"), .shell("migrat;ls"),
        .words(["migrat", "x"]), .words(["migrate2"]),
    ])
    func `a word that the remote shell does not know may be meant for a task`(
        request: RemoteCommand.Request
    ) throws {
        let hint = Suggestion.task(insteadOf: request, on: try Self.deployment(), status: 127)
        let text = "did you mean the task \"migrate\"? \"ccrun tasks shop/default\" lists all"
        #expect(hint == text)
    }

    private static let others: [(RemoteCommand.Request, CInt)] = [
        (.shell("migrat"), 1), (.shell("migrat"), 0), (.shell("migrate"), 127),
        (.shell("./migrat"), 127), (.shell("python"), 127), (.loginShell, 127), (.words([]), 127),
        (.shell(""), 127),
    ]

    @Test(arguments: others)
    func `nothing is guessed else`(request: RemoteCommand.Request, status: CInt) throws {
        let hint = Suggestion.task(insteadOf: request, on: try Self.deployment(), status: status)
        #expect(hint == nil)
    }
}
