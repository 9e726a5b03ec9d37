#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds the keys and certificates that a login may try; what cannot be used is noted.
struct KeyCandidates {
    private let progress: LoginProgress
    private let keys: LoginKeys

    init(_ progress: LoginProgress, _ keys: LoginKeys) {
        self.progress = progress
        self.keys = keys
    }

    /// Certificates, which are there to be used; the given key; then ssh's order: the agent's that are
    /// also in a file, its others, the files'.
    ///
    /// Where the login begins anew after a partial success, the key that it was goes first. `spent`: the
    /// keys that have had theirs on this session.
    func inOrder(without spent: [[UInt8]]) -> [LoginCandidate] {
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
        for file in given + files where file.needsTouch && !held.contains(where: file.hasSameKey) {
            progress.note("\(file.label): an agent has to sign with it: ssh-add")
        }
        let certified = certified(files: given + files, held: held)
        let all = (certified + first + named + others + filesOnly).reduce(
            into: [LoginCandidate]()
        ) { all, key in
            if !all.contains(where: key.hasSameKey) { all.append(key) }
        }
        let unspent = all.filter { key in !spent.contains { $0 == key.publicKey?.blob } }
        let halfway = keys.memory.halfway
        return unspent.filter { key in halfway.contains { $0 == key.publicKey?.blob } }
            + unspent.filter { key in !halfway.contains { $0 == key.publicKey?.blob } }
    }

    /// The certificates beside key files and of CertificateFile, each with the key that signs for it:
    /// the agent's, which asks for no passphrase, or else a file's.
    private func certified(files: [LoginCandidate], held: [LoginCandidate]) -> [LoginCandidate] {
        let beside = (keys.givenFiles + keys.identityFiles).map { "\($0)-cert.pub" }
        return (beside + keys.certificateFiles).compactMap { path in
            guard access(path, F_OK) == 0 else { return nil }
            guard let certificate = Certificate.load(path: path) else {
                progress.note("certificate \(path): it cannot be read")
                return nil
            }
            let signer =
                held.first { $0.publicKey?.blob == certificate.publicKey.blob }
                ?? (held + files.filter(\.canSign))
                .first { $0.publicKey?.blob == certificate.plainBlob }
            guard let signer else {
                progress.note("certificate \(path): there is no key for it")
                return nil
            }
            return signer.certified(by: certificate)
        }
    }

    /// The key that came as a text, if one did; one that cannot be read is noted.
    private func textCandidate() -> [LoginCandidate] {
        guard let (name, text) = keys.identityText else { return [] }
        do throws(SSHError) {
            return [LoginCandidate(file: try IdentityFile.read(text, called: name))]
        } catch {
            progress.note("key \(name): \(error.underlying ?? error.message)")
            return []
        }
    }

    /// The key of a file, or nil for one that is not there or cannot be read, which is noted.
    private func candidate(_ path: String) -> LoginCandidate? {
        guard access(path, F_OK) == 0 || access(path + ".pub", F_OK) == 0 else { return nil }
        do throws(SSHError) {
            return LoginCandidate(file: try IdentityFile.load(path: path))
        } catch {
            progress.note("key \(path): \(error.underlying ?? error.message)")
            return nil
        }
    }

    private func agentCandidates() -> [LoginCandidate] {
        guard let path = keys.agentSocket, access(path, F_OK) == 0 else { return [] }
        // The time that an agent takes, all there is when it never answers, is not the server's.
        defer { progress.restartDeadline() }
        do throws(SSHError) {
            let agent = try AgentClient(
                path: path, deadline: progress.deadline, interrupt: progress.session.interrupt)
            return try agent.identities().map { LoginCandidate(key: $0, of: agent) }
        } catch {
            progress.note("agent at \(path): \(error.underlying ?? error.message)")
            return []
        }
    }
}
