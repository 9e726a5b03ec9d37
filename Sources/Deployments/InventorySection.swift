/// The settings that an app gives its deployments, or that one deployment has of its own.
struct InventorySection {
    /// The keys of a deployment; an app has them too, as defaults.
    static let keys = [
        "host", "hosts", "gateway", "user", "directory", "environment", "env_file", "before",
        "through", "procfile", "protected", "tasks", "release", "deny", "secrets", "sign_key",
    ]

    private(set) var hosts: [HostAddress]?
    private(set) var gateway: HostAddress?
    private var user: String?
    private var directory: String?
    private var environment: [EnvironmentVariable] = []
    private var envFile: String?
    private var before: String?
    private var through: String?
    private(set) var procfile: String?
    private var protected: Bool?
    private var tasks: [TaskDefinition] = []
    private var release: [ReleaseStep]?
    private var deny: [DenyRule] = []
    private var secrets: [SecretSource] = []
    private var signKey: String?

    /// Reads the entries that are settings, and passes over the others.
    init(_ entries: [InventoryNode.Entry]) throws(DeploymentsError) {
        try requireOneWayIn(entries)
        for entry in entries { try read(entry) }
    }

    /// The deployment that these settings, over those of its app, describe.
    func deployment(
        named name: DeploymentName,
        over app: InventorySection,
        at position: SourcePosition
    ) -> Deployment {
        let ownsWayIn = hosts != nil || gateway != nil
        let gateway = ownsWayIn ? gateway : app.gateway
        let hosts = gateway.map { [$0] } ?? (ownsWayIn ? hosts : app.hosts) ?? []
        var deployment = Deployment(name: name, hosts: hosts)
        deployment.gateway = gateway
        // A gateway tells deployments apart by the user, so the app's user is not for it.
        deployment.user = user ?? (gateway == nil ? app.user : nil)
        deployment.directory = directory ?? app.directory
        deployment.environment = EnvironmentVariable.merging(app.environment, with: environment)
        deployment.envFile = envFile ?? app.envFile
        deployment.before = before ?? app.before
        deployment.through = through ?? app.through
        deployment.protected = protected ?? app.protected ?? false
        deployment.tasks = app.tasks.filter { task in !tasks.contains { $0.name == task.name } }
        deployment.tasks += tasks
        deployment.release = release ?? app.release ?? []
        deployment.deny = app.deny.filter { rule in !deny.contains { $0.text == rule.text } }
        deployment.deny += deny
        deployment.secrets = SecretSource.merging(app.secrets, with: secrets)
        deployment.signKey = signKey ?? app.signKey
        deployment.position = position
        return deployment
    }

    private func requireOneWayIn(_ entries: [InventoryNode.Entry]) throws(DeploymentsError) {
        let ways = entries.filter { ["host", "hosts", "gateway"].contains($0.name) }
        guard ways.count > 1, let second = ways.dropFirst().first else { return }
        throw second.value.error(
            at: second, "stands beside \(QuotedText.quoted(ways[0].name)); only one may be there")
    }

    private mutating func read(_ entry: InventoryNode.Entry) throws(DeploymentsError) {
        let value = entry.value
        switch entry.name {
        case "host": hosts = [try value.host()]
        case "hosts": hosts = try Self.hosts(value)
        case "gateway": gateway = try value.host()
        case "user": user = try value.text()
        case "directory": directory = try value.text()
        case "environment": environment = try Self.environment(value)
        case "env_file": envFile = try value.text()
        case "before": before = try value.text()
        case "through": through = try Self.through(value)
        case "procfile": procfile = try value.text()
        case "protected": protected = try value.flag()
        case "tasks": tasks = try InventoryTasks.tasks(value)
        case "release": release = try InventoryRelease.steps(value)
        case "deny": deny = try Self.deny(value)
        case "secrets": secrets = try Self.secrets(value)
        case "sign_key": signKey = try value.text()
        default: break
        }
    }

    private static func hosts(_ value: InventoryNode) throws(DeploymentsError) -> [HostAddress] {
        var hosts: [HostAddress] = []
        for element in try value.list(hint: "write \"host:\" for a single one") {
            let host = try element.host()
            if hosts.contains(host) {
                throw element.error("\(QuotedText.quoted("\(host)")) is listed twice")
            }
            hosts.append(host)
        }
        if hosts.isEmpty { throw value.error("the list is empty") }
        return hosts
    }

    private static func deny(_ value: InventoryNode) throws(DeploymentsError) -> [DenyRule] {
        var rules: [DenyRule] = []
        for element in try value.list(hint: "write \"deny: [WORD]\" for a single one") {
            let rule = DenyRule(try element.text(), position: element.position)
            if rule.text.isEmpty { throw element.error("the text is empty") }
            if rules.contains(where: { $0.text == rule.text }) {
                throw element.error("\(QuotedText.quoted(rule.text)) is listed twice")
            }
            rules.append(rule)
        }
        return rules
    }

    static func environment(
        _ value: InventoryNode
    ) throws(DeploymentsError) -> [EnvironmentVariable] {
        var variables: [EnvironmentVariable] = []
        for entry in try value.entries() {
            let variable = EnvironmentVariable(
                name: entry.name, value: try entry.value.anyText())
            if let problem = variable.problem { throw value.error(at: entry, problem) }
            variables.append(variable)
        }
        return variables
    }

    /// Reads `NAME: "@file"` entries; what a wrong one says is not shown, as it may be the secret.
    static func secrets(_ value: InventoryNode) throws(DeploymentsError) -> [SecretSource] {
        var sources: [SecretSource] = []
        for entry in try value.entries() {
            guard EnvironmentVariable.isValidName(entry.name) else {
                throw value.error(
                    at: entry,
                    "the name of a secret begins with a letter or \"_\" and goes on with letters, "
                        + "digits and \"_\"")
            }
            guard let source = SecretSource(try entry.value.text(), named: entry.name) else {
                throw value.error(
                    at: entry, "it does not say where the value is",
                    hint: "write \"@FILE\", \"env:VARIABLE\" or \"cmd:COMMAND\"")
            }
            sources.append(source)
        }
        return sources
    }

    private static func through(_ value: InventoryNode) throws(DeploymentsError) -> String {
        let text = try value.text().trimmingBlanks
        if text.isEmpty { throw value.error("the text is empty") }
        // The command that goes through is appended to it, so it has to be one open line.
        if text.contains(where: \.isNewline) { throw value.error("has to be one line") }
        return text
    }
}
