import Foundation
import Testing

@testable import Deployments

/// What becomes of each keyword of ssh_config(5): the table, the page about it, and the truth.
struct OpenSSHKeywordTests {
    private let scratch: Scratch
    private let home: String
    private let environment: [String: String]

    init() throws {
        scratch = try Scratch()
        home = try scratch.makeFolder("home")
        environment = ["PATH": "/usr/bin:/bin", "HOME": home, "COLOUR": "green", "LC_ALL": "C"]
        _ = try RemoteSide.find(RemoteSide.Shell(name: "ssh"))
    }

    /// The endpoint that a block with this line leads to.
    private func endpoint(_ line: String) throws -> Endpoint {
        try scratch.write("home/.ssh/config", "Host web1\n  \(line)\n")
        return try Deployment.sample().endpoint(
            for: HostAddress(name: "web1"), options: EndpointOptions(), environment: environment,
            homeFolder: home)
    }

    private func answer(_ line: String) throws -> OpenSSHConfiguration {
        try scratch.write("home/.ssh/config", "Host web1\n  \(line)\n")
        let question = OpenSSHQuestion(
            about: OpenSSHQuestion.Subject(host: "web1"), environment: environment,
            homeFolder: home)
        return try #require(try question.answer())
    }

    // MARK: - The page

    @Test func `the page has the table that the code has`() throws {
        let page = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/ssh_config.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let table = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(table.joined(separator: "\n") == OpenSSHKeyword.markdown)
    }

    @Test func `every keyword that ssh prints is in the table`() throws {
        let lines = Self.settings.map { "\($0) \($1)" } + Self.samples.map { "\($0) \($1)" }
        let file = try scratch.write("all", lines.joined(separator: "\n") + "\n")
        let program = try CapturedProgram.run(
            "/usr/bin/ssh", arguments: ["-G", "-F", file, "--", "web1"],
            environment: environment, terms: .within(.seconds(60)))
        #expect(program.status == 0, "\(String(decoding: program.errors, as: UTF8.self))")
        let printed = String(decoding: program.output, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(separator: " ").first }
        #expect(Set(printed).count > 90)
        for keyword in printed where OpenSSHKeyword.named(keyword) == nil {
            Issue.record("\(keyword) is not in the table")
        }
    }

    // MARK: - The truth

    @Test func `nothing is missed where nothing is set`() throws {
        #expect(try answer("# nothing").missedKeywords.isEmpty)
    }

    /// Values that differ from the default; of those that ssh resolves itself there is no telling.
    private static let samples = [
        ("AddressFamily", "inet6"), ("BatchMode", "yes"), ("BindAddress", "127.0.0.9"),
        ("Ciphers", "aes128-ctr"),
        ("ConnectionAttempts", "3"), ("ConnectTimeout", "7"), ("EscapeChar", "^]"),
        ("GlobalKnownHostsFile", "/etc/other"), ("HashKnownHosts", "yes"),
        ("HostKeyAlgorithms", "ssh-ed25519"), ("HostKeyAlias", "other"), ("Hostname", "10.0.0.7"),
        ("IdentitiesOnly", "yes"), ("IdentityAgent", "/run/other"),
        ("IdentityFile", "~/.ssh/other"), ("KexAlgorithms", "curve25519-sha256"),
        ("MACs", "hmac-sha2-512"), ("Port", "2222"), ("ProxyCommand", "nc %h %p"),
        ("ProxyJump", "bastion"), ("RequestTTY", "force"), ("RevokedHostKeys", "/etc/revoked"),
        ("SendEnv", "COL*"), ("ServerAliveCountMax", "5"), ("ServerAliveInterval", "9"),
        ("SetEnv", "A=b"), ("StrictHostKeyChecking", "accept-new"), ("User", "ana"),
        ("UserKnownHostsFile", "/etc/other"), ("CertificateFile", "/etc/cert.pub"),
        ("KbdInteractiveAuthentication", "no"), ("NumberOfPasswordPrompts", "1"),
        ("PasswordAuthentication", "no"), ("PreferredAuthentications", "publickey"),
        ("PubkeyAuthentication", "no"), ("ForwardAgent", "yes"),
    ]

    @Test func `there is a sample of every honoured keyword`() {
        let known = Set(Self.samples.map(\.0)).union(["Host"])
        let honoured = OpenSSHKeyword.all.filter { $0.fate == .honoured }.map(\.name)
        #expect(Set(honoured.filter { !$0.hasPrefix("Canonical") }) == known)
    }

    @Test(arguments: samples)
    func `an honoured keyword changes the endpoint`(keyword: String, value: String) throws {
        let plain = try endpoint("# nothing")
        #expect(try endpoint("\(keyword) \(value)") != plain)
        #expect(try answer("\(keyword) \(value)").missedKeywords.isEmpty)
    }

