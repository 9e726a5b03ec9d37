import Deployments
import SSH
import Testing
import Transcripts

@testable import Runs

/// A run, decided from the inventory, the options and the environment; nothing is connected to.
@Suite struct RunPlanTests {
    private static let inventory = """
        apps:
          shop:
            user: deploy
            deployments:
              default:
                hosts: [web1.example.com, "web2.example.com:2222"]
            tasks:
              migrate: {run: python manage.py migrate, timeout: 15m}
              shell: python manage.py shell
        """

    /// Nothing of the user's: no home that exists, no ssh to ask, no agent.
    private static let environment = [
        "HOME": "/nonexistent/home", "PATH": "/nonexistent", "TERM": "xterm-256color",
    ]

    private static func deployment() throws -> Deployment {
        try Inventory(text: inventory, path: "ccrun.yml")
            .deployment(try DeploymentName(parsing: "shop"))
    }

    private static func plan(
        _ request: RemoteCommand.Request = .shell("ls"),
        environment: [String: String] = environment,
        _ change: (inout RunOptions) throws -> Void = { _ in }
    ) throws -> RunPlan {
        var options = RunOptions()
        options.terminal = .never
        try change(&options)
        return try RunPlan(
            request, on: try deployment(), options: options, environment: environment)
    }

    // MARK: - What is shown

    @Test(
        arguments: [
            (.loginShell, ""), (.shell("ls | wc"), "ls | wc"), (.words(["ls", "-la"]), "ls -la"),
            (.words(["a b", "", "c'd"]), "'a b' '' 'c'\\''d'"),
        ] as [(RemoteCommand.Request, String)])
    func `the title is what a person would type`(request: RemoteCommand.Request, title: String)
        throws
    {
        let plan = try Self.plan(request)
        #expect(plan.title == title)
        let header = TranscriptHeader(plan, started: .now)
        #expect(header.command == title)
        #expect(header.title == (title.isEmpty ? "shop/default" : "shop/default: \(title)"))
    }

    @Test func `a task keeps the name it was called by as title`() throws {
        let plan = try Self.plan(.shell("migrate --plan"))
        #expect(plan.title == "migrate --plan")
        #expect(plan.command.remote.script.contains("python manage.py migrate --plan"))
    }

    @Test func `the header says whose run it is and where it goes`() throws {
        let plan = try Self.plan { $0.host = "web2.example.com" }
        let header = TranscriptHeader(plan, started: Timestamp(milliseconds: 1_700_000_000_123))
        #expect(header.run == plan.run)
        #expect(header.started.milliseconds == 1_700_000_000_123)
        #expect(header.app == "shop")
        #expect(header.dep == "default")
        #expect(header.targetHost == "web2.example.com")
        #expect(header.targetPort == 2222)
        #expect(header.targetUser == "deploy")
        #expect(header.targetAddress == nil)
        #expect(header.term == "xterm-256color")
        #expect(!header.pseudoTerminal)
        #expect(!header.actorUser.isEmpty)
        #expect(!header.actorHost.isEmpty)
    }

    // MARK: - Where it goes

    @Test(
        arguments: [
            (nil, "web1.example.com", 22), ("web1.example.com", "web1.example.com", 22),
            ("web2.example.com", "web2.example.com", 2222),
            ("web2.example.com:2222", "web2.example.com", 2222),
            ("web2.example.com:22", "web2.example.com", 22), ("other:2200", "other", 2200),
        ] as [(String?, String, UInt16)])
    func `the primary is run on, or the host that is named`(
        host: String?, name: String, port: UInt16
    ) throws {
        let endpoint = try Self.plan { $0.host = host }.endpoint
        #expect(endpoint.host == name)
        #expect(endpoint.port == port)
        #expect(endpoint.user == "deploy")
    }

    @Test(arguments: ["", "-x", "a b", "h:0", "h:port"])
    func `a host that cannot be one is an error`(host: String) {
        let error = #expect(throws: DeploymentsError.self) { try Self.plan { $0.host = host } }
        #expect(error?.code == .invalidHost)
    }

    @Test func `the command line's user and port win`() throws {
        let endpoint = try Self.plan {
            $0.endpoint = EndpointOptions(user: "root", port: 2022)
            $0.host = "web2.example.com"
        }.endpoint
        #expect(endpoint.user == "root")
        #expect(endpoint.port == 2022)
    }

