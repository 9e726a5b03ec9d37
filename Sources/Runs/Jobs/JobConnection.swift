package import Deployments
package import LocalTerminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH
internal import Transcripts

/// The host of some jobs, and the questions that it answers about them; connects at the first one.
///
/// One that waits for a job keeps the input of its command open, as an end of the input tells the
/// far side that nobody waits any more.
package final class JobConnection {
    package let host: HostAddress
    let deployment: Deployment
    private let destination: Destination
    private let notices: Notices
    private let signals: SignalPipe
    private var connection: Connection?

    /// Throws `DeploymentsError` for a host that cannot be; `environment` is this process's.
    package init(
        to host: HostAddress, of deployment: Deployment, options: RunOptions,
        environment: [String: String], notices: Notices, signals: SignalPipe
    ) throws(DeploymentsError) {
        self.host = host
        self.deployment = deployment
        destination = try Destination(
            host, of: deployment, options: options, environment: environment)
        self.notices = notices
        self.signals = signals
    }

    /// Whether the other one finds the same jobs.
    package func finds(the other: JobConnection) -> Bool {
        destination.endpoint == other.destination.endpoint
            && deployment.through == other.deployment.through
    }

    package func close() {
        connection?.close()
        connection = nil
    }

    // MARK: - One question

    /// What the far side's command said.
    struct Reply {
        var output: [UInt8] = []
        var errors: [UInt8] = []
    }

    /// What is different about a question.
    struct Terms {
        /// The command ends when its input does, so that is kept open.
        var keepsInput = false
        /// Where its standard output goes as it comes, instead of into the reply.
        var output: OutputSink?
        var observe: ((UnsafeRawBufferPointer) -> Void)?
        var deadline = Deadline.never
        /// The time limit of the user's that the deadline stands for, if it does.
        var limit: Duration? {
            didSet { if let limit { deadline = .after(limit) } }
        }
        /// What is to be said of the job where the answer does not come.
        var remark = ""
    }

    /// More than the last lines of any script of ours, in bytes.
    private static let keptErrors = 16 << 10

    /// Runs a script where the jobs are.
    func ask(_ script: String, _ terms: Terms) throws(JobFailure) -> Reply {
        do {
            return try converse(script, terms)
        } catch let error as SSHError {
            var outcome = Outcome(explaining: error, notices, signals)
            if outcome.isInterrupt { outcome.reason = outcome.reason.map { $0 + terms.remark } }
            throw JobFailure(outcome: outcome)
        } catch let failure as JobFailure {
            throw failure
        } catch {
            throw JobFailure(outcome: Outcome(.ccrun, status: 125, reason: "\(error)"))
        }
    }

    /// The last words of a host that did not answer, told as the error they are.
    func noAnswer(_ reply: Reply, about what: String) -> JobFailure {
        let last =
            String(decoding: reply.errors, as: UTF8.self)
            .split(separator: "\n").last.map { RemoteLine.cleaned($0, limit: 300) }
            ?? "it said nothing"
        let reason = "cannot ask \(host) \(what): \(last)"
        notices.error(reason)
        return JobFailure(
            outcome: Outcome(.transport, status: 255, reason: reason, wasTold: true))
    }

    private func converse(_ script: String, _ terms: Terms) throws -> Reply {
        guard
            let line = RemoteCommand.auxiliary(
                home + script, on: deployment, insideContainer: true)
        else { throw noAnswer(Reply(), about: "that") }
        let channel = try start(line, terms)
        let input = InputSource(
            nil, ahead: [], isHeld: false, staysOpen: terms.keepsInput, observe: { _ in })
        let output = CommandOutput(
            to: terms.output.map { [.standardOutput: $0] } ?? [:], recorder: .silent)
        var reply = Reply()
        output.observe = { bytes, stream in
            switch stream {
            case .standardError:
                reply.errors = Array((reply.errors + bytes).suffix(Self.keptErrors))
            case .standardOutput:
                if let observe = terms.observe { observe(bytes) } else { reply.output += bytes }
            }
        }
        let end = Relay(channel, input: input, output: output, signals: signals)
            .run(until: terms.deadline)
        channel.close()
        try check(end, terms)
        return reply
    }

    private func start(_ line: String, _ terms: Terms) throws -> Channel {
        let connection = try connected()
        do throws(SSHError) {
            return try connection.start(line)
        } catch {
            // What the server was asked to do it may have begun: as if it was lost a moment later.
            if error.code == .connectionLost {
                if let number = signals.interrupt() { try check(.interrupted(number), terms) }
                try check(.lost(error.underlying ?? error.message), terms)
            }
            throw error
        }
    }

    private func connected() throws(SSHError) -> Connection {
        if let connection { return connection }
        let new = try Connector(destination, notices: notices, signals: signals).connect()
        connection = new
        return new
    }

    /// Throws unless the command has come to its end.
    private func check(_ end: Relay.End, _ terms: Terms) throws(JobFailure) {
        let outcome: Outcome
        switch end {
        case .remoteEnded: return
        case .interrupted(let number):
            let name = SignalNames.name(of: number)
            outcome = Outcome(
                .ccrun, status: 128 + number, signal: name,
                reason: "interrupted by \(name ?? "signal \(number)")\(terms.remark)")
        case .outputClosed(EPIPE):
            outcome = Outcome(
                .ccrun, status: 128 + SIGPIPE, signal: "PIPE",
                reason: "nobody reads the output any more")
        case .outputClosed(let number):
            outcome = Outcome(
                .ccrun, status: 125, reason: "cannot write the output (\(describe(errno: number)))")
        case .lost(let reason):
            outcome = Outcome(
                .transport, status: 255,
                reason: "the connection to \(host) was lost (\(reason))\(terms.remark)")
        case .timedOut where terms.limit != nil:
            let limit = terms.limit.map { DurationText.format($0) } ?? ""
            outcome = Outcome(
                .timeout, status: 124, reason: "the time limit of \(limit) ran out\(terms.remark)")
        case .timedOut, .unanswered, .dropped:
            outcome = Outcome(
                .transport, status: 255, reason: "no answer from \(host) in time\(terms.remark)")
        }
        throw JobFailure(outcome: outcome)
    }

    /// Jobs are in the HOME of the deployment, where that has one of its own.
    private var home: String {
        guard let home = deployment.environment.last(where: { $0.name == "HOME" }) else {
            return ""
        }
        return "HOME=\(ShellQuoting.quoted(home.value));export HOME\n"
    }
}
