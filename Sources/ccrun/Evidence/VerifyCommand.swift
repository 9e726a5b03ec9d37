internal import ArgumentParser
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `ccrun verify`: whether transcripts are what they were when their runs ended.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Tell whether transcripts were changed since.",
        usage: "ccrun verify [--allowed-signers FILE] [--json] [ID | --all]",
        discussion: """
            Every byte is compared with the ledger, and signatures are checked. It ends with 0 where \
            all is whole, with 1 where something is not. What that proves is that nothing was changed \
            since, not that the ccrun that recorded it was honest.

            Examples:
              ccrun verify last
              ccrun verify --all --json
              ccrun verify --all --allowed-signers signers
            """)

    @Flag(name: .customLong("all"), help: "Verify all runs, and show what is not whole.")
    var includesAll = false
    @Option(
        name: .customLong("allowed-signers"),
        help: ArgumentHelp(
            "Want each run signed by one of these, see ssh-keygen(1).", valueName: "file"))
    var allowedSigners: String?
    @Option(
        name: .customLong("anchor"),
        help: ArgumentHelp("Want this head, kept elsewhere, in the ledger.", valueName: "head"))
    var anchor: String?
    @Flag(name: .customLong("json"), help: "Print one JSON object a line, the ledger's last.")
    var printsJSON = false
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String?

    func validate() throws {
        if includesAll == (id != nil) { throw ValidationError("name one run, or say --all") }
    }

    func run() throws {
        let notices = Notices(.normal)
        let environment = ProcessEnvironment.all
        try checkAllowedSigners(notices)
        do {
            let stateFolder = StateFolder.resolve(environment: environment)
            let verifier = try Verifier(stateFolder: stateFolder)
            let runs = try id.map { [try verifier.find($0)] } ?? verifier.runs
            let ledger = LedgerReport(verifier.ledger, anchor: anchor)
            var isFine = ledger.isFine
            var rows: [VerifiedRun] = []
            for run in runs {
                let row = try VerifiedRun(
                    verifier.verdict(on: run), allowedSigners: allowedSigners, environment)
                isFine = isFine && row.verdict.word.isFine
                if printsJSON { print(row.jsonLine) } else { rows.append(row) }
            }
            if printsJSON {
                print(ledger.jsonLine)
            } else {
                show(rows, ledger)
            }
            throw ExitStatus(value: isFine ? 0 : 1)
        } catch let error as HistoryError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        } catch let error as TranscriptError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        } catch let error as TranscriptSignature.Failure {
            throw ExitStatus.misuse("cannot check signatures: \(error.reason)", notices)
        }
    }

    /// Where ssh-keygen is never asked, nobody else would notice a name that was mistyped.
    private func checkAllowedSigners(_ notices: Notices) throws(ExitStatus) {
        guard let allowedSigners else { return }
        let descriptor = open(allowedSigners, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        let number = errno
        if descriptor >= 0 { close(descriptor) }
        guard descriptor < 0 else { return }
        throw .misuse(
            "cannot read \"\(CleanText.line(allowedSigners))\": \(explanation(of: number))",
            hint: "--allowed-signers names a file, see ssh-keygen(1)", notices)
    }

    /// One run in full; of all, those that there is something to say of, and how many are what.
    private func show(_ rows: [VerifiedRun], _ ledger: LedgerReport) {
        let width = Terminal.standardOutput.size?.columns
        let shown = includesAll ? rows.filter { !$0.verdict.word.isFine } : rows
        if !shown.isEmpty {
            for line in VerifiedRun.table(shown, width: width).lines { print(line) }
            print("")
        }
        if includesAll {
            let counts = Verdict.Word.allCases.compactMap { word in
                let count = rows.count { $0.verdict.word == word }
                return count > 0 ? "\(count) \(word.rawValue)" : nil
            }
            print("runs: \(counts.isEmpty ? "none" : counts.joined(separator: ", "))")
        }
        for line in ledger.lines(width: width) { print(line) }
    }
}
