/// One deployment: where it is, how to get in, and what is known to run there.
package struct Deployment: Sendable, Equatable {
    package var name: DeploymentName
    /// The machines, the primary first.
    ///
    /// There is at least one; with a gateway, that is the only one.
    package var hosts: [HostAddress]
    /// The user to log in as; nil leaves it to `~/.ssh/config` and the local login name.
    package var user: String?
    /// A forwarder that tells deployments apart by the user name `app-dep`.
    package var gateway: HostAddress?
    /// The remote working folder; `~` and `~/x` are the remote home.
    package var directory: String?
    package var environment: [EnvironmentVariable] = []
    /// A remote file of `KEY=VALUE` lines; relative to `directory`.
    package var envFile: String?
    /// Shell text that runs ahead of every command; its failure ends the run.
    package var before: String?
    /// The command that leads from the host into the container; may contain `{tty}`.
    package var through: String?
    /// Whether to ask before running anything.
    package var protected = false
    package var tasks: [TaskDefinition] = []
    package var processTypes: [ProcessType] = []
    package var release: [ReleaseStep] = []
    /// What is not to run here by mistake.
    package var deny: [DenyRule] = []
    /// Values that no transcript may hold, and that prompts can be answered with.
    package var secrets: [SecretSource] = []
    /// The file of the key that transcripts are signed with; `~` and `~/x` are the home here.
    package var signKey: String?
    /// What ssh was asked about its hosts.
    var questions = OpenSSHQuestions()
    /// Where the inventory says so; nil without an inventory.
    package var position: SourcePosition?

    package init(name: DeploymentName, hosts: [HostAddress]) {
        self.name = name
        self.hosts = hosts
    }

    /// The same with the paths of local files as they are seen from the inventory's folder.
    func resolvingPaths(in folder: String) -> Deployment {
        var copy = self
        copy.secrets = secrets.map { $0.resolved(in: folder) }
        copy.signKey = signKey.map { $0.hasPrefix("~") ? $0 : FilePath.absolute($0, in: folder) }
        copy.tasks = tasks.map { task in
            var task = task
            task.secrets = task.secrets.map { $0.resolved(in: folder) }
            return task
        }
        return copy
    }

    /// A deployment that no inventory describes, at `host`.
    package init(adHoc name: DeploymentName, host: HostAddress) {
        self.init(name: name, hosts: [host])
    }
}
