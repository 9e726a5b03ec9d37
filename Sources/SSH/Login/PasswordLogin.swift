internal import CLibSSH2
internal import CLibSSH2Shims

/// The method that sends the password as it was typed (RFC 4252, 8).
struct PasswordLogin {
    private let progress: LoginProgress
    private let methods: LoginMethods

    init(_ progress: LoginProgress, _ methods: LoginMethods) {
        self.progress = progress
        self.methods = methods
    }

    /// Throws what stands in the way of an answer, or what `Session.complete` throws.
    func perform() throws(SSHError) -> LoginOutcome {
        guard let person = methods.person else {
            progress.note("password: there is nobody to ask")
            return .refused
        }
        for attempt in 1...max(methods.tries, 1) {
            if attempt > 1 { person.remark("permission denied, please try again") }
            var password = try progress.answer(
                to: "\(person.label)'s password: ", echoes: false, by: person)
            defer { password.wipe() }
            let outcome = try send(password)
            progress.note("password: \(outcome.word)")
            guard case .refused = outcome else { return outcome }
            guard progress.accepted.contains(LoginMethods.Method.password.rawValue) else { break }
        }
        return .refused
    }

    private func send(_ password: [UInt8]) throws(SSHError) -> LoginOutcome {
        let session = progress.session
        let refusals = session.wire.refusalCount
        let user = Array(progress.user.utf8CString)
        while true {
            let code = ccr_password(
                session.wire.raw, session.raw, user, user.count - 1, password, password.count)
            switch code {
            case 0: return .accepted
            case LIBSSH2_ERROR_EAGAIN:
                try session.turn(progress.attempted, until: progress.deadline)
            case LIBSSH2_ERROR_PASSWORD_EXPIRED: throw expired
            default:
                if let outcome = progress.outcome(ofRefusalAfter: refusals) { return outcome }
                throw session.error(code, progress.attempted)
            }
        }
    }

    private var expired: SSHError {
        SSHError(
            .loginRefused, progress.attempted,
            underlying: "the password has expired, and the server wants a new one",
            details: progress.tried.map { "tried \($0)" },
            hint: "change it first: ssh \(progress.user)@\(progress.session.address)")
    }
}
