internal import Synchronization

/// A question to `ssh -G` about a host, which ssh works on beside us.
///
/// ssh reads `.ssh/config` of the passwd database's home folder, whatever `HOME` says. Where the two
/// differ, the file of the caller's home is named with `-F`, and ssh then leaves out the system's
/// (ssh(1)); where that home has none, the system's is named.
final class OpenSSHQuestion: Sendable {
    /// What is asked; user and port are those decided on already.
    struct Subject: Hashable, Sendable {
        let host: String
        var user: String?
        var port: UInt16?
    }

    /// How long `ssh -G` may take once its answer is waited for; a `Match exec` or a canonical host
    /// name can make it wait.
    private static let limit = Duration.seconds(10)
    /// In bytes; what it prints is some kilobytes.
    private static let outputLimit = 1 << 20

    private typealias Answer = Result<OpenSSHConfiguration?, DeploymentsError>

    private struct State: ~Copyable {
        var running: CapturedProgram.Running?
        var answer: Answer?
    }

    private let subject: Subject
    private let homeFolder: String
    private let accountHome: String
    private let state: Mutex<State>

    /// Starts `ssh`, where there is one and something to learn.
    init(about subject: Subject, environment: [String: String], homeFolder: String) {
        self.subject = subject
        self.homeFolder = homeFolder
        guard OpenSSHConfiguration.isWorthAsking(homeFolder: homeFolder),
            let ssh = CapturedProgram.find("ssh", environment: environment)
        else {
            accountHome = homeFolder
            state = Mutex(State(running: nil, answer: .success(nil)))
            return
        }
        accountHome = LocalAccount.current()?.homeFolder ?? homeFolder
        var file: String?
        if accountHome != homeFolder {
            let own = FilePath.absolute(".ssh/config", in: homeFolder)
            file = FileText.exists(own) ? own : "/etc/ssh/ssh_config"
        }
        do throws(CapturedProgram.Failure) {
            let running = try CapturedProgram.Running(
                ssh,
                arguments: OpenSSHConfiguration.arguments(
                    host: subject.host, user: subject.user, port: subject.port,
                    configurationFile: file),
                environment: environment,
                terms: CapturedProgram.Terms(limit: Self.limit, outputLimit: Self.outputLimit))
            state = Mutex(State(running: running, answer: nil))
        } catch {
            state = Mutex(State(running: nil, answer: .failure(Self.error(error, subject))))
        }
    }

    /// Waits for the answer; nil where there is nothing to learn, or no `ssh`.
    ///
    /// Throws `sshConfig` with ssh's own words where it refuses.
    func answer() throws(DeploymentsError) -> OpenSSHConfiguration? {
        let answer = state.withLock { state -> Answer in
            if let answer = state.answer { return answer }
            let answer = finish(state.running.take())
            state.answer = answer
            return answer
        }
        return try answer.get()
    }

    private func finish(_ running: consuming CapturedProgram.Running?) -> Answer {
        guard let running else { return .success(nil) }
        let program: CapturedProgram
        do throws(CapturedProgram.Failure) {
            program = try running.finish()
        } catch {
            return .failure(Self.error(error, subject))
        }
        guard program.status == 0 else {
            // Without a terminal on its standard input ssh remarks on that as well.
            let words = String(decoding: program.errors, as: UTF8.self)
                .split(whereSeparator: \.isNewline)
                .filter { !$0.hasPrefix("Pseudo-terminal will not be allocated") }
                .joined(separator: "; ")
            return .failure(
                Self.error(
                    subject,
                    because: words.isEmpty
                        ? "ssh -G ended with status \(program.status)" : words,
                    hint: "see what \"ssh -G \(subject.host)\" says"))
        }
        let text = String(decoding: program.output, as: UTF8.self)
        return .success(
            OpenSSHConfiguration.parse(text).movingHome(from: accountHome, to: homeFolder))
    }

    private static func error(
        _ failure: CapturedProgram.Failure, _ subject: Subject
    ) -> DeploymentsError {
        let reason =
            switch failure {
            case .timedOut: "ssh -G took longer than \(DurationText.format(limit))"
            case .notStarted(let reason): reason
            case .tooLong: "ssh -G printed more than \(outputLimit >> 20) MiB"
            }
        return error(subject, because: reason)
    }

    private static func error(
        _ subject: Subject, because reason: String, hint: String? = nil
    ) -> DeploymentsError {
        DeploymentsError(
            .sshConfig, "cannot ask ssh about \(QuotedText.quoted(subject.host))",
            because: reason, hint: hint)
    }
}

/// What ssh has been asked for a deployment: nothing is asked twice.
///
/// Copies of a deployment share it, and it tells none from another.
final class OpenSSHQuestions: Sendable, Equatable {
    private let questions = Mutex<[OpenSSHQuestion.Subject: OpenSSHQuestion]>([:])

    static func == (_: OpenSSHQuestions, _: OpenSSHQuestions) -> Bool { true }

    /// The question about it, which begins here unless it was asked before.
    @discardableResult
    func ask(
        about subject: OpenSSHQuestion.Subject, environment: [String: String], homeFolder: String
    ) -> OpenSSHQuestion {
        questions.withLock { questions in
            if let asked = questions[subject] { return asked }
            let question = OpenSSHQuestion(
                about: subject, environment: environment, homeFolder: homeFolder)
            questions[subject] = question
            return question
        }
    }
}

extension OpenSSHConfiguration {
    /// Whether any file could tell `ssh -G` more than its defaults.
    ///
    /// It costs some milliseconds, and most machines that run tasks in CI have no configuration. The
    /// system's file counts as soon as it has a line that no distribution ships.
    static func isWorthAsking(
        homeFolder: String,
        systemFolder: String = "/etc/ssh"
    ) -> Bool {
        FileText.exists(FilePath.absolute(".ssh/config", in: homeFolder))
            || !FileText.names(inFolder: "\(systemFolder)/ssh_config.d").isEmpty
            || OpenSSHSystemFile(folder: systemFolder).isUncommon
    }

    /// ssh expands `~` in some of its output, and to the passwd database's home folder.
    fileprivate func movingHome(from accountHome: String, to homeFolder: String) -> Self {
        guard accountHome != homeFolder else { return self }
        let move = { (path: String) in
            path.hasPrefix("\(accountHome)/")
                ? homeFolder + path.dropFirst(accountHome.count) : path
        }
        var moved = self
        moved.userKnownHostsFiles = userKnownHostsFiles.map(move)
        moved.revokedHostKeysFiles = revokedHostKeysFiles.map(move)
        moved.identityAgent = identityAgent.map(move)
        moved.forwardAgent = move(forwardAgent)
        return moved
    }
}
