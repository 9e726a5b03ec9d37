internal import LocalTerminal
internal import Runs
internal import Transcripts

/// Which view a release gets: for programs, for a CI system, for a person at a terminal, or for a log.
enum ReleaseViews {
    static func view(
        asJSON: Bool, options: RunOptions, environment: [String: String]
    ) -> any ReleaseView {
        if asJSON { return JSONReleaseView() }
        // A run id holds 80 random bits.
        let id = "ccrun-\(RunID())"
        if environment["GITHUB_ACTIONS"] == "true" {
            return SectionedReleaseView(GitHubSections(), id: id)
        }
        if environment["GITLAB_CI"] == "true" {
            return SectionedReleaseView(GitLabSections(), id: id)
        }
        let isWatched = Terminal.standardError.isTerminal && Terminal.standardOutput.isTerminal
        if isWatched, options.verbosity == .normal, environment["TERM"] != "dumb" {
            return LiveReleaseView(paint: Paint(environment))
        }
        var terminals: [OutputStream] = []
        if Terminal.standardOutput.isTerminal { terminals.append(.standardOutput) }
        if Terminal.standardError.isTerminal { terminals.append(.standardError) }
        return PlainReleaseView(Notices(options.verbosity), terminals: terminals)
    }

    /// What is said beside a view, so that it does not run into what the view draws.
    static func notices(beside view: any ReleaseView, _ notices: Notices) -> Notices {
        view is LiveReleaseView ? notices.writing(with: LiveReleaseView.interject) : notices
    }
}
