import Foundation
import TestServer
import Transcripts

/// The program under test.
enum CCRun {
    /// The path in CCRUN_BINARY, or `ccrun` in the folder of the test bundle.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["CCRUN_BINARY"], !path.isEmpty {
            return path
        }
        // On Linux the bundle is the program that runs the tests.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("ccrun").path
    }()
}

/// A scratch home, state folder and inventory from which ccrun is run against one server.
///
/// Nothing of the user's own is read: the environment is all of it, and HOME has a known_hosts and a
/// key of its own. The deployment is `shop/default`.
final class Workplace: Sendable {
    /// HOME, and the working folder of every run.
    let folder: ScratchFolder
    /// All that ccrun finds in its environment.
    let environment: [String: String]

    /// Makes a workplace for `host`.
    ///
    /// `relay` is the port of a relay to go through, `app` are YAML lines of the app (`directory:
    /// /srv`), `deployment` those of `shop/default`, `environment` further variables of ccrun's own,
    /// and `identityFile` is the private key in `~/.ssh`, the host's own unless it is given.
    init(
        _ host: any TestHost, relay: Int? = nil, app: [String] = [], deployment: [String] = [],
        environment: [String: String] = [:], identityFile: String? = nil
    ) throws {
        let folder = try ScratchFolder("ccrun")
        self.folder = folder
        var all = [
            "HOME": folder.path, "XDG_STATE_HOME": folder.file("state"),
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color",
        ]
        // A sanitized ccrun is told here what to look for (scripts/test-sanitized).
        all["ASAN_OPTIONS"] = ProcessInfo.processInfo.environment["ASAN_OPTIONS"]
        all.merge(environment) { $1 }
        self.environment = all
        let port = relay ?? host.port
        do {
            let known = "[127.0.0.1]:\(port) \(host.hostKeyLine)\n"
            try folder.write(known, to: ".ssh/known_hosts")
            for suffix in ["", ".pub"] {
                let path = (identityFile ?? host.identityFile) + suffix
                guard let key = FileManager.default.contents(atPath: path) else { continue }
                try folder.write([UInt8](key), to: ".ssh/id_ed25519\(suffix)")
            }
            let lines =
                ["apps:", "  shop:", "    user: \(host.user)"] + app.map { "    \($0)" }
                + ["    deployments:", "      default:", "        host: 127.0.0.1:\(port)"]
                + deployment.map { "        \($0)" }
            try folder.write(lines.joined(separator: "\n") + "\n", to: "ccrun.yml")
        } catch {
            folder.remove()
            throw error
        }
    }

    deinit { folder.remove() }

    var knownHostsFile: String { folder.file(".ssh/known_hosts") }

    /// Makes `shop/default` the host `target`, of whose block in `~/.ssh/config` these are the lines.
    func deploy(toTarget lines: [String], user: String, app: [String] = []) throws {
        let block = ["Host target"] + lines
        try folder.write(block.joined(separator: "\n") + "\n", to: ".ssh/config")
        let yaml =
            ["apps:", "  shop:", "    user: \(user)"] + app.map { "    \($0)" }
            + ["    deployments:", "      default: {host: target}"]
        try folder.write(yaml.joined(separator: "\n") + "\n", to: "ccrun.yml")
    }

    // MARK: - Running it

    /// Starts ccrun without a terminal.
    func start(
        _ arguments: [String], input: ChildProcess.Input = .null,
        output: ChildProcess.Output = .captured, error: ChildProcess.Output = .captured,
        environment: [String: String] = [:], measuresMemory: Bool = false
    ) throws -> ChildProcess {
        try ChildProcess(
            CCRun.binary, arguments, environment: self.environment.merging(environment) { $1 },
            input: input, output: output, error: error, workingFolder: folder.path,
            measuresMemory: measuresMemory)
    }

    /// Runs ccrun without a terminal, to its end.
    func run(
        _ arguments: [String], input: ChildProcess.Input = .null,
        output: ChildProcess.Output = .captured, error: ChildProcess.Output = .captured,
        environment: [String: String] = [:], measuresMemory: Bool = false,
        deadline: Duration = .seconds(120)
    ) throws -> ChildResult {
        try start(
            arguments, input: input, output: output, error: error, environment: environment,
            measuresMemory: measuresMemory
        ).waitForExit(deadline: deadline)
    }

