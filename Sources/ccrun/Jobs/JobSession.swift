internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// What the commands about jobs have in common: the inventory, the history, and how to connect.
struct JobSession {
    let environment: [String: String]
    let inventory: Inventory?
    let options: RunOptions
    let notices: Notices
    let signals: SignalPipe
    let history: HistoryStore

    init(_ common: CommonOptions, _ connection: ConnectionOptions) throws {
        environment = ProcessEnvironment.all
        inventory = try common.inventory(environment)
        options = try connection.options()
        notices = Notices(options.verbosity)
        let state = StateFolder.resolve(environment: environment)
        history = HistoryStore(stateFolder: state) { [notices] in notices.note($0) }
        signals = try .ofThisProcess(notices)
    }

    /// The jobs that were started from here, newest first.
    func knownJobs(
        beginningWith prefix: String = "", of name: DeploymentName? = nil, limit: Int = .max
    ) -> [KnownJob] {
        history.jobs(beginningWith: prefix, target: name?.description, limit: limit)
            .compactMap(KnownJob.init)
    }

    /// The deployment of that name; `host` is where it is if nothing describes it any more.
    func deployment(
        _ name: DeploymentName, at host: HostAddress? = nil
    ) throws(DeploymentsError) -> Deployment {
        do {
            return try Deployment.find(
                name, in: inventory, host: host, environment: environment,
                homeFolder: HomeFolder.path(environment))
        } catch {
            guard let host, [.unknownApp, .unknownDeployment].contains(error.code) else {
                throw error
            }
            return Deployment(adHoc: name, host: host)
        }
    }

    func connection(
        to host: HostAddress, of deployment: Deployment
    ) throws(DeploymentsError) -> JobConnection {
        try JobConnection(
            to: host, of: deployment, options: options, environment: environment,
            notices: notices, signals: signals)
    }

    /// An error that is the caller's: says it, and ends with 125.
    func misuse(_ message: String, hint: String? = nil) -> ExitStatus {
        .misuse(message, hint: hint, notices)
    }
}
