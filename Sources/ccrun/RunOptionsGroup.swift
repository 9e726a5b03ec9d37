internal import ArgumentParser
internal import Deployments
internal import Runs

// Commands name all their groups themselves: in a debug build the parser checks a group within a group
// several times over, and with three levels of them that took a quarter of a second.

/// Where the inventory is, and how much is said: options that several commands share.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The inventory to read (else ccrun.yml, upwards).", valueName: "file"))
    var configuration: String?

    /// The inventory that counts here, or nil when there is none.
    func inventory(_ environment: [String: String]) throws -> Inventory? {
        let path = try Inventory.locate(
            explicit: configuration, currentFolder: ProcessEnvironment.currentFolder,
            environment: environment)
        return try path.map { try Inventory(contentsOf: $0) }
    }
}

/// The options of everything that connects, as typed.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: [.customShort("i"), .customLong("identity")],
        help: ArgumentHelp("A private key to log in with.", valueName: "file"))
    var identities: [String] = []
    @Option(
        name: [.customShort("l"), .customLong("user")], help: "The user to log in as.")
    var user: String?
    @Option(
        name: [.customShort("p"), .customLong("port")], help: "The port to connect to.")
    var port: UInt16?
    @Option(
        name: .customLong("connect-timeout"),
        help: ArgumentHelp("How long connecting may take: 20s, 2m.", valueName: "duration"))
    var connectTimeout: String?
    @Flag(
        name: .customLong("accept-new-host-key"),
        help: "Trust and record the key of a host that no key is known of.")
    var acceptsNewHostKey = false
    @Flag(name: .customShort("q"), help: "Say only what went wrong.")
    var isQuiet = false
    @Flag(name: .customShort("v"), help: "Say what is being done.")
    var isVerbose = false

    func validate() throws {
        if isQuiet, isVerbose { throw ValidationError("-q and -v exclude each other") }
        if port == 0 { throw ValidationError("a port is a number from 1 to 65535") }
    }

    /// The same in the terms of `Runs`.
    func options() throws(DeploymentsError) -> RunOptions {
        var options = RunOptions()
        options.endpoint = EndpointOptions(user: user, port: port, identityFiles: identities)
        options.connectTimeout = try Self.duration(connectTimeout)
        options.acceptsNewHostKey = acceptsNewHostKey
        options.verbosity = isQuiet ? .quiet : isVerbose ? .verbose : .normal
        return options
    }

    /// Read here and not by the parser, which would keep the hint of the error to itself.
    static func duration(_ text: String?) throws(DeploymentsError) -> Duration? {
        guard let text else { return nil }
        return try DurationText.parse(text)
    }
}

