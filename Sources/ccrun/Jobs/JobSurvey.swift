internal import Deployments
internal import Runs
internal import Transcripts

/// Asks all hosts for their jobs, and completes the transcripts of those that have ended.
struct JobSurvey {
    /// A host, and the jobs that were started from here and should be there.
    private struct Place {
        let connection: JobConnection
        /// The deployments that it serves; whose a job is that nothing tells of goes by the first one.
        var names: [DeploymentName]
        var known: [KnownJob] = []
    }

    private let session: JobSession
    private let target: DeploymentName?
    /// The jobs started from here; looked up before any host is asked, so that what is started
    /// meanwhile is not missed there.
    private let all: [KnownJob]
    /// What has been found, newest first.
    private(set) var rows: [JobRow] = []
    /// What it has to end with: 255 where a host did not answer, 125 where one could not be named.
    private(set) var status: CInt = 0

    /// Asks; throws `DeploymentsError` for a target that there is not, `ExitStatus` when interrupted.
    init(_ session: JobSession, target: DeploymentName?) throws {
        self.session = session
        self.target = target
        all = session.knownJobs()
        for place in try places() {
            defer { place.connection.close() }
            do {
                try ask(place)
            } catch {
                if error.outcome.isInterrupt {
                    session.notices.note(error.outcome.explanation)
                    throw ExitStatus(value: error.outcome.status)
                }
                if !error.outcome.wasTold { session.notices.error(error.outcome.explanation) }
                status = 255
            }
        }
        rows.sort { $0.run > $1.run }
    }

    private mutating func ask(_ place: Place) throws(JobFailure) {
        let host = place.connection.host
        let shownHost = HostAddress(name: host.name, port: host.port == 22 ? nil : host.port)
        let entries = try place.connection.list().entries
        for entry in entries where !rows.contains(where: { $0.run == entry.run }) {
            let job = all.first { $0.run == entry.run }
            // One account may serve several deployments. How a job stands can be seen from its own
            // alone, as another one may share its home folder and not its processes.
            if let job, !place.names.contains(job.name) { continue }
            if let job, job.isOpen {
                JobTranscript(job.transcript, notices: session.notices).complete(
                    over: place.connection, entry.verdict, entry: entry)
            }
            rows.append(
                JobRow(
                    entry, target: "\(job?.name ?? place.names[0])", host: "\(shownHost)",
                    transcript: job?.transcript.path))
        }
        for job in place.known where !entries.contains(where: { $0.run == job.run }) {
            rows.append(JobRow(gone: job, host: "\(shownHost)"))
        }
    }

    // MARK: - Places

    private mutating func places() throws -> [Place] {
        var places: [Place] = []
        for name in target.map({ [$0] }) ?? Self.unique(all.map(\.name)) {
            do {
                try add(name, to: &places)
            } catch let error as DeploymentsError where target == nil {
                session.notices.error(error)
                status = CCRun.misuse
            }
        }
        return places
    }

    /// The hosts of a deployment, and those on which jobs of it were started that have not ended.
    private func add(_ name: DeploymentName, to places: inout [Place]) throws {
        let jobs = all.filter { $0.name == name }
        let deployment = try session.deployment(name, at: jobs.first?.host)
        for host in deployment.hosts { try add(host, of: deployment, [], to: &places) }
        let open = jobs.filter(\.isOpen)
        for host in Self.unique(open.map(\.host)) {
            try add(host, of: deployment, open.filter { $0.host == host }, to: &places)
        }
    }

    private func add(
        _ host: HostAddress, of deployment: Deployment, _ jobs: [KnownJob],
        to places: inout [Place]
    ) throws {
        let connection = try session.connection(to: host, of: deployment)
        if let place = places.firstIndex(where: { $0.connection.finds(the: connection) }) {
            places[place].known += jobs
            places[place].names.append(deployment.name)
        } else {
            places.append(
                Place(connection: connection, names: [deployment.name], known: jobs))
        }
    }

    private static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
