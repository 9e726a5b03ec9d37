package import LocalTerminal
package import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import SSH

/// One run, from start to finish: dial, verify the host key, log in, start, relay, record.
package final class Run {
    /// How a run went, for `--json` and `--status-file`.
    package struct Report: Sendable {
        package let plan: RunPlan
        package let outcome: Outcome
        package let started: Timestamp
        package let duration: Duration
        /// The transcript's path, or nil when there is none.
        package let transcript: String?
    }

    /// What each phase before the command may take unless `--connect-timeout` says otherwise.
    private static let connectTimeout = Duration.seconds(20)

    private let plan: RunPlan
    private let notices: Notices
    private let signals: SignalPipe
    private let recorder: Recorder
    private let started = Timestamp.now
    private let clock = ContinuousClock.now
    private var header: TranscriptHeader
    private var hasBegunRecording = false
    private var inputDigest = InputDigest()

    /// `signals`: the process's signals, as bytes.
    package init(_ plan: RunPlan, notices: Notices, signals: SignalPipe) {
        self.plan = plan
        self.notices = notices
        self.signals = signals
        recorder = Recorder(stateFolder: plan.stateFolder, clock: clock) { notices.warning($0) }
        header = TranscriptHeader(plan, started: started)
    }

    /// Runs the command, explains what went wrong, and leaves the transcript; never throws.
    package func execute() -> Report {
        let outcome: Outcome
        do {
            outcome = try converse()
        } catch {
            outcome = explained(error)
        }
        beginRecording()
        let transcript = recorder.path
        if plan.options.records {
            if inputDigest.byteCount > 0 {
                recorder.noteInput(byteCount: inputDigest.byteCount, sha256: inputDigest.sha256)
            }
            recorder.finish(outcome.ending)
        }
        return Report(
            plan: plan, outcome: outcome, started: started, duration: clock.duration(to: .now),
            transcript: transcript)
    }

    // MARK: - The story

    private func converse() throws(SSHError) -> Outcome {
        warnOfMissingKeys()
        let channel = try connect()
        var startup = Channel.Startup(
            pseudoTerminal: plan.pseudoTerminal, command: plan.command.execLine,
            preamble: plan.command.handshake == nil ? plan.command.preamble : [])
        if plan.options.recordsStrictly {
            if let terminal = startup.pseudoTerminal {
                header.pseudoTerminal = try channel.obtain(terminal, until: phase())
                startup.pseudoTerminal = nil
            }
            beginRecording()
            guard recorder.waitUntilHeaderIsDurable() else {
                channel.session.disconnect()
                return withoutTranscript
            }
        }
        let start = try channel.start(startup, pipelined: isPipelining, until: phase())
        if !hasBegunRecording { header.pseudoTerminal = start.hasPseudoTerminal }
        beginRecording()
        if plan.usesTerminal, !header.pseudoTerminal {
            notices.warning("the server gave no terminal; the command runs without one")
        }
        return relay(
            channel, sentPreamble: start.preambleCount, onTerminal: header.pseudoTerminal)
    }

    /// Whether requests are sent ahead of the answers they build on; off once a server refused that.
    private var isPipelining = true

    /// A channel on a session that is trusted and logged in.
    private func connect() throws(SSHError) -> Channel {
        do {
            return try openChannel()
        } catch {
            guard error.code == .pipeliningRefused else { throw error }
            // Nothing has been run: it is safe to start over, one request at a time.
            notices.detail("the server does not take requests sent ahead; connecting again")
            isPipelining = false
            return try openChannel()
        }
    }

    private func openChannel() throws(SSHError) -> Channel {
        let endpoint = plan.endpoint
        let interrupt = Interrupt(descriptor: signals.interruptDescriptor)
        let transport = try Dialer(
            host: endpoint.host, port: endpoint.port, deadline: phase(), interrupt: interrupt
        ).dial()
        header.targetAddress = transport.address
        let session = try Session(over: transport, interrupt: interrupt)
        try establishTrust(session)
        // Whether there is a terminal, which the first line tells, is known where none is asked for.
        if !plan.usesTerminal { beginRecording() }
        let login = Login(
            session: session, user: endpoint.user, keys: loginKeys, deadline: phase())
        try login.perform(sendingAhead: isPipelining)
        notices.detail("logged in as \"\(endpoint.user)\"")
        if let banner = session.banner { notices.passThrough(banner) }
        return try Channel(on: session, until: phase())
    }

    private func establishTrust(_ session: Session) throws(SSHError) {
        let endpoint = plan.endpoint
        let knownHosts = KnownHosts(
            files: endpoint.userKnownHostsFiles + endpoint.globalKnownHostsFiles)
        for warning in knownHosts.warnings { notices.warning(warning) }
        let name = endpoint.hostKeyAlias ?? endpoint.host
        let port = endpoint.hostKeyAlias == nil ? endpoint.port : 22
        try session.handshake(
            preferringKeyTypes: knownHosts.keyTypes(forName: name, port: port),
            allowsLegacy: plan.allowsLegacyAlgorithms, until: phase())
        notices.detail("connected to \(session.serverIdentification ?? "?") at \(session.address)")
        let (key, note) = try session.verifyHostKey(
            against: knownHosts, name: name, port: port, policy: hostKeyPolicy,
            recordingIn: endpoint.userKnownHostsFiles.first)
        header.hostKeyFingerprint = key.fingerprint
        if let note { notices.note(note) }
    }

    private func relay(_ channel: Channel, sentPreamble: Int, onTerminal: Bool) -> Outcome {
        let terminal = onTerminal ? RawTerminal(signals: signals) : nil
        terminal?.enter()
        let end = Relay(
            channel: channel, input: input(ahead: plan.command.preamble.dropFirst(sentPreamble)),
            outputs: [
                .standardOutput: OutputSink(STDOUT_FILENO),
                .standardError: OutputSink(STDERR_FILENO),
            ],
            recorder: recorder, signals: signals, terminal: terminal,
            deadline: plan.options.timeout.map { .after($0) } ?? .never,
            readyMark: plan.command.handshake.map(ReadyMark.init)
        ).run()
        terminal?.leave()
        let outcome = outcome(of: end, on: channel)
        channel.close()
        channel.session.disconnect()
        return outcome
    }

    private func input(ahead: some Collection<UInt8>) -> InputSource {
        InputSource(
            plan.options.ignoresInput ? nil : STDIN_FILENO, ahead: Array(ahead),
            isHeld: plan.command.handshake != nil
        ) { [self] bytes in
            if !plan.usesTerminal { inputDigest.add(bytes) }
        }
    }

    // MARK: - Policies

    /// The deadline of the next phase.
    private func phase() -> Deadline {
        .after(plan.options.connectTimeout ?? plan.endpoint.connectTimeout ?? Self.connectTimeout)
    }

    private var hostKeyPolicy: HostKeyPolicy {
        if plan.options.acceptsNewHostKey { return .acceptNew }
        switch plan.endpoint.strictHostKeyChecking {
        case .acceptNew, .no: return .acceptNew
        case .yes: return .refuse
        case .ask:
            guard TerminalQuestion.canAsk else { return .refuse }
            return .ask { [signals] question in
                let prompt = question + "Connect and record it (yes/no)? "
                let answer = TerminalQuestion(
                    prompt, echoes: true, interruptDescriptor: signals.interruptDescriptor
                ).ask()
                return answer == .line(Array("yes".utf8))
            }
        }
    }

    /// A default key file may be missing, one that the user names may not (ssh warns as well).
    private func warnOfMissingKeys() {
        let named = plan.endpoint.identityFiles.prefix(plan.options.endpoint.identityFiles.count)
        for path in named where access(path, F_OK) != 0 && access(path + ".pub", F_OK) != 0 {
            notices.warning("the key file \"\(path)\" is not there")
        }
    }

    private lazy var loginKeys = LoginKeys(
        agentSocket: plan.endpoint.identityAgent, identityFiles: plan.endpoint.identityFiles,
        identitiesOnly: plan.endpoint.identitiesOnly
    ) { [signals] prompt in
        let question = TerminalQuestion(
            prompt, echoes: false, interruptDescriptor: signals.interruptDescriptor)
        guard case .line(let line) = question.ask(), !line.isEmpty else { return nil }
        return line
    }

    // MARK: - Recording

    /// Creates the transcript as soon as its first line is known, at the latest at the end.
    private func beginRecording() {
        guard plan.options.records, !hasBegunRecording else { return }
        hasBegunRecording = true
        recorder.begin(header)
    }

    /// `--record=strict`: what cannot be recorded is not run.
    private var withoutTranscript: Outcome {
        let reason = "there is no transcript to record into; nothing was run"
        notices.error(
            reason, hint: "make \(plan.stateFolder) writable, or run without --record=strict")
        return Outcome(.ccrun, status: 125, reason: reason, wasTold: true)
    }

    // MARK: - Ends

    private func outcome(of end: Relay.End, on channel: Channel) -> Outcome {
        switch end {
        case .remoteEnded: return Outcome(channel.facts)
        case .interrupted(let number): return .interrupted(by: number)
        case .timedOut:
            let limit = plan.options.timeout.map { DurationText.format($0) } ?? "the time limit"
            return Outcome(
                .timeout, status: 124,
                reason: "the time limit of \(limit) ran out; the command may still be running")
        case .outputClosed(EPIPE):
            return Outcome(
                .ccrun, status: 128 + SIGPIPE, signal: "PIPE",
                reason: "nobody reads the output any more")
        case .outputClosed(let number):
            return Outcome(
                .ccrun, status: 125,
                reason: "cannot write the output (\(describe(errno: number))); "
                    + "the command may still be running")
        case .lost(let reason):
            // With a status but no end of the output, some of that may be missing: no success.
            let rest =
                channel.facts.hasVerdict
                ? "the command had ended, but its output may be incomplete"
                : "the command may still be running"
            return Outcome(
                .transport, status: 255, reason: "the connection was lost (\(reason)); \(rest)")
        }
    }

    private func explained(_ error: SSHError) -> Outcome {
        // An interrupt at a question comes out as a key that was not accepted or not unlocked.
        if let number = signals.interrupt() { return .interrupted(by: number) }
        notices.error(error)
        return Outcome(.transport, status: 255, reason: error.message, wasTold: true)
    }
}
