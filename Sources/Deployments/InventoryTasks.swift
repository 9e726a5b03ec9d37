/// Reads the `tasks` and `release` of an inventory.
enum InventoryTasks {
    private static let stepKeys = [
        "task", "run", "name", "timeout", "on", "retry", "allow_failure", "always", "when",
        "environment", "confirm",
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
        let keys = ["run", "exclusive", "timeout", "description"]
        for setting in try entry.value.entries(allowed: keys) {
            switch setting.name {
            case "run": run = try setting.value.text()
            case "exclusive": exclusive = try setting.value.flag()
            case "timeout": timeout = try setting.value.duration()
            default: description = try setting.value.text()
            }
        }
        guard let run else { throw entry.value.error(at: entry, "\"run\" is missing") }
        return TaskDefinition(
            name: entry.name, run: run, exclusive: exclusive, timeout: timeout,
            description: description)
    }

    /// Reads the steps of a release: names of tasks, or mappings with `task` or `run`.
    static func release(_ value: InventoryNode) throws(DeploymentsError) -> [ReleaseStep] {
        var steps: [ReleaseStep] = []
        for element in try value.list() { steps.append(try step(element)) }
        return steps
    }

    private static func step(_ value: InventoryNode) throws(DeploymentsError) -> ReleaseStep {
        guard value.isMapping else {
            return ReleaseStep(.task(try value.text()), position: value.position)
        }
        var actions: [ReleaseStep.Action] = []
        var settings: [String: ReleaseStep.Setting] = [:]
        for entry in try value.entries(allowed: stepKeys) {
            switch entry.name {
            case "task": actions.append(.task(try entry.value.text()))
            case "run": actions.append(.run(try entry.value.text()))
            default: settings[entry.name] = try setting(entry)
            }
        }
        guard let action = actions.first, actions.count == 1 else {
            throw value.error("a step has either \"task\" or \"run\"")
        }
        return ReleaseStep(action, settings: settings, position: value.position)
    }

    /// Checks the type of a setting and keeps it as it was written.
    private static func setting(
        _ entry: InventoryNode.Entry
    ) throws(DeploymentsError) -> ReleaseStep.Setting {
        let value = entry.value
        switch entry.name {
        case "environment":
            return .variables(try InventorySection.environment(value))
        case "on" where value.isList:
            var words: [String] = []
            for element in try value.list() { words.append(try element.text()) }
            return .words(words)
        case "timeout":
            _ = try value.duration()
        case "allow_failure", "always":
            _ = try value.flag()
        case "retry":
            let text = try value.text()
            guard UInt16(text) != nil else {
                throw value.error("expected a number, found \(QuotedText.quoted(text))")
            }
        default: break
        }
        return .text(try value.text())
    }
}
