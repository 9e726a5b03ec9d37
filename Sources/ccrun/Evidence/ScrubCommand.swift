internal import ArgumentParser
internal import Deployments
internal import History
internal import Runs
internal import Transcripts

/// `ccrun scrub`: takes a secret out of a transcript after the fact.
struct ScrubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub", abstract: "Take a secret out of a transcript after the fact.",
        usage: "ccrun scrub [--dry-run] [--sign-key FILE] --secret NAME=SOURCE ID",
        discussion: """
            The transcript is written anew without the value, in all the forms that --secret finds, \
            and the ledger tells that it was. Nothing of the old file stays but what backups have. \
            It ends with 0 where a value was found, with 1 where none was.

            Examples:
              ccrun scrub --dry-run --secret DB_PASSWORD=env:PW last
              ccrun scrub --secret TOKEN=@token.txt 01M81QM37
              ccrun scrub --secret PW="cmd:pass show shop/db" last
            """)

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "The value to take out: K=@FILE, K=env:X, K=cmd:COMMAND.", valueName: "name=source"))
    var secrets: [String] = []
    @Option(
        name: .customLong("sign-key"),
        help: ArgumentHelp("Sign what it is then with this SSH key.", valueName: "file"))
    var signKey: String?
    @Flag(name: .customLong("dry-run"), help: "Tell how often it stands there; change nothing.")
    var isDryRun = false
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String

    func validate() throws {
        if secrets.isEmpty { throw ValidationError("name what to take out with --secret") }
    }

    func run() throws {
        let notices = Notices(.normal)
        let environment = ProcessEnvironment.all
        let stateFolder = StateFolder.resolve(environment: environment)
        let redactions = try redactions(environment, notices)
        do {
            let entry = try HistoryStore(stateFolder: stateFolder).find(id)
            let scrub = try TranscriptScrub(redactions, from: entry.path, isDryRun: isDryRun)
            for (redaction, count) in zip(redactions, scrub.counts) {
                tell(redaction.name, count, entry.run, notices)
            }
            if let line = scrub.line {
                StateFolder.dropIndex(in: stateFolder)
                sign(line, beside: entry.path, environment, notices)
            }
            let isFound = scrub.counts.contains { $0 > 0 }
            throw ExitStatus(value: isFound ? 0 : 1)
        } catch let error as HistoryError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        } catch let error as TranscriptError {
            throw ExitStatus.misuse(error.message, hint: error.hint, notices)
        }
    }

    private func redactions(
        _ environment: [String: String], _ notices: Notices
    ) throws -> [Redaction] {
        let given = try SecretArguments(secrets, environment: environment)
        for warning in given.warnings { notices.warning(warning) }
        return try given.secrets.sorted { $0.key < $1.key }.map { name, secret in
            guard let redaction = secret.withBytes({ Redaction($0, named: name) }) else {
                throw ExitStatus.misuse(
                    "cannot look for the secret \"\(name)\": it has fewer than "
                        + "\(Redaction.leastSize) bytes, and would be found in too much", notices)
            }
            return redaction
        }
    }

    private func tell(_ name: String, _ count: Int, _ run: RunID, _ notices: Notices) {
        let places = count == 1 ? "1 place" : "\(count) places"
        switch count {
        case 0: notices.note("\(name) is not in the transcript of \(run)")
        case _ where isDryRun: print("\(name) stands in \(places) of \(run)")
        default: print("\(name) was taken out of \(places) of \(run)")
        }
    }

    /// The old signature is none over what is there now.
    private func sign(
        _ line: LedgerLine, beside transcript: String, _ environment: [String: String],
        _ notices: Notices
    ) {
        let signature = TranscriptSignature(
            of: line, beside: transcript, environment: environment)
        let hadOne = signature.remove()
        guard let key = SigningKey(signKey, of: nil, environment: environment) else {
            if hadOne { notices.note("its signature is gone; --sign-key makes a new one") }
            return
        }
        do {
            try signature.sign(with: key.path)
        } catch {
            notices.warning("the transcript is not signed: \(error.reason)")
        }
    }
}
