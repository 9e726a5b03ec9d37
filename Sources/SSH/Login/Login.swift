internal import CLibSSH2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One login: goes through the methods that both sides have until the server lets the user in.
package final class Login {
    /// More methods in a row than any server asks for.
    private static let mostFactors = 8

    private let progress: LoginProgress
    private let keyLogin: KeyLogin
    private let methods: LoginMethods
    /// Whether there was a key at all, though it may be none that could be used.
    private var hasTriedKeys = false

    package init(
        session: Session, user: String, keys: LoginKeys, methods: LoginMethods = .keysOnly,
        deadline: Deadline
    ) {
        progress = LoginProgress(session: session, user: user, deadline: deadline)
        keyLogin = KeyLogin(progress, keys, tries: methods.tries)
        self.methods = methods
    }

    /// What was tried, in order, with what came of it: `keyboard-interactive: accepted`.
    package var tried: [String] { progress.tried }

    /// Logs in, or says what was tried and what the server accepts.
    ///
    /// `sendingAhead`: the channel open goes out with the signed request. When the server
    /// then refuses, the session cannot be used any more: the error's code is `pipeliningRefused`.
    /// Throws `loginRefused`, `pipeliningRefused`, or what `Session.complete` throws.
    package func perform(sendingAhead: Bool) throws(SSHError) {
        var untried = methods.order
        var factors = 0
        while let method = try next(of: untried) {
            untried.removeAll { $0 == method }
            switch try outcome(of: method, sendingAhead: sendingAhead) {
            case .accepted: return
            case .refused: continue
            case .over: untried = []
            case .partial:
                factors += 1
                if factors == Self.mostFactors { throw endless }
                untried = methods.order
            }
        }
        if isAuthenticated { return }
        throw factors > 0 ? partial : refused
    }

    // MARK: - Methods

    /// The next method that the server would go on with.
    ///
    /// Keys are tried unasked, which saves the round trip that the question takes.
    private func next(of untried: [LoginMethods.Method]) throws(SSHError) -> LoginMethods.Method? {
        if progress.session.wire.refusalCount == 0, progress.listed == nil {
            if untried.first == .publicKey { return .publicKey }
            if !untried.isEmpty { try askForMethods() }
            if isAuthenticated { return nil }
        }
        let accepted = progress.accepted
        return untried.first { accepted.contains($0.rawValue) }
    }

    private func outcome(
        of method: LoginMethods.Method, sendingAhead: Bool
    ) throws(SSHError) -> LoginOutcome {
        switch method {
        case .publicKey: try keyOutcome(sendingAhead: sendingAhead)
        case .keyboardInteractive: try KeyboardInteractiveLogin(progress, methods).perform()
        case .password: try PasswordLogin(progress, methods).perform()
        }
    }

    private func keyOutcome(sendingAhead: Bool) throws(SSHError) -> LoginOutcome {
        let count = tried.count
        defer { hasTriedKeys = hasTriedKeys || tried.count > count }
        return try keyLogin.perform(sendingAhead: sendingAhead)
    }

    /// Asks for a login without any proof: the refusal names the methods (RFC 4252, 5.2).
    private func askForMethods() throws(SSHError) {
        let session = progress.session
        let user = progress.user
        while true {
            let list = libssh2_userauth_list(session.raw, user, CUnsignedInt(user.utf8.count))
            if let list {
                let names = UnsafeRawBufferPointer(start: list, count: strlen(list))
                progress.listed = cleaned(names).split(separator: ",").map(String.init)
                return
            }
            if isAuthenticated { return }
            let code = libssh2_session_last_errno(session.raw)
            if code != LIBSSH2_ERROR_EAGAIN { throw session.error(code, progress.attempted) }
            try session.turn(progress.attempted, until: progress.deadline)
        }
    }

    private var isAuthenticated: Bool {
        libssh2_userauth_authenticated(progress.session.raw) == 1
    }

    // MARK: - Errors

    private var details: [String] { tried.map { "tried \($0)" } }

    private var accepted: String { progress.accepted.joined(separator: ", ") }

    private var partial: SSHError {
        SSHError(
            .loginRefused, progress.attempted,
            underlying: "the server wants one factor more: \(accepted)", details: details,
            hint: factorHint)
    }

    private var factorHint: String {
        let known = progress.accepted.compactMap { LoginMethods.Method(rawValue: $0) }
        guard !known.isEmpty else {
            return "ccrun has no such method: see AuthenticationMethods in the server's sshd_config"
        }
        let asking = known.filter { $0 != .publicKey }
        if asking.isEmpty { return "pass another key with -i" }
        guard methods.person != nil else { return methods.advice }
        return asking.contains(where: methods.order.contains)
            ? "the server's AuthenticationMethods ask for it"
            : "allow it in ~/.ssh/config: PreferredAuthentications and the like"
    }

    private var endless: SSHError {
        SSHError(
            .loginRefused, progress.attempted,
            underlying: "the server wants more after \(Self.mostFactors) factors",
            details: details)
    }

    private var refused: SSHError {
        let reason =
            progress.hasAsked
            ? "permission denied"
            : keyLogin.hasOffered ? "no key was accepted" : "there is no key to try"
        return SSHError(
            .loginRefused, progress.attempted, underlying: reason,
            details: details + (accepted.isEmpty ? [] : ["the server accepts: \(accepted)"]),
            hint: refusalHint)
    }

    private var refusalHint: String {
        if progress.hasAsked { return "check the user name, and what was typed" }
        let isForKeys = progress.accepted.contains(LoginMethods.Method.publicKey.rawValue)
        if !isForKeys, !progress.accepted.isEmpty { return factorHint }
        if keyLogin.hasFoundUnusable {
            return "the server would take a key that could not be used: ssh-add it, or see to its "
                + "passphrase"
        }
        if !hasTriedKeys { return "pass a key with -i, or start ssh-agent and add one" }
        return keyLogin.hasOffered
            ? "add the public key to the server's authorized_keys, or pass another with -i or -l"
            : "pass a private key that can be used with -i, or start ssh-agent and add one"
    }
}
