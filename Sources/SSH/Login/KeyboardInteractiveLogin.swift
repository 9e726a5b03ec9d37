internal import CLibSSH2
internal import CLibSSH2Shims

/// The method that asks what the server wants to know: passwords, codes, push notices (RFC 4256).
final class KeyboardInteractiveLogin {
    /// More rounds than any honest login has.
    private static let mostRounds = 64

    private let progress: LoginProgress
    private let methods: LoginMethods
    /// How many requests of one attempt had a question in them, and how many there were.
    private var questionRounds = 0
    private var rounds = 0
    /// Why the answers to come are of no use; what libssh2 made of them is not sent.
    private var problem: SSHError?
    /// The question that nobody was there to answer.
    private var unanswered: String?

    init(_ progress: LoginProgress, _ methods: LoginMethods) {
        self.progress = progress
        self.methods = methods
    }

    /// Throws what stands in the way of an answer, or what `Session.complete` throws.
    func perform() throws(SSHError) -> LoginOutcome {
        progress.restartDeadline(atLeast: methods.patience)
        defer { progress.restartDeadline() }
        for attempt in 1...max(methods.tries, 1) {
            if attempt > 1 { methods.person?.remark("permission denied, please try again") }
            (rounds, questionRounds) = (0, 0)
            let outcome = try converse()
            if let unanswered {
                progress.note(
                    "keyboard-interactive: the server asks \"\(unanswered)\", "
                        + "and there is nobody to answer")
                return .over
            }
            progress.note("keyboard-interactive: \(outcome.word)")
            guard case .refused = outcome else { return outcome }
            // Nobody has answered: the same again would end the same.
            guard questionRounds > 0, isOffered else { break }
        }
        return .refused
    }

    private var isOffered: Bool {
        progress.accepted.contains(LoginMethods.Method.keyboardInteractive.rawValue)
    }

    private func converse() throws(SSHError) -> LoginOutcome {
        let session = progress.session
        let refusals = session.wire.refusalCount
        while true {
            let code = request()
            if problem != nil || unanswered != nil { session.wire.dropOutgoing() }
            if let problem { throw problem }
            if unanswered != nil { return .over }
            if code == 0 { return .accepted }
            if code != LIBSSH2_ERROR_EAGAIN {
                if let outcome = progress.outcome(ofRefusalAfter: refusals) { return outcome }
                throw session.error(code, progress.attempted)
            }
            try session.turn(progress.attempted, until: progress.deadline)
        }
    }

    private func request() -> CInt {
        withExtendedLifetime(self) {
            let user = Array(progress.user.utf8CString)
            return ccr_keyboard_interactive(
                progress.session.wire.raw, progress.session.raw, user, user.count - 1,
                askLogin, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    // MARK: - Questions

    /// Answers one request of the server's.
    fileprivate func answer(_ questions: UnsafeMutablePointer<ccr_questions>) {
        guard problem == nil, unanswered == nil else { return }
        rounds += 1
        guard rounds <= Self.mostRounds else {
            problem = SSHError(
                .loginRefused, progress.attempted,
                underlying: "the server asks without an end")
            return
        }
        do throws(SSHError) {
            try answerAll(questions)
        } catch {
            problem = error
        }
    }

    private func answerAll(
        _ questions: UnsafeMutablePointer<ccr_questions>
    ) throws(SSHError) {
        let words = [questions.pointee.name, questions.pointee.instruction].map {
            cleaned($0.bytes, limit: 4096, keepingLines: true)
        }.filter { !$0.isEmpty }
        if !words.isEmpty {
            methods.person?.prepare()
            methods.person?.show(words.joined(separator: "\n"))
        }
        guard questions.pointee.count > 0 else { return }
        guard let person = methods.person else {
            unanswered = cleaned(ccr_question(questions, 0).bytes, limit: 200)
            return
        }
        questionRounds += 1
        for index in 0..<questions.pointee.count {
            let question = ccr_question(questions, index)
            var answer = try progress.answer(
                to: PromptText.composed(question.bytes, label: person.label),
                echoes: question.echoes, by: person)
            defer { answer.wipe() }
            progress.restartDeadline(atLeast: methods.patience)
            guard ccr_answer(questions, index, answer, answer.count) else {
                throw SSHError(.protocolError, progress.attempted, underlying: "out of memory")
            }
        }
    }
}

/// Called by libssh2 for each request.
private func askLogin(
    _ asker: UnsafeMutableRawPointer?, _ questions: UnsafeMutablePointer<ccr_questions>?
) {
    guard let asker, let questions else { return }
    Unmanaged<KeyboardInteractiveLogin>.fromOpaque(asker).takeUnretainedValue().answer(questions)
}

extension ccr_prompt {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text, count: length)
    }
}

extension LoginOutcome {
    /// What messages call it.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .partial: "accepted, and more is wanted"
        case .refused: "refused"
        case .over: "given up"
        }
    }
}
