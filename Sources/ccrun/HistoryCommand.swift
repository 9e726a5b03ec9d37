internal import ArgumentParser
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun history`: the runs that left a transcript, newest first.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the runs, newest first.",
        usage: "ccrun history [--limit N]",
        discussion: """
            Examples:
              ccrun history --limit 10
              ccrun history | grep shop/staging
            """)

    @Option(help: ArgumentHelp("How many runs to list.", valueName: "number"))
    var limit = 50

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
    }

    func run() throws {
        let store = HistoryStore(
            stateFolder: StateFolder.resolve(environment: ProcessEnvironment.all))
        let entries = store.newest(limit: limit)
        if entries.isEmpty {
            Notices(.normal).note("no run has left a transcript yet")
            return
        }
        let table = HistoryTable(entries, width: Terminal.standardOutput.size?.columns)
        for line in table.lines { print(line) }
    }
}
