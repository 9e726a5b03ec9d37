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
        return PlainReleaseView(Notices(options.verbosity))
    }
}
