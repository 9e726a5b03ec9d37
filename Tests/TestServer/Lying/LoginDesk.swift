import Crypto
import Foundation

/// User authentication (RFC 4252, RFC 4256).
extension Conversation {
    func answerLogin(_ reader: inout WireReader, _ payload: [UInt8]) throws {
        let user = try reader.text()
        _ = try reader.text()
        var attempt = LoginAttempt(user: user, method: try reader.text())
        switch attempt.method {
        case "publickey":
            attempt.isSigned = try reader.boolean()
            attempt.algorithm = try reader.text()
            attempt.keyBlob = try reader.string()
            if attempt.isSigned {
                let signed = payload.count - reader.rest.count
                attempt.isSignatureValid = try isValid(
                    try reader.string(), of: payload[..<signed], by: attempt)
            }
        case "password":
            _ = try reader.boolean()
            attempt.password = try reader.text()
        default:
            break
        }
        note(.loginAttempt(attempt))
        try reach(.userauth)
        try sendLoginBanner()
        try answer(attempt)
    }

    private func answer(_ attempt: LoginAttempt) throws {
        let policy = script.login
        switch attempt.method {
        case "publickey":
            switch (policy.publicKeys, attempt.isSigned) {
            case (.refused, _), (.refusedOnceSigned, true):
                try refuseLogin()
            case (.accepted, false), (.refusedOnceSigned, false), (.partial, false):
                try send(
                    WireWriter(Message.userauthContinue).string(attempt.algorithm ?? "")
                        .string(attempt.keyBlob ?? []).bytes)
            case (.partial, true):
                try refuseLogin(isPartial: true)
            case (.accepted, true) where attempt.isSignatureValid == false:
                try refuseLogin()
            case (.accepted, true):
                try acceptLogin()
            }
        case "password" where policy.password != nil:
            try answer(password: attempt.password ?? "")
        case "keyboard-interactive" where policy.questionPacket != nil:
            try send(policy.questionPacket ?? [])
        case "keyboard-interactive" where policy.methods.contains("keyboard-interactive"):
            questionRound = 0
            try ask(policy.questions, policy.questionTitle)
        default:
            try refuseLogin()
        }
    }

    private func answer(password: String) throws {
        guard password == script.login.password else { return try refuseLogin() }
        switch script.login.afterPassword {
        case .accepted: try acceptLogin()
        case .partial: try refuseLogin(isPartial: true, satisfied: "password")
        case .expired:
            try send(
                WireWriter(Message.userauthContinue).string("choose another").string("").bytes)
        }
    }

    private func ask(
        _ questions: [LoginPolicy.Question], _ title: (name: String, instruction: String)
    ) throws {
        var request = WireWriter(Message.userauthContinue).string(title.name)
            .string(title.instruction).string("").uint32(UInt32(questions.count))
        for question in questions {
            request = request.string(question.prompt).boolean(question.echoes)
        }
        try send(request.bytes)
    }

    func checkAnswers(_ reader: inout WireReader) throws {
        let count = try reader.uint32()
        let answers = try (0..<min(count, 100)).map { _ in try reader.text() }
        note(.answers(answers))
        let policy = script.login
        if policy.asksForever { return try ask(policy.questions, policy.questionTitle) }
        let rounds = [policy.questions] + policy.laterQuestions
        guard answers == rounds[questionRound].map(\.answer) else { return try refuseLogin() }
        questionRound += 1
        if questionRound == rounds.count { return try acceptLogin() }
        try ask(rounds[questionRound], ("", ""))
    }

    private func sendLoginBanner() throws {
        guard let banner = script.login.banner, !hasSentLoginBanner else { return }
        hasSentLoginBanner = true
        try send(WireWriter(Message.userauthBanner).string(banner).string("").bytes)
    }

    private func acceptLogin() throws {
        try reach(.userauthSuccess)
        try send([Message.userauthSuccess])
    }

    /// After a partial success the method is no more among those that may go on, unless it is the
    /// only one.
    private func refuseLogin(isPartial: Bool = false, satisfied: String = "publickey") throws {
        let others = script.login.methods.filter { $0 != satisfied }
        let methods = isPartial && !others.isEmpty ? others : script.login.methods
        try send(
            WireWriter(Message.userauthFailure).nameList(methods).boolean(isPartial).bytes)
    }

    /// Whether a signature is over the session and the request (RFC 4252 §7); nil where unknown.
    private func isValid(
        _ signature: [UInt8], of request: ArraySlice<UInt8>, by attempt: LoginAttempt
    ) throws -> Bool? {
        guard attempt.algorithm == "ssh-ed25519", let blob = attempt.keyBlob else { return nil }
        var key = WireReader(blob)
        var value = WireReader(signature)
        _ = try (key.text(), value.text())
        let publicKey = try Curve25519.Signing.PublicKey(rawRepresentation: try key.string())
        let signed = WireWriter().string(sessionID).raw(request).bytes
        return publicKey.isValidSignature(try value.string(), for: signed)
    }
}
