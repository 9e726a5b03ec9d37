internal import Deployments
internal import LocalTerminal
internal import SSH

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Opens the connection to one host: dials, verifies the host key, logs in.
final class Connector {
    /// What was found out on the way, as soon as it was.
    struct Discoveries {
        var address: String?
        var hostKeyFingerprint: String?
    }

    /// What has been reached on the way, for who looks on.
    enum Milestone {
        /// A connection, to this address where it is known here.
        case connected(String?)
        /// Versions and keys have been exchanged.
        case agreed(Session)
        /// The host key is a good one; the line that says so, nil where none is needed.
        case trusted(HostKey, KnownHosts.Line?)
        /// What was tried at the login, with what came of it.
        case loggedIn([String])
    }

    private let destination: Destination
    private let notices: Notices
    private let signals: SignalPipe
    private(set) var discoveries = Discoveries()
    private var hasShownBanner = false
    /// Called once the host is known to be the right one, before anything of the user's goes there.
    private let trusted: (Discoveries) -> Void
    /// Called while the server checks the login, if that takes a key; it costs no time then.
    private let loggingIn: () -> Void
    var reached: (Milestone) -> Void = { _ in }
    /// Whether it is only to be seen how far one gets: one request at a time, and nothing is recorded.
    var isExamining = false {
        didSet { way.isExamining = isExamining }
    }
    /// Whether a person sits in front of what the session is for.
    var isInteractive = false
    /// What a login has tried that came to nothing.
    private(set) var tried: [String] = []

    init(
        _ destination: Destination, notices: Notices, signals: SignalPipe,
        trusted: @escaping (Discoveries) -> Void = { _ in }, loggingIn: @escaping () -> Void = {}
    ) {
        self.destination = destination
        self.notices = notices
        self.signals = signals
        self.trusted = trusted
        self.loggingIn = loggingIn
    }

    /// A connection with a channel on it; nothing has been run.
    func connect() throws(SSHError) -> Connection {
        let (channel, isPipelining) = try openChannel(.session)
        return Connection(
            channel, isPipelining: isPipelining, phaseLimit: destination.phaseLimit,
            agentOffer: isExamining ? nil : AgentOffer(to: destination.endpoint, notices))
    }

    /// A channel of a session that is logged in, and whether requests were sent ahead.
    func openChannel(_ opening: Channel.Opening) throws(SSHError) -> (Channel, Bool) {
        warnOfMissingKeys()
        for remark in destination.endpoint.remarks { notices.detail(remark) }
        if isExamining { return (try open(opening, isPipelining: false), false) }
        do {
            return (try open(opening, isPipelining: true), true)
        } catch {
            guard error.code == .pipeliningRefused else { throw error }
            // Nothing has been run: it is safe to start over, one request at a time.
            notices.detail("\(error.underlying ?? "refused"); connecting again")
            return (try open(opening, isPipelining: false), false)
        }
    }

    private func open(
        _ opening: Channel.Opening, isPipelining: Bool
    ) throws(SSHError) -> Channel {
        let endpoint = destination.endpoint
        let interrupt = Interrupt(descriptor: signals.interruptDescriptor)
        let transport = try way.reach(interrupt: interrupt)
        discoveries.address = transport.address
        reached(.connected(transport.address))
        let session = try Session(over: transport, interrupt: interrupt)
        session.firstChannel = opening
        session.isInteractive = isInteractive
        if let interval = endpoint.givenAliveInterval {
            session.silence = Silence(interval: interval, count: endpoint.serverAliveCountMax)
        }
        try establishTrust(session)
        trusted(discoveries)
        session.duringLogin = loggingIn
        try logIn(on: session, isPipelining: isPipelining)
        return try Channel(opening, on: session, until: phase)
    }

    private func logIn(on session: Session, isPipelining: Bool) throws(SSHError) {
        let endpoint = destination.endpoint
        let login = Login(
            session: session, user: endpoint.user, keys: loginKeys,
            methods: loginMethods { [self] in showBanner(of: session) }, deadline: phase)
        defer {
            showBanner(of: session)
            tried = login.tried
        }
        try login.perform(sendingAhead: isPipelining)
        reached(.loggedIn(login.tried))
        for attempt in login.tried { notices.detail("tried \(attempt)") }
        notices.detail("logged in as \"\(endpoint.user)\"")
    }

    /// Shows the server's banner, once, however often it is sent.
    private func showBanner(of session: Session) {
        guard !hasShownBanner, let banner = session.banner else { return }
        hasShownBanner = true
        notices.quote(banner, of: destination.endpoint.alias)
    }

