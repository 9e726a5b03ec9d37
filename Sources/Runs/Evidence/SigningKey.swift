package import Deployments

/// The key that transcripts are signed with, as ssh-keygen is told of it.
package struct SigningKey: Sendable {
    /// The file of a private key, or of a public one whose other half an agent has.
    package let path: String

    /// What ssh-keygen finds in its environment: the agent's socket, PATH, HOME.
    let environment: [String: String]

    /// The key that was named here, else the one of the inventory; nil without either.
    package init?(_ given: String?, of deployment: Deployment?, environment: [String: String]) {
        guard let path = given ?? deployment?.signKey else { return nil }
        let home = HomeFolder.path(environment)
        self.path = path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
        self.environment = environment
    }
}