/// The options that a run and a release share, as typed.
struct SharedOptions: ParsableArguments {
    @Option(
        name: [.customShort("e"), .customLong("env")],
        help: ArgumentHelp("Set a variable there: K=V, or K to copy mine.", valueName: "name=value")
    )
    var environment: [String] = []
    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp("Set the KEY=VALUE lines of a local file there.", valueName: "file"))
    var environmentFiles: [String] = []
    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "A value that is shown nowhere: K=@FILE, K=env:X, K=cmd:COMMAND.",
            valueName: "name=source"))
    var secrets: [String] = []
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp("How long a command may run: 90s, 15m, 2h.", valueName: "duration"))
    var timeout: String?
    @Option(
        name: .customLong("grace"),
        help: ArgumentHelp(
            "How long a command that is told to end has before it is killed (10s).",
            valueName: "duration"))
    var grace: String?
    @Option(
        name: .customLong("prompt-timeout"),
        help: ArgumentHelp(
            "How long a question may stand unanswered without a terminal (60s).",
            valueName: "duration"))
    var promptTimeout: String?
    @Option(
        name: .customLong("lock-wait"),
        help: ArgumentHelp(
            "How long to wait for a lock that somebody else holds: 15m.", valueName: "duration"))
    var lockWait: String?
    @Flag(name: .customLong("override-deny"), help: "Run what the inventory denies; recorded.")
    var overridesDeny = false
    @Option(
        name: .customLong("status-file"),
        help: ArgumentHelp("Write the outcome as JSON to this file.", valueName: "file"))
    var statusFile: String?
    @Flag(name: .customLong("no-record"), help: "Leave no transcript.")
    var leavesNoTranscript = false
    @Option(
        name: .customLong("record"),
        help: ArgumentHelp("\"strict\": refuse to run without a transcript.", valueName: "mode"))
    var recordMode: RecordMode = .normal
    @Option(
        name: .customLong("sign-key"),
        help: ArgumentHelp("Sign the transcript with this SSH key.", valueName: "file"))
    var signKey: String?
    @Flag(name: .customLong("yes"), help: "Do not ask before running on a protected deployment.")
    var isConfirmed = false

    enum RecordMode: String, CaseIterable, ExpressibleByArgument {
        case normal
        case strict
    }

    /// The same in the terms of `Runs`; warns of secrets that others can read.
    func options(
        _ connection: ConnectionOptions, _ processEnvironment: [String: String]
    ) throws(DeploymentsError) -> RunOptions {
        var options = try connection.options()
        options.environment = try EnvironmentArguments.variables(
            files: environmentFiles, assignments: environment, environment: processEnvironment)
        options.timeout = try ConnectionOptions.duration(timeout)
        options.grace = try ConnectionOptions.duration(grace) ?? options.grace
        options.promptTimeout = try ConnectionOptions.duration(promptTimeout)
        options.lockWait = try ConnectionOptions.duration(lockWait)
        options.records = !leavesNoTranscript
        options.recordsStrictly = recordMode == .strict
        let given = try SecretArguments(secrets, environment: processEnvironment)
        for warning in given.warnings { Notices(options.verbosity).warning(warning) }
        options.secrets = given.secrets
        return options
    }

    /// Adds what the inventory says beside that: secrets of the deployment and of tasks, a key.
    func complete(
        _ options: inout RunOptions, for deployment: Deployment, tasks: [TaskDefinition],
        _ processEnvironment: [String: String]
    ) throws(DeploymentsError) {
        options.signingKey = SigningKey(
            signKey, of: deployment, environment: processEnvironment)
        var named = SecretArguments(given: options.secrets)
        // Of one name, the task's own counts.
        for source in tasks.flatMap(\.secrets) + deployment.secrets {
            try named.add(ofInventory: source, processEnvironment)
        }
        for warning in named.warnings { Notices(options.verbosity).warning(warning) }
        options.secrets = named.secrets
    }
}

/// The options of a run, as typed.
struct RunOptionsGroup: ParsableArguments {
    @Flag(name: [.customShort("t"), .customLong("tty")], help: "Give the command a terminal.")
    var wantsTerminal = false
    @Flag(name: [.customShort("T"), .customLong("no-tty")], help: "Give the command no terminal.")
    var wantsNoTerminal = false
    @Flag(name: .customShort("n"), help: "Leave local stdin alone; the command's is empty.")
    var ignoresInput = false
    @Option(name: .customLong("host"), help: "The host to run on (else the primary).")
    var host: String?
    @Flag(name: .customLong("dry-run"), help: "Print what would be sent; connect to nothing.")
    var isDryRun = false
    @Flag(
        name: .customLong("detach"),
        help: "Start it as a job that goes on by itself, and print the job's id.")
    var isDetached = false
    @Option(
        name: .customLong("ttl"),
        help: ArgumentHelp(
            "How long a job's output stays on its host after its end (168h).",
            valueName: "duration"))
    var timeToLive: String?
    @Option(
        name: .customLong("escape"),
        help: ArgumentHelp(
            "The key that makes the next one ccrun's, or \"none\" (~).", valueName: "char"))
    var escape: String?
    @Flag(name: .customLong("json"), help: "Report the outcome as JSON on stderr's last line.")
    var reportsJSON = false

    @Flag(
        name: .customLong("record-input"),
        help: "Record what is typed too, but for what does not echo.")
    var recordsInput = false

    func validate() throws {
        if isDetached, recordsInput {
            throw ValidationError("a detached job has no input: leave out --record-input")
        }
        if isDetached, wantsTerminal {
            throw ValidationError("a detached job has no terminal: leave out -t")
        }
        if timeToLive != nil, !isDetached { throw ValidationError("--ttl belongs to --detach") }
        if wantsTerminal, wantsNoTerminal { throw ValidationError("-t and -T exclude each other") }
    }

    /// Adds them, in the terms of `Runs`.
    func add(to options: inout RunOptions) throws(DeploymentsError) {
        options.terminal = wantsTerminal ? .always : wantsNoTerminal ? .never : .automatic
        options.ignoresInput = ignoresInput
        options.host = host
        options.recordsInput = recordsInput
        options.escape = try escape.map { text throws(DeploymentsError) in
            try EscapeCharacter(parsing: text)
        }
    }
}
