internal import ArgumentParser
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun history`: the runs that left a transcript, newest first.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the runs, newest first.",
        usage: "ccrun history [--limit N | --run ID]",
        discussion: """
            Examples:
              ccrun history --limit 10
              ccrun history | grep shop/staging
              ccrun history --run last      # all about one run, and a release's steps
            """)

    @Option(help: ArgumentHelp("How many runs to list.", valueName: "number"))
    var limit = 50
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Tell all about one run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String?

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
    }

    func run() throws {
        let store = HistoryStore(
            stateFolder: StateFolder.resolve(environment: ProcessEnvironment.all))
        let width = Terminal.standardOutput.size?.columns
        let notices = Notices(.normal)
        if let id {
            do {
                for line in HistoryDetails(try store.find(id), width: width).lines { print(line) }
            } catch {
                notices.error(error.message, hint: error.hint)
                throw ExitStatus(value: CCRun.misuse)
            }
            return
        }
        let entries = store.newest(limit: limit)
        if entries.isEmpty {
            notices.note("no run has left a transcript yet")
            return
        }
        for line in HistoryTable(entries, width: width).lines { print(line) }
    }
}