    // MARK: - Limits and environment

    @Test(
        arguments: [
            ("migrate", nil, Duration.seconds(900)), ("migrate --plan", nil, .seconds(900)),
            ("migrate", Duration.seconds(5), .seconds(5)), ("shell", nil, nil), ("ls", nil, nil),
            ("ls", Duration.seconds(7), .seconds(7)),
        ] as [(String, Duration?, Duration?)])
    func `a task's limit counts unless the command line has one`(
        command: String, option: Duration?, limit: Duration?
    ) throws {
        let plan = try Self.plan(.shell(command)) { $0.timeout = option }
        #expect(plan.command.timeout == limit)
    }

    private static let variable = EnvironmentVariable(name: "KEY", value: "a value")

    @Test func `the run id goes along, and each run has its own`() throws {
        let first = try Self.plan()
        let second = try Self.plan()
        #expect(first.run != second.run)
        #expect(first.command.remote.execLine.contains("CCRUN_RUN_ID=\(first.run)"))
        #expect(first.command.remote.execLine.contains("DEP_NAME=shop/default"))
        #expect(first.command.remote.preamble.isEmpty)
    }

    @Test func `beside a value, the run id goes ahead of the input like that`() throws {
        let plan = try Self.plan { $0.environment = [Self.variable] }
        let preamble = String(decoding: plan.command.remote.preamble, as: UTF8.self)
        #expect(preamble.contains("=CCRUN_RUN_ID=\(plan.run)\n"))
        #expect(preamble.contains("=KEY=a value\n"))
        #expect(!plan.command.remote.execLine.contains(plan.run.description))
        #expect(!plan.command.remote.execLine.contains("a value"))
    }

    @Test(arguments: [
        (["XDG_STATE_HOME": "/state"], "/state/ccrun"),
        ([:], "/nonexistent/home/.local/state/ccrun"),
        (["XDG_STATE_HOME": "relative"], "/nonexistent/home/.local/state/ccrun"),
    ])
    func `the environment says where the state is`(extra: [String: String], folder: String) throws {
        let plan = try Self.plan(environment: Self.environment.merging(extra) { $1 })
        #expect(plan.stateFolder == folder)
    }

    @Test(arguments: [(nil, "dumb"), ("", "dumb"), ("vt100", "vt100")] as [(String?, String)])
    func `TERM is passed on, and dumb without one`(term: String?, expected: String) throws {
        var environment = Self.environment
        environment["TERM"] = term
        #expect(try Self.plan(environment: environment).command.term == expected)
    }

    @Test(
        arguments: [(nil, false), ("1", true), ("0", false), ("yes", false)] as [(String?, Bool)])
    func `old algorithms are offered on request only`(value: String?, isAllowed: Bool) throws {
        var environment = Self.environment
        environment["CCRUN_LEGACY_ALGORITHMS"] = value
        #expect(
            try Self.plan(environment: environment).destination.allowsLegacyAlgorithms == isAllowed)
    }

    // MARK: - Terminal

    @Test func `without a terminal none is asked for`() throws {
        let plan = try Self.plan()
        #expect(!plan.command.usesTerminal)
        #expect(plan.command.pseudoTerminal == nil)
        #expect(!plan.command.remote.script.contains("stty"))
    }

    @Test func `a terminal starts without echo where values go ahead, and stty brings it back`()
        throws
    {
        let plan = try Self.plan {
            $0.terminal = .always
            $0.environment = [Self.variable]
        }
        let terminal = try #require(plan.command.pseudoTerminal)
        #expect(plan.command.usesTerminal)
        #expect(terminal.term == "xterm-256color")
        #expect(terminal.size.columns > 0)
        let echo = terminal.modes.filter { $0.opcode == TerminalMode.echo }
        #expect(echo == [TerminalMode(opcode: TerminalMode.echo, value: 0)])
        #expect(plan.command.remote.script.contains("stty"))
    }

    @Test func `a terminal has the user's modes where nothing goes ahead`() throws {
        let plan = try Self.plan { $0.terminal = .always }
        #expect(plan.command.pseudoTerminal?.modes == RawTerminal.modes)
        #expect(!plan.command.remote.script.contains("stty"))
    }
}
