#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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
    /// Use only the keys above, from the agent or the file (ssh_config(5), IdentitiesOnly).
    package var identitiesOnly: Bool
    /// Asks for the passphrase of a key file; nil when the user gives none or cannot be asked.
    package var askPassphrase: (_ prompt: String) -> [UInt8]?
    /// Nobody is asked for the same passphrase twice, not by a second login either.
    let unlocked = UnlockedKeys()

    package init(
        agentSocket: String?, identityFiles: [String],
        identityText: (name: String, text: String)? = nil, givenFiles: [String] = [],
        identitiesOnly: Bool,
        askPassphrase: @escaping (_ prompt: String) -> [UInt8]?
    ) {
        self.agentSocket = agentSocket
        self.identityFiles = identityFiles
        self.identityText = identityText
        self.givenFiles = givenFiles
        self.identitiesOnly = identitiesOnly
        self.askPassphrase = askPassphrase
    }
}

/// The private keys that were unlocked, by the path of their file.
final class UnlockedKeys {
    var byPath: [String: PrivateKey] = [:]
}

/// One login: tries keys in ssh's order until the server takes one.
package final class Login {
    /// A passphrase is asked for this often, as ssh does (NumberOfPasswordPrompts' default).
    static let passphraseTries = 3

    /// An agent may ask the user to confirm the use of a key (ssh-add -c).
    static let agentTimeLimit = Duration.seconds(120)

    private let session: Session
    private let user: String
    private let keys: LoginKeys
    /// Starts anew whenever the user was asked something: people take their time.
    private var deadline: Deadline
    private let timeLimit: Duration?
    /// What was tried, in order, with what came of it.
    private var tried: [String] = []
    /// Whether the server was asked about a key at all.
    private var hasOffered = false

    package init(session: Session, user: String, keys: LoginKeys, deadline: Deadline) {
        self.session = session
        self.user = user
        self.keys = keys
        self.deadline = deadline
        timeLimit = deadline.instant.map { ContinuousClock.now.duration(to: $0) }
    }

    /// Logs in, or says which keys were tried and what the server accepts.
    ///
    /// `sendingAhead`: the channel open goes out with the signed request. When the server
    /// then refuses, the session cannot be used any more: the error's code is `pipeliningRefused`.
    /// Throws `loginRefused`, `pipeliningRefused`, or what `Session.complete` throws.
    package func perform(sendingAhead: Bool) throws(SSHError) {
        for candidate in candidates() {
            let label = candidate.label
            let outcome: Outcome
            do throws(SSHError) {
                outcome = try attempt(candidate, sendingAhead: sendingAhead)
            } catch {
                throw broken(off: error, over: label)
            }
            if case .accepted = outcome { return }
            if session.wire.hasPartialSuccess { throw partial(label) }
            if case .refused(let reason) = outcome { tried.append("\(label): \(reason)") }
        }
        throw refused()
    }

    // MARK: - Candidates

    private enum Outcome {
        case accepted
        case refused(String)
    }

    /// The given key, then ssh's order: the agent's that are also in a file, its others, the files'.
    private func candidates() -> [LoginCandidate] {
        let given = textCandidate() + keys.givenFiles.compactMap(candidate)
        let files = keys.identityFiles.compactMap(candidate)
        let held = agentCandidates()
        let first = given.compactMap { key in
            held.first(where: key.hasSameKey) ?? (key.canSign ? key : nil)
        }
        let named = held.filter { key in files.contains(where: key.hasSameKey) }
        let others = keys.identitiesOnly ? [] : held
        let filesOnly = files.filter { file in
            file.canSign && !held.contains(where: file.hasSameKey)
        }
        return (named + others + filesOnly).reduce(into: first) { all, key in
            if !all.contains(where: key.hasSameKey) { all.append(key) }
        }
    }

    /// The key that came as a text, if one did; one that cannot be read is noted.
    private func textCandidate() -> [LoginCandidate] {
        guard let (name, text) = keys.identityText else { return [] }
        do throws(SSHError) {
            return [LoginCandidate(file: try IdentityFile.read(text, called: name))]
        } catch {
            tried.append("key \(name): \(error.underlying ?? error.message)")
            return []
        }
    }

    /// The key of a file, or nil for one that is not there or cannot be read, which is noted.
    private func candidate(_ path: String) -> LoginCandidate? {
        guard access(path, F_OK) == 0 || access(path + ".pub", F_OK) == 0 else { return nil }
        do throws(SSHError) {
            return LoginCandidate(file: try IdentityFile.load(path: path))
        } catch {
            tried.append("key \(path): \(error.underlying ?? error.message)")
            return nil
        }
    }

    private func agentCandidates() -> [LoginCandidate] {
        guard let path = keys.agentSocket, access(path, F_OK) == 0 else { return [] }
        // The time that an agent takes, all there is when it never answers, is not the server's.
        defer { if let timeLimit { deadline = .after(timeLimit) } }
        do throws(SSHError) {
            let agent = try AgentClient(
                path: path, deadline: deadline, interrupt: session.interrupt)
            return try agent.identities().map { LoginCandidate(key: $0, of: agent) }
        } catch {
            tried.append("agent at \(path): \(error.underlying ?? error.message)")
            return []
        }
    }

    // MARK: - Attempts

    private func attempt(
        _ candidate: LoginCandidate, sendingAhead: Bool
    ) throws(SSHError) -> Outcome {
        guard let key = candidate.publicKey ?? unlockedPublicKey(candidate) else {
            return .refused("the passphrase was not given")
        }
        let blobs = LoginAlgorithms.blobs(for: key, version: Session.libraryVersion)
        if blobs.isEmpty { return .refused("keys of type \(key.type) are not supported") }
        var reason = "refused"
        hasOffered = true
        for blob in blobs {
            let exchange = PublicKeyExchange(
                session: session, user: user, blob: blob, sendingAhead: sendingAhead
            ) { [self] data, algorithm throws(SSHError) in
                let signature = try candidate.sign(data, algorithm) { self.unlock($0) }
                // An agent may have asked the user to confirm.
                if let timeLimit { deadline = .after(timeLimit) }
                return signature
            }
            switch try exchange.perform(until: { [self] in deadline }) {
            case .accepted: return .accepted
            case .notSigned(let error): return .refused(error.underlying ?? error.message)
            case .refused: reason = refusalReason(key)
            }
        }
        return .refused(reason)
    }

    private func unlockedPublicKey(_ candidate: LoginCandidate) -> PublicKey? {
        candidate.unlockedPublicKey { unlock($0) }
    }

    /// Asks for a file's passphrase until it fits, three times at most.
    private func unlock(_ file: IdentityFile) -> Result<PrivateKey, SSHError> {
        if let key = keys.unlocked.byPath[file.path] { return .success(key) }
        var last = SSHError(
            .wrongPassphrase, "cannot use \(file.path)", underlying: "no passphrase given")
        for _ in 0..<Self.passphraseTries {
            let answer = keys.askPassphrase("Enter passphrase for key '\(file.path)': ")
            if let timeLimit { deadline = .after(timeLimit) }
            guard let passphrase = answer else { break }
            do throws(SSHError) {
                let key = try file.unlock(passphrase: passphrase)
                keys.unlocked.byPath[file.path] = key
                return .success(key)
            } catch {
                last = error
                if error.code != .wrongPassphrase { break }
            }
        }
        return .failure(last)
    }

    // MARK: - Errors

    private func refusalReason(_ key: PublicKey) -> String {
        guard key.type == "ssh-rsa", !Session.libraryVersion.signsRSAWithSHA2 else {
            return "refused"
        }
        return
            "refused (RSA by way of libssh2 \(Session.libraryVersion); an ed25519 key works everywhere)"
    }

    /// A server that hangs up over too many keys does not say over which.
    private func broken(off error: SSHError, over label: String) -> SSHError {
        guard error.code == .connectionLost, !tried.isEmpty else { return error }
        var error = error
        error.details = (tried + [label]).map { "tried \($0)" }
        error.hint =
            "where the server takes fewer keys than there are, name the right one: "
            + "IdentityFile and IdentitiesOnly in ~/.ssh/config"
        return error
    }

    private func partial(_ accepted: String) -> SSHError {
        SSHError(
            .loginRefused, "cannot log in as \"\(user)\" at \(session.address)",
            underlying: "the server wants more than a key: \(methods)",
            details: (tried + ["\(accepted): accepted"]).map { "tried \($0)" },
            hint: "the server's AuthenticationMethods ask for a second factor")
    }

    private func refused() -> SSHError {
        SSHError(
            .loginRefused, "cannot log in as \"\(user)\" at \(session.address)",
            underlying: tried.isEmpty ? "there is no key to try" : "no key was accepted",
            details: tried.map { "tried \($0)" }
                + (methods.isEmpty ? [] : ["the server accepts: \(methods)"]),
            hint: refusalHint)
    }

    private var refusalHint: String {
        if tried.isEmpty { return "pass a key with -i, or start ssh-agent and add one" }
        return hasOffered
            ? "add the public key to the server's authorized_keys, or pass another with -i or -l"
            : "pass a private key that can be used with -i, or start ssh-agent and add one"
    }

    private var methods: String {
        session.wire.acceptedMethods.joined(separator: ", ")
    }
}
