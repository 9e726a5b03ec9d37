internal import Deployments

/// Which steps of a release have had their turn, host by host.
struct SettledSteps {
    private struct Place: Hashable {
        let number: Int
        let destination: Int
    }

    private var places: Set<Place> = []

    mutating func insert(_ step: PlannedRelease.Step, _ command: PlannedRelease.Command) {
        places.insert(Place(number: step.plan.number, destination: command.destination))
    }

    /// What was to be run and was not: a step by its name, with the host where others have had it.
    func missing(of steps: [PlannedRelease.Step]) -> [String] {
        steps.flatMap { step -> [String] in
            let left = step.commands.filter { command in
                !places.contains(
                    Place(number: step.plan.number, destination: command.destination))
            }
            if left.isEmpty { return [] }
            let name = step.plan.name
            return left.count == step.commands.count ? [name] : left.map { "\(name) on \($0.host)" }
        }
    }
}
