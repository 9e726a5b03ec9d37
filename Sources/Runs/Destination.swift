package import Deployments

/// One host of a deployment as a connection needs it: where it is, as whom, and on what terms.
package struct Destination: Sendable {
    package private(set) var endpoint: Endpoint
    /// The key files that the user has named, as opposed to those that are tried by default.
    private(set) var namedIdentityFiles: [String]
    /// CCRUN_SSH_KEY: a private key to log in with, ahead of all others.
    let givenKey: GivenText?
    /// CCRUN_KNOWN_HOSTS: the keys of hosts, instead of the user's files.
    let givenHostKeys: GivenText?
    let acceptsNewHostKey: Bool
    /// What each phase before the command may take, where the user has said so.
    private let givenPhaseLimit: Duration?
    /// This process's environment, for a ProxyCommand and the program of SSH_ASKPASS.
    let environment: [String: String]
    /// Also offer algorithms that only old servers need.
    let allowsLegacyAlgorithms: Bool

    /// Decides how to reach a host.
    ///
    /// `environment`: this process's; HOME, SSH_AUTH_SOCK, CCRUN_SSH_KEY, CCRUN_KNOWN_HOSTS and
    /// CCRUN_LEGACY_ALGORITHMS count. Throws `DeploymentsError` for a host that cannot be.
    package init(
        _ host: HostAddress, of deployment: Deployment, options: RunOptions,
        environment: [String: String]
    ) throws(DeploymentsError) {
        endpoint = try deployment.endpoint(
            for: host, options: options.endpoint, environment: environment,
            homeFolder: HomeFolder.path(environment))
        namedIdentityFiles = Array(
            endpoint.identityFiles.prefix(options.endpoint.identityFiles.count))
        givenKey = GivenText("CCRUN_SSH_KEY", in: environment)
        givenHostKeys = GivenText("CCRUN_KNOWN_HOSTS", in: environment)
        acceptsNewHostKey = options.acceptsNewHostKey
        givenPhaseLimit = options.connectTimeout
        self.environment = environment
        allowsLegacyAlgorithms = environment["CCRUN_LEGACY_ALGORITHMS"] == "1"
    }

    /// What each phase before the command may take.
    var phaseLimit: Duration { givenPhaseLimit ?? endpoint.connectTimeout ?? .seconds(20) }

    /// The deployment with what ssh_config gives the command beneath its own environment.
    func surrounding(_ deployment: Deployment) -> Deployment {
        var deployment = deployment
        deployment.environment = EnvironmentVariable.merging(
            endpoint.environment, with: deployment.environment)
        return deployment
    }

    /// The last host on the way, on the terms that hold for all hosts; nil where the way is another.
    ///
    /// What is said of the target alone, as with `-i`, does not hold for it.
    var jumpHost: Destination? {
        guard case .through(let last) = endpoint.way else { return nil }
        var destination = self
        destination.endpoint = last
        destination.namedIdentityFiles = []
        return destination
    }
}