    /// Values of those that are not supported.
    private static let settings = [
        ("AddKeysToAgent", "yes"), ("BindInterface", "lo"),
        ("DynamicForward", "1080"),
        ("EnableEscapeCommandline", "yes"), ("ForwardX11", "yes"),
        ("HostbasedAuthentication", "yes"), ("KnownHostsCommand", "/bin/echo"),
        ("LocalCommand", "true"), ("LocalForward", "8080 web:80"),
        ("PermitLocalCommand", "yes"), ("PKCS11Provider", "/usr/lib/other.so"),
        ("ProxyUseFdpass", "yes"),
        ("RekeyLimit", "1G 1h"), ("RemoteForward", "8081 web:80"), ("RequiredRSASize", "2048"),
        ("SessionType", "none"), ("StdinNull", "yes"), ("Tunnel", "yes"),
        ("VerifyHostKeyDNS", "yes"), ("VisualHostKey", "yes"),
    ]

    @Test(arguments: settings)
    func `a keyword that is not supported is named`(keyword: String, value: String) throws {
        #expect(try answer("\(keyword) \(value)").missedKeywords == [keyword])
        #expect(
            try endpoint("\(keyword) \(value)").remarks == [
                "set in ssh_config for \"web1\", not supported: \(keyword)"
            ])
    }

    // MARK: - Values

    @Test(
        arguments: [
            ("~", "~"), ("^]", "\u{1D}"), ("%", "%"), ("none", nil), ("\\\\", "\\"),
        ] as [(String, String?)])
    func `the escape character is a byte or none`(value: String, expected: String?) throws {
        #expect(try endpoint("EscapeChar \(value)").escapeCharacter == expected?.utf8.first)
    }

    @Test(
        arguments: [
            ("auto", Endpoint.RequestTTY.automatic), ("no", .never), ("yes", .onTerminal),
            ("force", .always),
        ])
    func `a terminal can be asked for in four ways`(
        value: String, expected: Endpoint.RequestTTY
    ) throws {
        #expect(try endpoint("RequestTTY \(value)").requestTTY == expected)
    }

    @Test(
        arguments: [
            ("ForwardAgent no", Endpoint.ForwardedAgent.none), ("ForwardAgent yes", .missing),
            ("ForwardAgent yes\n  IdentityAgent /run/other", .socket("/run/other")),
            ("ForwardAgent yes\n  IdentityAgent none", .missing),
            ("ForwardAgent /run/%h", .socket("/run/web1")),
            ("ForwardAgent $COLOUR", .socket("green")),
            ("ForwardAgent $NOTHING", .missing),
            ("ForwardAgent /run/${COLOUR}", .socket("/run/green")),
        ])
    func `the agent to forward is the one that ssh would take`(
        lines: String, expected: Endpoint.ForwardedAgent
    ) throws {
        #expect(try endpoint(lines).forwardedAgent == expected)
    }

    @Test func `a socket in the home folder is one in the caller's`() throws {
        #expect(
            try endpoint("ForwardAgent ~/agent").forwardedAgent == .socket("\(home)/agent"))
    }

    @Test(
        arguments: [
            (#"SetEnv A=1 "B=x y" C="#, [("A", "1"), ("B", "x y"), ("C", "")]),
            ("SendEnv COLOUR", [("COLOUR", "green")]),
            ("SendEnv C?L*R LC_*", [("COLOUR", "green")]),
            ("SendEnv LC_* LANG", []),
            ("SendEnv NOTHING OLOUR", []),
            ("SendEnv COLOUR\n  SetEnv COLOUR=blue 1X=y", [("COLOUR", "blue")]),
        ])
    func `the variables are those of SetEnv and SendEnv`(
        lines: String, expected: [(String, String)]
    ) throws {
        #expect(
            try endpoint(lines).environment
                == expected.map { EnvironmentVariable(name: $0, value: $1) })
    }

    @Test(
        arguments: [
            ("LANG", "LANG", true), ("LANG", "L*", true), ("LANG", "?ANG", true),
            ("LANG", "LAN", false), ("LANG", "ANG", false), ("LANG", "*", true),
            ("LANG", "*****G", true), ("LANG", "L?", false), ("", "*", true), ("", "?", false),
        ])
    func `a pattern has stars and question marks`(name: String, pattern: String, fits: Bool) {
        #expect(OpenSSHConfiguration.matches(name[...], pattern: pattern[...]) == fits)
    }

    @Test func `an ssh that is not there is remarked on`() throws {
        try scratch.write("home/.ssh/config", "Host web1\n  Port 2222\n")
        let found = try Deployment.sample().endpoint(
            for: HostAddress(name: "web1"), options: EndpointOptions(),
            environment: ["PATH": scratch.path, "HOME": home], homeFolder: home)
        #expect(found.port == 22)
        #expect(found.remarks == ["there is no ssh to ask: ~/.ssh/config does not count"])
    }
}
