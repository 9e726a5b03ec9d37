/// Which keys a login may use, and how it asks for a passphrase.
package struct LoginKeys {
    /// The agent's socket, or nil for none.
    package var agentSocket: String?
    /// Private key files in the order to try them; those that do not exist are passed over.
    package var identityFiles: [String]
    /// A private key that came as a text, and what messages call it; tried ahead of all others.
    package var identityText: (name: String, text: String)?
    /// Private key files that are tried ahead of the agent's keys as well.
    package var givenFiles: [String]
    /// Certificates besides those that stand beside the key files (ssh_config(5), CertificateFile).
    package var certificateFiles: [String]
    /// Use only the keys above, from the agent or the file (ssh_config(5), IdentitiesOnly).
    package var identitiesOnly: Bool
    /// Asks for the passphrase of a key file; nil when the user gives none or cannot be asked.
    package var askPassphrase: (_ prompt: String) -> [UInt8]?
    /// Nobody is asked for the same passphrase twice, not by a second login either.
    let memory = LoginMemory()

    package init(
        agentSocket: String?, identityFiles: [String],
        identityText: (name: String, text: String)? = nil, givenFiles: [String] = [],
        certificateFiles: [String] = [], identitiesOnly: Bool,
        askPassphrase: @escaping (_ prompt: String) -> [UInt8]?
    ) {
        self.agentSocket = agentSocket
        self.identityFiles = identityFiles
        self.identityText = identityText
        self.givenFiles = givenFiles
        self.certificateFiles = certificateFiles
        self.identitiesOnly = identitiesOnly
        self.askPassphrase = askPassphrase
    }
}

/// What one login has learnt that a second one to the same host can use.
final class LoginMemory {
    /// The private keys that were unlocked, by the path of their file.
    var unlocked: [String: PrivateKey] = [:]
    /// The public keys that the server took and wanted more than, in that order.
    var halfway: [[UInt8]] = []
}
