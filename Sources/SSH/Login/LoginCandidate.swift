/// A key to try: one the agent holds, or one of a file.
struct LoginCandidate {
    private enum Source {
        case agent(AgentClient)
        case file(IdentityFile)
    }

    private let source: Source
    let publicKey: PublicKey?

    init(key: PublicKey, of agent: AgentClient) {
        source = .agent(agent)
        publicKey = key
    }

    init(file: IdentityFile) {
        source = .file(file)
        publicKey = file.publicKey
    }

    /// False for a public key file whose other half the agent was to have.
    var canSign: Bool {
        if case .file(let file) = source { return file.holdsPrivateKey }
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

    /// The inner signature of `data`, made with the algorithm the server was offered.
    func sign(
        _ data: [UInt8], _ algorithm: String,
        unlock: (IdentityFile) -> Result<PrivateKey, SSHError>
    ) throws(SSHError) -> [UInt8] {
        switch source {
        case .file(let file):
            return try unlocked(file, unlock).sign(data, algorithm: algorithm)
        case .agent(let agent):
            guard let publicKey else { return [] }
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
            return signature.signature
        }
    }

    private func unlocked(
        _ file: IdentityFile, _ unlock: (IdentityFile) -> Result<PrivateKey, SSHError>
    ) throws(SSHError) -> PrivateKey {
        file.isEncrypted ? try unlock(file).get() : try file.unlock(passphrase: nil)
    }
}
