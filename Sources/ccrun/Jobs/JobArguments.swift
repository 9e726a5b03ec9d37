internal import ArgumentParser
internal import Deployments
internal import Runs
internal import Transcripts

/// `[APP/DEP] ID`, and the options of the commands about one job.
struct JobArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The beginning of the job's id, or \"last\"; behind its deployment where the job was "
                + "not started from here.", valueName: "run"))
    var words: [String]

    func validate() throws {
        if words.count > 2 { throw ValidationError("one job at a time: [APP/DEP] ID") }
    }

    /// Finds the job, asks about it, says how that came out, and ends with its status.
    func perform(
        _ common: CommonOptions, _ connection: ConnectionOptions,
        _ status: JobStatusOptions? = nil,
        _ body: (JobLookup.Found, JobSession) throws(JobFailure) -> Outcome
    ) throws {
        try StatusFile.attending(status?.statusFile, target: target) { file in
            let clock = ContinuousClock.now
            let session = try JobSession(common, connection)
            var job: JobLookup.Found?
            let outcome: Outcome
            do {
                let found = try JobLookup(words, session).find()
                job = found
                defer { found.connection.close() }
                outcome = try body(found, session)
            } catch let failure as JobFailure {
                outcome = failure.outcome
            }
            let fields = StatusFields(outcome, job, target: target, clock.duration(to: .now))
            StatusReport(outcome, fields).deliver(
                to: file, asJSON: status?.reportsJSON ?? false, session.notices)
            throw ExitStatus(value: outcome.status)
        }
    }

    private var target: String { words.count > 1 ? words[0] : "" }
}

/// How programs learn of a job's end, and how long they wait for it.
struct JobStatusOptions: ParsableArguments {
    @Option(
        name: .customLong("status-file"),
        help: ArgumentHelp("Write the outcome as JSON to this file.", valueName: "file"))
    var statusFile: String?
    @Flag(name: .customLong("json"), help: "Report the outcome as JSON on stderr's last line.")
    var reportsJSON = false
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp(
            "How long to wait: 90s, 15m, 2h. The job goes on.", valueName: "duration"),
        transform: DurationText.parse)
    var timeout: Duration?
}

extension StatusFields {
    /// What came of waiting so long for a job; without one, of looking for it.
    fileprivate init(
        _ outcome: Outcome, _ job: JobLookup.Found?, target: String, _ duration: Duration
    ) {
        self.init(
            outcome, run: job?.run, target: job.map { "\($0.name)" } ?? target,
            host: job?.connection.host.name,
            started: job.flatMap { RunID($0.run)?.started.description }, duration: duration,
            transcript: job?.transcript?.path)
    }
}
