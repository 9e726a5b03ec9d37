internal import ArgumentParser
internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun search TEXT`: looks through commands and output of all runs.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Search the commands and the output of runs.",
        usage: "ccrun search [options] TEXT [APP[/DEP]]",
        discussion: """
            Newest runs first, in what a person would have seen, without regard to case. Ends with 0 \
            where something was found, with 1 where nothing was.

            Examples:
              ccrun search "relation does not exist"
              ccrun search --task migrate --status failed Error shop/prod
              ccrun search --regex 'timeout after \\d+ ?s' --since 7d
            """)

    @OptionGroup var filter: FilterOptions
    @Flag(name: .customLong("regex"), help: "TEXT is a regular expression.")
    var isPattern = false
    @Option(
        name: [.customShort("C"), .customLong("context")],
        help: ArgumentHelp("How many lines around a hit to show.", valueName: "number"))
    var context = 1
    @Option(help: ArgumentHelp("How many hits to show.", valueName: "number"))
    var limit = 50
    @Flag(name: .customLong("json"), help: "Print one JSON object a hit.")
    var printsJSON = false
    @Argument(help: ArgumentHelp("What to look for.", valueName: "text"))
    var text: String
    @Argument(help: ArgumentHelp("The app or deployment.", valueName: "app/dep"))
    var target: String?

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
        if !(0...100).contains(context) {
            throw ValidationError("--context is a number from 0 to 100")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        let environment = ProcessEnvironment.all
        var output: any SearchOutput =
            printsJSON
            ? SearchRows()
            : SearchText(width: Terminal.standardOutput.size?.columns, environment: environment)
        var left = limit
        var hasMore = false
        do {
            let search = HistorySearch(
                stateFolder: StateFolder.resolve(environment: environment),
                for: try matcher(), in: try filter.filter(target), context: context,
                tell: { notices.note($0) }
            ) { hits in
                guard left > 0 else {
                    hasMore = true
                    throw HistorySearch.Enough()
                }
                output.show(Array(hits.prefix(left)))
                hasMore = hits.count > left
                left -= hits.count
                if hasMore { throw HistorySearch.Enough() }
            }
            try search.run()
        } catch let error as HistoryError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        } catch let error as FilterProblem {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        }
        if left == limit {
            notices.note("\"\(CleanText.line(text))\" was not found")
            throw ExitStatus(value: 1)
        }
        if hasMore, Terminal.standardOutput.isTerminal {
            notices.note("there are more; --limit N shows as many as you like")
        }
    }

    private func matcher() throws(FilterProblem) -> any TextMatcher {
        let shown = "\"\(CleanText.line(text))\""
        guard isPattern else {
            if let matcher = PlainTextMatcher(text) { return matcher }
            throw FilterProblem(
                message: text.isEmpty
                    ? "there is nothing to search for" : "cannot search for several lines at once",
                hint: "give a text that stands in one line")
        }
        do {
            return try PatternMatcher(text)
        } catch {
            throw FilterProblem(
                message: "cannot use \(shown) as a regular expression: \(error.reason)",
                hint: "leave out --regex to search for the text as it is")
        }
    }
}

/// Shows what was found.
protocol SearchOutput {
    /// Takes the hits of one run, in their order.
    mutating func show(_ hits: [SearchHit])
}
