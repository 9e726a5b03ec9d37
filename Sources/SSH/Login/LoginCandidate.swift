/// A key to try: one the agent holds, or one of a file.
struct LoginCandidate {
    private enum Source {
        case agent(AgentClient)
        case file(IdentityFile)
    }

    private let source: Source
    /// What the server is offered; of a file that shows it only once unlocked, nil.
    let publicKey: PublicKey?
    /// The key that signs, where a certificate is what is offered.
    private var signingKey: PublicKey?

    init(key: PublicKey, of agent: AgentClient) {
        source = .agent(agent)
        publicKey = key
    }

    /// The same key, offered by way of a certificate that was made of it.
    private init(_ candidate: LoginCandidate, certificate: Certificate) {
        source = candidate.source
        publicKey = certificate.publicKey
        signingKey = candidate.publicKey
    }

    func certified(by certificate: Certificate) -> LoginCandidate {
        LoginCandidate(self, certificate: certificate)
    }

    /// Whether somebody has to touch a device for each signature.
    var needsTouch: Bool { publicKey.map { LoginAlgorithms.needsTouch($0.type) } ?? false }

    init(file: IdentityFile) {
        source = .file(file)
        publicKey = file.publicKey
    }

    /// False for a public key file whose other half the agent was to have, and for the file of an
    /// authenticator's key: the agent talks to that.
    var canSign: Bool {
        if case .file(let file) = source { return file.holdsPrivateKey && !needsTouch }
        return true
    }

    /// Whether another is the same key; of one that is not known before it is unlocked nobody can tell.
    func hasSameKey(_ other: LoginCandidate) -> Bool {
        publicKey.map { $0.blob == other.publicKey?.blob } ?? false
    }

    /// What messages call the key.
    var label: String {
        let fingerprint = publicKey.map { "\($0.type) \($0.fingerprint)" } ?? "encrypted"
        return switch source {
        case .agent:
            "agent key \(fingerprint) \(cleaned((publicKey?.comment ?? "").utf8, limit: 80))"
        case .file(let file): "key \(file.path) (\(fingerprint))"
        }
    }

    /// The public half of a file that shows it only once unlocked; nil when it stays locked.
    func unlockedPublicKey(_ unlock: (IdentityFile) -> Result<PrivateKey, SSHError>) -> PublicKey? {
        guard case .file(let file) = source else { return nil }
        return try? unlocked(file, unlock).publicKey
    }

    /// The signature of `data`, made with the algorithm the server was offered, that of a certificate
    /// included.
    func sign(
        _ data: [UInt8], _ offered: String,
        unlock: (IdentityFile) -> Result<PrivateKey, SSHError>
    ) throws(SSHError) -> AgentClient.Signature {
        let algorithm = Certificate.plainName(of: offered) ?? offered
        switch source {
        case .file(let file):
            return AgentClient.Signature(
                algorithm: algorithm,
                signature: try unlocked(file, unlock).sign(data, algorithm: algorithm))
        case .agent(let agent):
            guard let publicKey = signingKey ?? publicKey else {
                throw SSHError(.agent, "cannot sign with the agent", underlying: "no key is known")
            }
            let flags = LoginAlgorithms.agentFlags(for: algorithm)
            agent.deadline = .after(KeyLogin.agentTimeLimit)
            let signature = try agent.sign(data, with: publicKey, flags: flags)
            // An agent that ignores the flags answers with SHA-1, which no server of today takes.
            guard signature.algorithm == algorithm else {
                throw SSHError(
                    .agent, "cannot sign with the agent",
                    underlying:
                        "it signs with \(cleaned(signature.algorithm.utf8)), not \(algorithm)")
            }
            return signature
        }
    }

    private func unlocked(
        _ file: IdentityFile, _ unlock: (IdentityFile) -> Result<PrivateKey, SSHError>
    ) throws(SSHError) -> PrivateKey {
        file.isEncrypted ? try unlock(file).get() : try file.unlock(passphrase: nil)
    }
}
