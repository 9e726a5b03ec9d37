/// Reads the `tasks` of an inventory.
enum InventoryTasks {
    private static let keys = [
        "run", "exclusive", "timeout", "description", "expect", "prompt_timeout", "secrets",
    ]

    /// Reads `name: command` and `name: {run: command, …}` entries.
    static func tasks(_ value: InventoryNode) throws(DeploymentsError) -> [TaskDefinition] {
        var tasks: [TaskDefinition] = []
        for entry in try value.entries() {
            if let problem = TaskDefinition.problem(withName: entry.name) {
                throw value.error(at: entry, problem)
            }
            tasks.append(try task(entry))
        }
        return tasks
    }

    private static func task(
        _ entry: InventoryNode.Entry
    ) throws(DeploymentsError) -> TaskDefinition {
        guard entry.value.isMapping else {
            return TaskDefinition(name: entry.name, run: try entry.value.text())
        }
        var run: String?
        var exclusive = false
        var timeout: Duration?
        var description: String?
        var expect: [ExpectRule] = []
        var promptTimeout: Duration?
        var secrets: [SecretSource] = []
        for setting in try entry.value.entries(allowed: keys) {
            switch setting.name {
            case "run": run = try setting.value.text()
            case "exclusive": exclusive = try setting.value.flag()
            case "timeout": timeout = try setting.value.duration()
            case "expect": expect = try expectations(setting.value)
            case "secrets": secrets = try InventorySection.secrets(setting.value)
            case "prompt_timeout": promptTimeout = try setting.value.duration()
            default: description = try setting.value.text()
            }
        }
        guard let run else { throw entry.value.error(at: entry, "\"run\" is missing") }
        return TaskDefinition(
            name: entry.name, run: run, exclusive: exclusive, timeout: timeout,
            description: description, expect: expect, promptTimeout: promptTimeout,
            secrets: secrets)
    }

    private static func expectations(
        _ value: InventoryNode
    ) throws(DeploymentsError) -> [ExpectRule] {
        var rules: [ExpectRule] = []
        for element in try value.list() { rules.append(try expectation(element)) }
        if rules.isEmpty { throw value.error("the list is empty") }
        return rules
    }

    private static func expectation(
        _ value: InventoryNode
    ) throws(DeploymentsError) -> ExpectRule {
        var match: String?
        var replies: [ExpectRule.Reply] = []
        var limit: Int?
        for entry in try value.entries(allowed: ["match", "send", "secret", "max"]) {
            switch entry.name {
            case "match": match = try regularExpression(entry.value)
            case "send": replies.append(.text(try entry.value.anyText()))
            case "secret": replies.append(.secret(try secretName(entry.value)))
            default: limit = try entry.value.number(in: 1...1000)
            }
        }
        guard let match else { throw value.error("\"match\" is missing") }
        guard let reply = replies.first, replies.count == 1 else {
            throw value.error("an answer is either \"send\" or \"secret\"")
        }
        return ExpectRule(match: match, reply: reply, limit: limit)
    }

    private static func regularExpression(
        _ value: InventoryNode
    ) throws(DeploymentsError) -> String {
        let text = try value.text()
        if let problem = ExpectRule.problem(withMatch: text) { throw value.error(problem) }
        return text
    }

    private static func secretName(_ value: InventoryNode) throws(DeploymentsError) -> String {
        let name = try value.text()
        guard EnvironmentVariable.isValidName(name) else {
            throw value.error(
                "the name of a secret begins with a letter or \"_\" and goes on with letters, "
                    + "digits and \"_\"")
        }
        return name
    }
}
