#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a login stands: what was tried, and until when the server has to answer.
final class LoginProgress {
    let session: Session
    let user: String
    /// Starts anew whenever somebody was asked something: people take their time.
    private(set) var deadline: Deadline
    /// What was tried, in order, with what came of it.
    private(set) var tried: [String] = []
    /// Whether anybody has answered anything that went to the server.
    private(set) var hasAsked = false
    private let timeLimit: Duration?

    init(session: Session, user: String, deadline: Deadline) {
        self.session = session
        self.user = user
        self.deadline = deadline
        timeLimit = deadline.instant.map { ContinuousClock.now.duration(to: $0) }
    }

    /// The first half of every message.
    var attempted: String { "cannot log in as \"\(user)\" at \(session.address)" }

    func note(_ attempt: String) { tried.append(attempt) }

    /// `patience`: what the server is given at the least.
    func restartDeadline(atLeast patience: Duration = .zero) {
        if let timeLimit { deadline = .after(max(timeLimit, patience)) }
    }

    /// The methods that the server would go on with, as it said last.
    var accepted: [String] {
        session.wire.refusalCount > 0 ? session.wire.acceptedMethods : listed ?? []
    }

    /// Those of the list that libssh2 was asked for, which it keeps from the packet watcher.
    var listed: [String]?

    /// Asks a person for a line, and gives the server its time again.
    ///
    /// Throws `interrupted` when the user wants out, and `loginRefused` when there is no answer.
    func answer(
        to prompt: String, echoes: Bool, by person: LoginPerson
    ) throws(SSHError) -> [UInt8] {
        person.prepare()
        let line = person.ask(prompt, echoes)
        restartDeadline()
        if let line {
            hasAsked = true
            return line
        }
        throw isInterrupted
            ? SSHError(.interrupted, attempted, underlying: "interrupted")
            : SSHError(
                .loginRefused, attempted, underlying: "no answer was given",
                details: tried.map { "tried \($0)" })
    }

    /// The interrupt is left to be read by whoever acts on it.
    private var isInterrupted: Bool {
        guard let interrupt = session.interrupt else { return false }
        var entries = [pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)]
        return wait(for: &entries, until: .after(.zero)) && entries[0].revents != 0
    }
}

/// What came of one method, or of one key.
enum LoginOutcome {
    case accepted
    /// The server wants another method after this one.
    case partial
    case refused
    /// Nothing more can be tried on this session.
    case over
}

extension LoginProgress {
    /// Tells what a request that libssh2 calls refused has come to; `count`: of refusals before it.
    func outcome(ofRefusalAfter count: Int) -> LoginOutcome? {
        guard session.wire.refusalCount > count else { return nil }
        return session.wire.hasPartialSuccess ? .partial : .refused
    }
}
