/// Which steps of a release are to run: `--from`, `--only` and `--skip`.
///
/// A step is meant by its name or by its place, counted from 1; digits are always a place.
package struct ReleaseSelection: Sendable, Equatable {
    package let from: String?
    package let only: [String]
    package let skip: [String]

    package init(from: String? = nil, only: [String] = [], skip: [String] = []) {
        self.from = from
        self.only = only
        self.skip = skip
    }

    /// Says for every step why it is not to run; nil where it is.
    ///
    /// Throws `unknownStep` for a step that is not there, `invalidSelection` for `from` beside
    /// `only`, and where no step is left.
    func skipReasons(
        for steps: [ReleaseStep],
        of deployment: DeploymentName
    ) throws(DeploymentsError) -> [ReleasePlan.SkipReason?] {
        if from != nil, !only.isEmpty {
            throw Self.impossible(deployment, because: "--from and --only exclude each other")
        }
        let start = try from.map { name throws(DeploymentsError) in
            try Self.index(of: name, in: steps, of: deployment)
        }
        let chosen = try Self.indices(of: only, in: steps, of: deployment)
        let left = try Self.indices(of: skip, in: steps, of: deployment)
        let reasons = steps.indices.map { index -> ReleasePlan.SkipReason? in
            if left.contains(index) { return .skipped }
            if !chosen.isEmpty, !chosen.contains(index) { return .notSelected }
            guard let start, index < start, !steps[index].runsAlways else { return nil }
            return .beforeStart(steps[start].name)
        }
        if !reasons.contains(nil) {
            throw Self.impossible(deployment, because: "no step is left to run")
        }
        return reasons
    }

    private static func indices(
        of names: [String],
        in steps: [ReleaseStep],
        of deployment: DeploymentName
    ) throws(DeploymentsError) -> Set<Int> {
        var indices: Set<Int> = []
        for name in names { indices.insert(try index(of: name, in: steps, of: deployment)) }
        return indices
    }

    private static func index(
        of name: String,
        in steps: [ReleaseStep],
        of deployment: DeploymentName
    ) throws(DeploymentsError) -> Int {
        if ReleaseStep.isNumber(name) {
            if let number = Int(name), steps.indices.contains(number - 1) { return number - 1 }
        } else if let index = steps.firstIndex(where: { $0.name == name }) {
            return index
        }
        let names = steps.map(\.name)
        throw DeploymentsError(
            .unknownStep,
            "cannot find the step \(QuotedText.quoted(name)) in the release of "
                + QuotedText.quoted("\(deployment)"),
            because: "the steps are \(QuotedText.list(names))",
            hint: ReleaseStep.isNumber(name)
                ? "they are numbered from 1 to \(names.count)"
                : EditDistance.hint(for: name, among: names))
    }

    private static func impossible(
        _ deployment: DeploymentName,
        because reason: String
    ) -> DeploymentsError {
        DeploymentsError(
            .invalidSelection,
            "cannot select steps of the release of \(QuotedText.quoted("\(deployment)"))",
            because: reason)
    }
}
