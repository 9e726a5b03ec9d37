internal import ArgumentParser
internal import Deployments
internal import Runs

/// Where the inventory is, and how much is said: options that several commands share.
struct CommonOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "The inventory to read (else ccrun.yml, upwards).")
    var configuration: String?

    /// The inventory that counts here, or nil when there is none.
    func inventory(_ environment: [String: String]) throws -> Inventory? {
        let path = try Inventory.locate(
            explicit: configuration, currentFolder: ProcessEnvironment.currentFolder,
            environment: environment)
        return try path.map { try Inventory(contentsOf: $0) }
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
    @Option(
        name: [.customShort("e"), .customLong("env")],
        help: "Set a variable there: K=V, or K to copy mine.")
    var environment: [String] = []
    @Option(name: .customLong("env-file"), help: "Set the KEY=VALUE lines of a local file there.")
    var environmentFiles: [String] = []
    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("identity")],
        help: "A private key to log in with.")
    var identities: [String] = []
    @Option(
        name: [.customShort("l", allowingJoined: true), .customLong("user")],
        help: "The user to log in as.")
    var user: String?
    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("port")],
        help: "The port to connect to.")
    var port: UInt16?
    @Option(name: .customLong("host"), help: "The host to run on (else the primary).")
    var host: String?
    @Option(
        name: .customLong("connect-timeout"), help: "How long connecting may take: 20s, 2m.",
        transform: DurationText.parse)
    var connectTimeout: Duration?
    @Option(
        name: .customLong("timeout"), help: "How long the command may run: 90s, 15m, 2h.",
        transform: DurationText.parse)
    var timeout: Duration?
    @Flag(
        name: .customLong("accept-new-host-key"),
        help: "Trust and record the key of a host that no key is known of.")
    var acceptsNewHostKey = false
    @Flag(name: .customLong("dry-run"), help: "Print what would be sent; connect to nothing.")
    var isDryRun = false
    @Flag(name: .customLong("json"), help: "Report the outcome as JSON on stderr's last line.")
    var reportsJSON = false
    @Option(name: .customLong("status-file"), help: "Write the outcome as JSON to this file.")
    var statusFile: String?
    @Flag(name: .customLong("no-record"), help: "Leave no transcript.")
    var leavesNoTranscript = false
    @Option(name: .customLong("record"), help: "\"strict\": refuse to run without a transcript.")
    var recordMode: RecordMode = .normal
    @Flag(name: .customLong("yes"), help: "Do not ask before running on a protected deployment.")
    var isConfirmed = false
    @Flag(name: .customShort("q"), help: "Say only what went wrong.")
    var isQuiet = false
    @Flag(name: .customShort("v"), help: "Say what is being done.")
    var isVerbose = false

    enum RecordMode: String, ExpressibleByArgument {
        case normal
        case strict
    }

    func validate() throws {
        if wantsTerminal, wantsNoTerminal { throw ValidationError("-t and -T exclude each other") }
        if isQuiet, isVerbose { throw ValidationError("-q and -v exclude each other") }
        if port == 0 { throw ValidationError("a port is a number from 1 to 65535") }
    }

    /// The same in the terms of `Runs`.
    func options(_ processEnvironment: [String: String]) throws(DeploymentsError) -> RunOptions {
        var options = RunOptions()
        options.terminal = wantsTerminal ? .always : wantsNoTerminal ? .never : .automatic
        options.ignoresInput = ignoresInput
        options.environment = try EnvironmentArguments.variables(
            files: environmentFiles, assignments: environment, environment: processEnvironment)
        options.host = host
        options.endpoint = EndpointOptions(user: user, port: port, identityFiles: identities)
        options.connectTimeout = connectTimeout
        options.timeout = timeout
        options.acceptsNewHostKey = acceptsNewHostKey
        options.records = !leavesNoTranscript
        options.recordsStrictly = recordMode == .strict
        options.verbosity = isQuiet ? .quiet : isVerbose ? .verbose : .normal
        return options
    }
}
