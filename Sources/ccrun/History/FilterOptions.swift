internal import ArgumentParser
internal import Deployments
internal import History
internal import Transcripts

/// Which runs are asked for: options that history and search share.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Runs from then on: 2d, 2026-11-22, yesterday, tuesday.", valueName: "when"))
    var since: String?
    @Option(
        help: ArgumentHelp("Runs up to then; a day counts to its end.", valueName: "when"))
    var until: String?
    @Option(
        help: ArgumentHelp(
            "How they stand: ok, failed, running, interrupted, detached, unreadable, or a number.",
            valueName: "status"))
    var status: String?
    @Option(
        help: ArgumentHelp(
            "Runs of a task, by itself or as a release's step.", valueName: "task"))
    var task: String?
    @Option(
        help: ArgumentHelp("Who ran it: ana, or ana@laptop.", valueName: "name"))
    var user: String?

    /// The same in the terms of `History`; `target` is `APP`, for all its deployments, or `APP/DEP`.
    func filter(_ target: String?) throws -> HistoryFilter {
        var filter = HistoryFilter()
        if let target {
            let name = try DeploymentName(parsing: target)
            filter.app = name.app
            filter.deployment = target.contains("/") ? name.deployment : nil
        }
        filter.since = try since.map { try Self.moment($0, of: "--since", endsDay: false) }
        filter.until = try until.map { try Self.moment($0, of: "--until", endsDay: true) }
        if let since = filter.since, let until = filter.until, since >= until {
            throw FilterProblem(
                message: "no run can be since \(Self.quoted(self.since)) and until "
                    + Self.quoted(self.until),
                hint: "--since is the earlier one")
        }
        filter.status = try status.map { text in
            if let status = HistoryFilter.Status(text) { return status }
            throw FilterProblem(
                message: "cannot use \(Self.quoted(text)) as a status",
                hint: EditDistance.nearest(to: text, among: Self.statuses).map {
                    "did you mean \"\($0)\"?"
                } ?? "it is \(Self.statuses.joined(separator: ", ")), or a number up to 255")
        }
        filter.task = task
        filter.user = user
        return filter
    }

    private static let statuses = [
        "ok", "failed", "running", "interrupted", "detached", "unreadable",
    ]

    private static func moment(
        _ text: String, of option: String, endsDay: Bool
    ) throws -> Timestamp {
        if let moment = MomentText.parse(text, endsDay: endsDay) { return moment }
        throw FilterProblem(
            message: "cannot use \(quoted(text)) as the time of \(option)",
            hint: "write it like one of these: \(MomentText.forms)")
    }

    private static func quoted(_ text: String?) -> String {
        "\"\(CleanText.line(text ?? ""))\""
    }
}

/// A filter that makes no sense.
struct FilterProblem: Error {
    let message: String
    let hint: String
}