    private func establishTrust(_ session: Session) throws(SSHError) {
        let endpoint = destination.endpoint
        let knownHosts = self.knownHosts
        for warning in knownHosts.warnings { notices.warning(warning) }
        let name = endpoint.hostKeyAlias ?? endpoint.host
        let port = endpoint.hostKeyAlias == nil ? endpoint.port : 22
        try session.handshake(
            preferringKeyTypes: knownHosts.keyTypes(forName: name, port: port),
            allowsLegacy: destination.allowsLegacyAlgorithms, within: endpoint.algorithmLimits,
            until: phase)
        notices.detail("connected to \(session.serverIdentification ?? "?") at \(session.address)")
        reached(.agreed(session))
        let (key, note): (HostKey, String?)
        do {
            (key, note) = try session.verifyHostKey(
                against: knownHosts, name: name, port: port, policy: hostKeyPolicy,
                recordingIn: fileForNewHostKeys, hashed: endpoint.hashesKnownHosts)
        } catch {
            guard error.code == .hostKeyChanged, endpoint.strictHostKeyChecking == .no else {
                throw error
            }
            var error = error
            error.details.append(
                "StrictHostKeyChecking no is taken for accept-new, and this key is not new")
            throw error
        }
        discoveries.hostKeyFingerprint = key.fingerprint
        if let note { notices.note(note) }
        guard isExamining else { return }
        var source: KnownHosts.Line?
        if case .trusted(let line) = knownHosts.verdict(on: key, name: name, port: port) {
            source = line
        }
        reached(.trusted(key, source))
    }

    // MARK: - Policies

    /// The deadline of the next phase.
    private var phase: Deadline { .after(destination.phaseLimit) }

    private var knownHosts: KnownHosts {
        let endpoint = destination.endpoint
        let revoked = endpoint.revokedHostKeysFiles
        return switch destination.givenHostKeys {
        case nil:
            KnownHosts(
                files: endpoint.userKnownHostsFiles + endpoint.globalKnownHostsFiles,
                revokedKeys: revoked)
        case .file(let path): KnownHosts(files: [path], revokedKeys: revoked)
        case .text(let text):
            KnownHosts(files: [], text: ("CCRUN_KNOWN_HOSTS", text), revokedKeys: revoked)
        }
    }

    /// Where a new key is recorded: in the file that counts, in none where a text does.
    private var fileForNewHostKeys: String? {
        if isExamining { return nil }
        return switch destination.givenHostKeys {
        case nil: destination.endpoint.userKnownHostsFiles.first
        case .file(let path): path
        case .text: nil
        }
    }

    private var hostKeyPolicy: HostKeyPolicy {
        if destination.acceptsNewHostKey { return .acceptNew }
        switch destination.endpoint.strictHostKeyChecking {
        case .acceptNew: return .acceptNew
        case .no:
            notices.detail("StrictHostKeyChecking no is taken for accept-new")
            return .acceptNew
        case .yes: return .refuse
        case .ask:
            let isAsked = TerminalQuestion.canAsk && !destination.endpoint.login.asksNobody
            guard isAsked, !isExamining else { return .refuse }
            return .ask { [signals] in HostKeyQuestion(signals: signals).ask($0) }
        }
    }

    /// A default key file may be missing, one that the user names may not (ssh warns as well).
    private func warnOfMissingKeys() {
        for path in destination.namedIdentityFiles
        where access(path, F_OK) != 0 && access(path + ".pub", F_OK) != 0 {
            notices.warning("the key file \"\(path)\" is not there")
        }
    }

    /// The jump hosts' passphrases are not asked for again when the way is taken a second time.
    private lazy var way = Way(to: destination, notices: notices, signals: signals)

    private lazy var loginKeys = LoginKeys(
        agentSocket: destination.endpoint.identityAgent,
        identityFiles: destination.endpoint.identityFiles,
        identityText: givenText.map { ("CCRUN_SSH_KEY", $0) }, givenFiles: givenFiles,
        certificateFiles: destination.endpoint.login.certificateFiles,
        identitiesOnly: destination.endpoint.identitiesOnly
    ) { [questions, asksNobody = destination.endpoint.login.asksNobody] prompt in
        guard !asksNobody, let line = questions.ask(prompt, echoes: false), !line.isEmpty else {
            return nil
        }
        return line
    }

    private var questions: LoginQuestions {
        LoginQuestions(environment: destination.environment, signals: signals)
    }

    /// `prepare`: called before anybody is asked anything.
    private func loginMethods(prepare: @escaping () -> Void) -> LoginMethods {
        let endpoint = destination.endpoint
        let settings = endpoint.login
        let order = settings.methods.compactMap { LoginMethods.Method(rawValue: $0) }
        if let reason = settings.reasonNotToAsk {
            return LoginMethods(
                order: order, tries: settings.passwordTries,
                advice: "\(reason) in ~/.ssh/config keeps ccrun from asking")
        }
        guard questions.canAsk else {
            return LoginMethods(
                order: order, tries: settings.passwordTries,
                advice: "run it where there is a terminal to ask on, or set SSH_ASKPASS and "
                    + "SSH_ASKPASS_REQUIRE=force")
        }
        let person = LoginPerson(
            label: "\(endpoint.user)@\(endpoint.alias)",
            ask: { [questions] in questions.ask($0, echoes: $1) },
            show: { [notices] in notices.quote($0, of: endpoint.alias) },
            remark: { [notices] in notices.note($0) }, prepare: prepare)
        return LoginMethods(order: order, tries: settings.passwordTries, person: person)
    }

    private var givenFiles: [String] {
        var files = destination.namedIdentityFiles
        if case .file(let path) = destination.givenKey { files.insert(path, at: 0) }
        return files
    }

    private var givenText: String? {
        if case .text(let text) = destination.givenKey { text } else { nil }
    }
}
