/// The method that proves to hold a key: tries keys in ssh's order until the server takes one.
final class KeyLogin {
    /// An agent may ask the user to confirm the use of a key (ssh-add -c).
    static let agentTimeLimit = Duration.seconds(120)

    private let progress: LoginProgress
    private let keys: LoginKeys
    /// Whether the request for a channel goes out with the signature.
    private var sendingAhead = false
    /// A passphrase may be wrong this often (ssh_config(5), NumberOfPasswordPrompts).
    private let tries: Int
    /// Whether the server would take a key that has made no signature.
    private(set) var hasFoundUnusable = false
    /// Whether the server was asked about a key at all.
    private(set) var hasOffered = false
    /// The keys that this session has logged in with by half; none counts twice.
    private var spent: [[UInt8]] = []

    init(_ progress: LoginProgress, _ keys: LoginKeys, tries: Int) {
        self.progress = progress
        self.keys = keys
        self.tries = tries
    }

    /// Throws `pipeliningRefused` where the session is of no use after a refusal, or what
    /// `Session.complete` throws.
    func perform(sendingAhead: Bool) throws(SSHError) -> LoginOutcome {
        self.sendingAhead = sendingAhead
        for candidate in KeyCandidates(progress, keys).inOrder(without: spent) {
            let outcome: KeyOutcome
            do throws(SSHError) {
                outcome = try attempt(candidate)
            } catch {
                throw broken(off: error, over: candidate.label)
            }
            switch outcome {
            case .accepted:
                progress.note("\(candidate.label): accepted")
                return .accepted
            case .partial:
                progress.note("\(candidate.label): \(LoginOutcome.partial.word)")
                return .partial
            case .refused(let reason): progress.note("\(candidate.label): \(reason)")
            }
        }
        return .refused
    }

    private enum KeyOutcome {
        case accepted
        case partial
        case refused(String)
    }

    // MARK: - Attempts

    private func attempt(_ candidate: LoginCandidate) throws(SSHError) -> KeyOutcome {
        guard let key = candidate.publicKey ?? unlockedPublicKey(candidate) else {
            return .refused("the passphrase was not given")
        }
        let offers = LoginAlgorithms.offers(of: key, version: Session.libraryVersion)
        if offers.isEmpty { return .refused("keys of type \(key.type) are not supported") }
        var reason = "refused"
        hasOffered = true
        for offer in offers {
            // Where a refusal costs a second connection, nobody is to touch a device for both.
            let exchange = PublicKeyExchange(
                session: progress.session, user: progress.user, offer: offer,
                sendingAhead: sendingAhead && !candidate.needsTouch
            ) { [self] data, algorithm throws(SSHError) in
                let signature = try candidate.sign(data, algorithm) { self.unlock($0) }
                // An agent may have asked the user to confirm.
                progress.restartDeadline()
                return signature
            }
            switch try result(of: exchange, key) {
            case .accepted: return .accepted
            case .partial:
                spent.append(key.blob)
                return .partial
            case .notSigned(let error):
                hasFoundUnusable = true
                return .refused(error.underlying ?? error.message)
            case .refused: reason = refusalReason(key)
            }
        }
        return .refused(reason)
    }

    private func result(
        of exchange: PublicKeyExchange, _ key: PublicKey
    ) throws(SSHError) -> PublicKeyExchange.Result {
        do throws(SSHError) {
            return try exchange.perform(until: { [progress] in progress.deadline })
        } catch {
            if error.code == .pipeliningRefused, progress.session.wire.hasPartialSuccess {
                keys.memory.halfway.append(key.blob)
            }
            throw error
        }
    }

    private func unlockedPublicKey(_ candidate: LoginCandidate) -> PublicKey? {
        candidate.unlockedPublicKey { unlock($0) }
    }

    /// Asks for a file's passphrase until it fits, three times at most unless the user wants otherwise.
    private func unlock(_ file: IdentityFile) -> Result<PrivateKey, SSHError> {
        if let key = keys.memory.unlocked[file.path] { return .success(key) }
        var last = SSHError(
            .wrongPassphrase, "cannot use \(file.path)", underlying: "no passphrase given")
        for _ in 0..<tries {
            let answer = keys.askPassphrase("Enter passphrase for key '\(file.path)': ")
            progress.restartDeadline()
            guard var passphrase = answer else { break }
            defer { passphrase.wipe() }
            do throws(SSHError) {
                let key = try file.unlock(passphrase: passphrase)
                keys.memory.unlocked[file.path] = key
                return .success(key)
            } catch {
                last = error
                if error.code != .wrongPassphrase { break }
            }
        }
        return .failure(last)
    }

    // MARK: - Reasons

    private func refusalReason(_ key: PublicKey) -> String {
        guard key.type == "ssh-rsa", !Session.libraryVersion.signsRSAWithSHA2 else {
            return "refused"
        }
        return
            "refused (RSA by way of libssh2 \(Session.libraryVersion); an ed25519 key works everywhere)"
    }

    /// A server that hangs up over too many keys does not say over which.
    private func broken(off error: SSHError, over label: String) -> SSHError {
        guard error.code == .connectionLost, !progress.tried.isEmpty else { return error }
        var error = error
        error.details = (progress.tried + [label]).map { "tried \($0)" }
        error.hint =
            "where the server takes fewer keys than there are, name the right one with -i, or by "
            + "IdentityFile and IdentitiesOnly in ~/.ssh/config"
        return error
    }
}
