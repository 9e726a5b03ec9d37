/// Reads the `release` of an inventory.
enum InventoryRelease {
    private static let keys = [
        "task", "run", "name", "timeout", "on", "retry", "allow_failure", "always", "when",
        "environment", "confirm",
    ]

    /// Reads the steps: names of tasks, or mappings with `task` or `run`.
    static func steps(_ value: InventoryNode) throws(DeploymentsError) -> [ReleaseStep] {
        var steps: [ReleaseStep] = []
        for element in try value.list(hint: "write \"release: [NAME]\" for a single step") {
            steps.append(try step(element, after: steps))
        }
        if steps.isEmpty { throw value.error("the list is empty") }
        return steps
    }

    private static func step(
        _ value: InventoryNode,
        after earlier: [ReleaseStep]
    ) throws(DeploymentsError) -> ReleaseStep {
        guard value.isMapping else {
            let action = ReleaseStep.Action.task(try text(value))
            return ReleaseStep(
                action, name: freeName(for: action, after: earlier), position: value.position)
        }
        let entries = try value.entries(allowed: keys)
        var actions: [ReleaseStep.Action] = []
        for entry in entries {
            switch entry.name {
            case "task": actions.append(.task(try text(entry.value)))
            case "run": actions.append(.run(try text(entry.value)))
            default: break
            }
        }
        guard let action = actions.first, actions.count == 1 else {
            throw value.error("a step has either \"task\" or \"run\"")
        }
        let chosen = entries.first { $0.name == "name" }?.value
        let name =
            try chosen.map { value throws(DeploymentsError) in try Self.name(value, after: earlier)
            }
            ?? freeName(for: action, after: earlier)
        var step = ReleaseStep(action, name: name, position: value.position)
        for entry in entries { try read(entry, into: &step) }
        return step
    }

    private static func read(
        _ entry: InventoryNode.Entry,
        into step: inout ReleaseStep
    ) throws(DeploymentsError) {
        let value = entry.value
        switch entry.name {
        case "timeout": step.timeout = try value.duration()
        case "on": step.hosts = try hosts(value)
        case "retry": step.retry = try value.number(in: 0...100)
        case "allow_failure": step.allowsFailure = try value.flag()
        case "always": step.runsAlways = try value.flag()
        case "when": step.condition = try text(value)
        case "environment": step.environment = try InventorySection.environment(value)
        case "confirm": step.confirmation = try question(value, step: step.name)
        default: break
        }
    }

    private static func hosts(_ value: InventoryNode) throws(DeploymentsError) -> ReleaseStep.Hosts
    {
        let word = try value.text()
        if let hosts = ReleaseStep.Hosts(rawValue: word) { return hosts }
        throw value.error(
            "expected primary or all, found \(QuotedText.quoted(word))",
            hint: EditDistance.hint(for: word, among: ReleaseStep.Hosts.allCases.map(\.rawValue)))
    }

    /// A question, or a flag that asks for the usual one.
    private static func question(
        _ value: InventoryNode,
        step name: String
    ) throws(DeploymentsError) -> String? {
        if let asks = try? value.flag() {
            return asks ? "run \(QuotedText.quoted(name))?" : nil
        }
        return try text(value)
    }

    private static func text(_ value: InventoryNode) throws(DeploymentsError) -> String {
        let text = try value.text().trimmingBlanks
        if text.isEmpty { throw value.error("the text is empty") }
        return text
    }

    // MARK: - Names

    private static func name(
        _ value: InventoryNode,
        after earlier: [ReleaseStep]
    ) throws(DeploymentsError) -> String {
        let name = try text(value)
        if let problem = ReleaseStep.problem(withName: name) { throw value.error(problem) }
        if let index = earlier.firstIndex(where: { $0.name == name }) {
            throw value.error("\(QuotedText.quoted(name)) is the name of step \(index + 1) already")
        }
        return name
    }

    /// The usual name of the step, with a number where an earlier step has it.
    private static func freeName(
        for action: ReleaseStep.Action,
        after earlier: [ReleaseStep]
    ) -> String {
        let usual = ReleaseStep.name(for: action)
        let taken = Set(earlier.map(\.name))
        var name = usual
        var number = 1
        while taken.contains(name) {
            number += 1
            name = "\(usual)-\(number)"
        }
        return name
    }
}
