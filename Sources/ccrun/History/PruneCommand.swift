internal import ArgumentParser
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun prune`: removes old transcripts.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old transcripts.",
        usage: "ccrun prune [--older-than D] [--keep-size SIZE] [--dry-run] [--yes]",
        discussion: """
            The oldest go first. Where neither age nor size is given, runs older than 90 days go, and \
            what is beyond 5 GiB. Runs that are pinned ("ccrun history --pin ID") stay, and so do \
            those that still go on.

            Examples:
              ccrun prune --dry-run
              ccrun prune --older-than 30d --yes
              ccrun prune --keep-size 500MiB
            """)

    @Option(
        name: .customLong("older-than"),
        help: ArgumentHelp("Remove runs that are older: 90d, 2026-01-01.", valueName: "when"))
    var age: String?
    @Option(
        name: .customLong("keep-size"),
        help: ArgumentHelp("Remove the oldest beyond that size: 5GiB.", valueName: "size"))
    var size: String?
    @Flag(name: .customLong("dry-run"), help: "Tell what would go, and remove nothing.")
    var isDryRun = false
    @Flag(name: .customLong("yes"), help: "Do not ask.")
    var isConfirmed = false

    func run() throws {
        let notices = Notices(.normal)
        let stateFolder = StateFolder.resolve(environment: ProcessEnvironment.all)
        let pruning = Pruning(try retention(notices), in: stateFolder)
        if isDryRun { list(pruning.items) }
        clear(Leftovers(in: stateFolder), notices)
        let spared =
            pruning.spared == 0
            ? ""
            : "; \(Self.runs(pruning.spared)) more \(pruning.spared == 1 ? "is" : "are") spared"
        guard !pruning.items.isEmpty else {
            notices.note("nothing is to be removed\(spared)")
            return
        }
        let bytes = pruning.items.reduce(0) { $0 + $1.size }
        let what =
            "\(Self.runs(pruning.items.count)) of \(pruning.total.runs), "
            + "\(SizeText.format(bytes)) of \(SizeText.format(pruning.total.bytes))"
        guard !isDryRun else {
            notices.note("would remove \(what)\(spared)")
            return
        }
        try ask("Remove \(what)\(spared)? [y/N] ", notices)
        try prune(pruning, in: stateFolder, notices)
    }

    private func retention(_ notices: Notices) throws(ExitStatus) -> Retention {
        if age == nil, size == nil { return .standard() }
        var retention = Retention(oldest: nil, size: nil)
        if let age {
            guard let moment = MomentText.parse(age) else {
                throw .misuse(
                    "cannot use \"\(CleanText.line(age))\" as an age",
                    hint: "write it like 90d, 12w or 2026-01-01", notices)
            }
            retention.oldest = moment
        }
        if let size {
            guard let bytes = SizeText.parse(size) else {
                throw .misuse(
                    "cannot use \"\(CleanText.line(size))\" as a size",
                    hint: "write it like \(SizeText.forms)", notices)
            }
            retention.size = bytes
        }
        return retention
    }

    /// Nobody has to be asked: no run is known by these, and they may hold secrets.
    private func clear(_ leftovers: Leftovers, _ notices: Notices) {
        let gone = isDryRun ? leftovers.total : leftovers.remove()
        guard gone.files > 0 else { return }
        let files = gone.files == 1 ? "1 file" : "\(gone.files) files"
        notices.note(
            "\(isDryRun ? "would remove" : "removed") \(files) that a killed scrub has left, "
                + SizeText.format(gone.bytes))
    }

    private static func runs(_ count: Int) -> String {
        count == 1 ? "1 run" : "\(count) runs"
    }

    private func list(_ items: [Pruning.Item]) {
        guard !items.isEmpty else { return }
        let width = Terminal.standardOutput.size?.columns
        let idLength = HistoryTable.idLength(items.map(\.run), width: width)
        let rows = items.map { item -> [String] in
            let entry = HistoryEntry(run: item.run, path: item.path)
            return [
                String(item.run.description.prefix(idLength)),
                LocalTime.text(entry.started, isShort: (width ?? .max) < 80),
                CleanText.line(entry.target), HistoryTable.command(of: entry),
                SizeText.format(item.size),
            ]
        }
        let table = TextTable(
            [["RUN", "WHEN", "TARGET", "COMMAND", "SIZE"]] + rows, width: width,
            yielding: [(3, 8), (2, 6)], rightAligned: [4])
        for line in table.lines { print(line) }
    }

    // MARK: - Doing it

    private func ask(_ text: String, _ notices: Notices) throws(ExitStatus) {
        guard !isConfirmed else { return }
        let signals = try SignalPipe.ofThisProcess(notices)
        switch TerminalQuestion(text, echoes: true, signals: signals).ask() {
        case .line(let line) where ["y", "yes"].contains(Self.word(line)): return
        case .line:
            throw .misuse("nothing was removed", notices)
        case .interrupted:
            throw ExitStatus(value: 128 + (signals.interrupt() ?? 2))
        case .none:
            throw .misuse(
                "there is no terminal to ask on; nothing was removed",
                hint: "pass --yes where nobody can be asked", notices)
        }
    }

    private static func word(_ line: [UInt8]) -> String {
        String(decoding: line, as: UTF8.self).lowercased()
    }

    private func prune(
        _ pruning: Pruning, in stateFolder: String, _ notices: Notices
    ) throws {
        let outcome = pruning.prune { runs in
            // By that a transcript that was pruned is told from one that is missing.
            try Ledger.append(.pruned, of: runs, in: stateFolder)
        }
        for failure in outcome.failures {
            notices.warning("\"\(failure.path)\" is still there: \(failure.reason)")
        }
        let removed = "removed \(Self.runs(outcome.runs)), \(SizeText.format(outcome.bytes))"
        if let error = outcome.failure {
            notices.note("\(removed), and no more")
            let failure = error as? TranscriptError
            throw ExitStatus.misuse(
                failure?.message ?? "\(error)", hint: failure?.hint, notices)
        }
        notices.note(removed)
        if !outcome.failures.isEmpty { throw ExitStatus(value: CCRun.misuse) }
    }
}
