internal import Deployments
internal import History
internal import Runs
internal import Transcripts

/// Finds the one job that a text names: among those started from here, else on the hosts.
struct JobLookup {
    /// A job, and where it is.
    struct Found {
        let run: String
        let name: DeploymentName
        let connection: JobConnection
        /// Nil for a job that was started from somewhere else, or left no transcript.
        let transcript: Transcript?
    }

    private let session: JobSession
    private let target: DeploymentName?
    /// What was typed: `last`, or the beginning of an id.
    private let text: String

    /// Reads `[APP/DEP] ID`.
    init(_ words: [String], _ session: JobSession) throws(DeploymentsError) {
        self.session = session
        text = words.last ?? ""
        target = words.count > 1 ? try DeploymentName(parsing: words[0]) : nil
    }

    /// Throws `ExitStatus` 125 for a text that names no job or several, once it is explained, and
    /// `JobFailure` or `DeploymentsError` where the hosts had to be asked and could not be.
    func find() throws -> Found {
        let isLast = text == "last"
        guard let prefix = isLast ? "" : RunID.canonical(prefix: text) else {
            throw session.misuse(
                "\(attempted): that can begin no run id",
                hint: "name a job by the beginning of its id, or say last")
        }
        let known = session.knownJobs(
            beginningWith: prefix, of: target, limit: isLast ? 1 : .max)
        if let first = known.first, known.count == 1 { return try found(first) }
        if known.count > 1 { throw ambiguity(known.map(\.run)) }
        guard let target else { throw unknown(isLast) }
        return try search(target, prefix, isLast)
    }

    private func found(_ job: KnownJob) throws(DeploymentsError) -> Found {
        let deployment = try session.deployment(job.name, at: job.host)
        return Found(
            run: job.run, name: job.name,
            connection: try session.connection(to: job.host, of: deployment),
            transcript: job.transcript)
    }

    // MARK: - On the hosts

    private func search(
        _ name: DeploymentName, _ prefix: String, _ isLast: Bool
    ) throws -> Found {
        let deployment = try session.deployment(name)
        var matches: [(run: String, connection: JobConnection)] = []
        var failure: JobFailure?
        for host in deployment.hosts {
            let connection = try session.connection(to: host, of: deployment)
            do {
                let entries = try connection.list().entries
                matches += entries.filter { $0.run.hasPrefix(prefix) }.map { ($0.run, connection) }
            } catch {
                guard !error.outcome.isInterrupt else { throw error }
                failure = error
            }
        }
        matches.sort { $0.run > $1.run }
        // One that could not be asked may have another.
        if let failure, matches.isEmpty || isLast { throw failure }
        let runs = Set(matches.map(\.run))
        guard let first = matches.first else { throw unknown(isLast) }
        guard isLast || runs.count == 1 else { throw ambiguity(runs.sorted(by: >)) }
        for other in matches where other.connection !== first.connection {
            other.connection.close()
        }
        return Found(run: first.run, name: name, connection: first.connection, transcript: nil)
    }

    // MARK: - Errors

    private var attempted: String { "cannot find the job \"\(text)\"" }

    private func ambiguity(_ runs: [String]) -> ExitStatus {
        let more = runs.count > 5 ? ", and \(runs.count - 5) more" : ""
        return session.misuse(
            "\(attempted): \(runs.count) jobs begin like that: "
                + runs.prefix(5).joined(separator: ", ") + more,
            hint: "add characters until one is left")
    }

    private func unknown(_ isLast: Bool) -> ExitStatus {
        if !isLast, let other = try? session.history.find(text), !other.isDetached {
            return session.misuse(
                "\(attempted): the run \(other.run) was not detached",
                hint: "\"ccrun replay \(other.run)\" shows it")
        }
        if let target {
            return session.misuse(
                isLast
                    ? "\(attempted): there is none of \"\(target)\""
                    : "\(attempted): none of \"\(target)\" begins like that",
                hint: "\"ccrun jobs \(target)\" lists those that there are")
        }
        return session.misuse(
            isLast
                ? "\(attempted): none was started from here"
                : "\(attempted): none that was started from here begins like that",
            hint: "name the deployment as well, or list its jobs with \"ccrun jobs APP/DEP\"")
    }
}