    /// Runs a line of bash, in which `$0` is ccrun.
    func shell(
        _ line: String, input: ChildProcess.Input = .null, deadline: Duration = .seconds(120)
    ) throws -> ChildResult {
        try ChildProcess.run(
            try Tool.path("bash"), ["-c", line, CCRun.binary], environment: environment,
            input: input, workingFolder: folder.path, deadline: deadline)
    }

    /// Starts ccrun on a pseudo-terminal.
    func terminal(
        _ arguments: [String], columns: Int = 80, rows: Int = 24,
        environment: [String: String] = [:]
    ) throws -> TerminalSession {
        try TerminalSession(
            executable: CCRun.binary, arguments: arguments,
            environment: self.environment.merging(environment) { $1 }, columns: columns,
            rows: rows, workingFolder: folder.path)
    }

    // MARK: - What it left

    var stateFolder: String { folder.file("state/ccrun") }

    /// The transcripts, newest first.
    func transcripts() throws -> [Transcript] {
        let runs = StateFolder.runs(in: stateFolder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: runs)
        return try names.filter { $0.hasSuffix(".cast") }.sorted(by: >)
            .map { try Transcript.open("\(runs)/\($0)") }
    }

    /// The transcript of the latest run.
    func transcript() throws -> Transcript {
        guard let newest = try transcripts().first else {
            throw TestServerError(.program, "cannot read a transcript", "ccrun has left none")
        }
        return newest
    }
}

extension Transcript {
    /// What was recorded of the output, as players show it.
    var text: String {
        get throws {
            try events().filter { $0.code == .output }.map(\.text).joined()
        }
    }

    /// The file as it is.
    var bytes: [UInt8] {
        get throws { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) }
    }
}

// MARK: - Servers

/// A server that runs already and that no test may change, named by environment variables.
///
/// Its sessions are elsewhere: their files and processes are not to be seen from here.
struct GivenHost: TestHost {
    let port: Int
    let user: String
    let identityFile: String
    let knownHostsFile: String
    let folder: ScratchFolder
    let hostKeyLine: String

    var hostKeyFingerprint: String {
        let word = hostKeyLine.split(separator: " ").last.map(String.init) ?? ""
        return keyFingerprint(Data(base64Encoded: word).map { Array($0) } ?? [])
    }

    /// Reads CCRUN_TEST_SSHD, CCRUN_TEST_USER, CCRUN_TEST_IDENTITY and CCRUN_TEST_KNOWN_HOSTS; nil
    /// where no server is given.
    init?() throws {
        let variables = ProcessInfo.processInfo.environment
        guard let address = variables["CCRUN_TEST_SSHD"], !address.isEmpty else { return nil }
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }),
            let identity = variables["CCRUN_TEST_IDENTITY"],
            let knownHosts = variables["CCRUN_TEST_KNOWN_HOSTS"]
        else {
            throw TestServerError(
                .program, "cannot use the server at \"\(address)\"",
                "CCRUN_TEST_IDENTITY and CCRUN_TEST_KNOWN_HOSTS have to go with it")
        }
        let known = try String(contentsOfFile: knownHosts, encoding: .utf8)
        let words = known.split(separator: "\n").first?.split(separator: " ") ?? []
        self.port = port
        user = variables["CCRUN_TEST_USER"] ?? NSUserName()
        identityFile = identity
        knownHostsFile = knownHosts
        hostKeyLine = words.dropFirst().prefix(2).joined(separator: " ")
        folder = try ScratchFolder("given")
    }
}

/// Gives `body` the server that the environment names, or else a private sshd.
///
/// For tests that only talk to it; those that look at its log, files or processes, or change it,
/// need `withSSHD`.
func withServer<Result>(_ body: (any TestHost) throws -> Result) throws -> Result {
    guard let given = try GivenHost() else { return try withSSHD { try body($0) } }
    defer { given.folder.remove() }
    return try body(given)
}

/// Whether the tests run against a server that is given.
let serverIsGiven = ProcessInfo.processInfo.environment["CCRUN_TEST_SSHD"]?.isEmpty == false

/// Whether the given server is dropbear, whose differences docs/servers.md tells.
let serverIsDropbear = ProcessInfo.processInfo.environment["CCRUN_TEST_SERVER"] == "dropbear"
