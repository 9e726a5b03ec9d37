internal import ArgumentParser
internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun history`: the runs that left a transcript, newest first.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the runs, newest first.",
        usage: """
            ccrun history [options] [APP[/DEP]]
            ccrun history (--run | --pin | --unpin) ID
            ccrun history --rebuild
            """,
        discussion: """
            APP alone means all of its deployments. Runs that go on are "running", jobs that went on \
            without a connection "detached", and those whose ccrun died "interrupted".

            Examples:
              ccrun history shop/prod --since 2d
              ccrun history --task migrate --status failed --since tuesday --until tuesday
              ccrun history --run last      # all about one run, and a release's steps
              ccrun history --pin 01M81QM37 # "ccrun prune" leaves it
            """)

    @OptionGroup var filter: FilterOptions
    @Option(help: ArgumentHelp("How many runs to list.", valueName: "number"))
    var limit = 50
    @Flag(name: .customLong("json"), help: "Print one JSON object a line; of one run all about it.")
    var printsJSON = false
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Tell all about one run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String?
    @Option(help: ArgumentHelp("Keep a run from being pruned.", valueName: "run"))
    var pin: String?
    @Option(help: ArgumentHelp("Let a run be pruned again.", valueName: "run"))
    var unpin: String?
    @Flag(name: .customLong("rebuild"), help: "Make the index anew from the transcripts first.")
    var rebuilds = false
    @Argument(help: ArgumentHelp("The app or deployment.", valueName: "app/dep"))
    var target: String?

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
        let single = [id, pin, unpin].compactMap(\.self)
        if single.count > 1 {
            throw ValidationError("--run, --pin and --unpin exclude each other")
        }
        if single.count == 1, target != nil || !filter.isEmpty {
            throw ValidationError("--run, --pin and --unpin name one run, and take no filter")
        }
        if printsJSON, pin != nil || unpin != nil {
            throw ValidationError("--pin and --unpin print nothing: leave out --json")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        let store = HistoryStore(ofThisUser: notices)
        do {
            if rebuilds { try store.rebuild() }
            if let id {
                tell(of: try store.find(id))
            } else if let id = pin ?? unpin {
                try keep(try store.find(id), store, notices)
            } else {
                list(store, try filter.filter(target), notices)
            }
        } catch let error as HistoryError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        } catch let error as FilterProblem {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        }
    }

    private func tell(of entry: HistoryEntry) {
        let details = HistoryDetails(entry, width: Terminal.standardOutput.size?.columns)
        if printsJSON {
            print(RunRow(entry, steps: details.steps).jsonLine)
        } else {
            for line in details.lines { print(line) }
        }
    }

    private func keep(
        _ entry: HistoryEntry, _ store: HistoryStore, _ notices: Notices
    ) throws(HistoryError) {
        let isPinned = pin != nil
        let isNew = try store.pin(entry, isPinned)
        let what = isPinned ? "pinned" : "not pinned"
        notices.note("the run \(entry.run) is \(isNew ? "" : "already ")\(what)")
    }

    private func list(_ store: HistoryStore, _ filter: HistoryFilter, _ notices: Notices) {
        // One more than is shown tells whether there are more.
        let found = store.runs(matching: filter, limit: limit == .max ? limit : limit + 1)
        let entries = Array(found.prefix(limit))
        if entries.isEmpty {
            notices.note(EmptyHistory(filter, store).text)
        } else if printsJSON {
            for entry in entries { print(HistoryRow(entry).jsonLine) }
        } else {
            let width = Terminal.standardOutput.size?.columns
            for line in HistoryTable(entries, width: width).lines { print(line) }
            if found.count > limit, Terminal.standardOutput.isTerminal {
                notices.note("there are more; --limit N lists as many as you like")
            }
        }
    }
}

extension FilterOptions {
    /// Whether no option was given.
    var isEmpty: Bool {
        [since, until, status, task, user].allSatisfy { $0 == nil }
    }
}

extension HistoryStore {
    /// The history of whoever runs this process.
    init(ofThisUser notices: Notices) {
        self.init(stateFolder: StateFolder.resolve(environment: ProcessEnvironment.all)) {
            notices.note($0)
        }
    }
}

/// What is said where no run was found.
struct EmptyHistory {
    let text: String

    init(_ filter: HistoryFilter, _ store: HistoryStore) {
        guard !filter.isEmpty else {
            text = "no run has left a transcript yet"
            return
        }
        let apps = store.apps()
        guard let app = filter.app, !apps.contains(app) else {
            text = apps.isEmpty ? "no run has left a transcript yet" : "no run is like that"
            return
        }
        let near = EditDistance.nearest(to: app, among: apps).map { "; did you mean \"\($0)\"?" }
        text = "no run of an app \"\(app)\" has left a transcript\(near ?? "")"
    }
}
