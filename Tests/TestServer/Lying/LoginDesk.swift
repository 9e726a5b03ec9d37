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
                try stream.send(
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
            if attempt.password == policy.password { try acceptLogin() } else { try refuseLogin() }
        case "keyboard-interactive" where !policy.questions.isEmpty:
            var request = WireWriter(Message.userauthContinue).string("").string("").string("")
                .uint32(UInt32(policy.questions.count))
            for question in policy.questions {
                request = request.string(question.prompt).boolean(question.echoes)
            }
            try stream.send(request.bytes)
        default:
            try refuseLogin()
        }
    }

    func checkAnswers(_ reader: inout WireReader) throws {
        let count = try reader.uint32()
        let answers = try (0..<min(count, 100)).map { _ in try reader.text() }
        note(.answers(answers))
        if answers == script.login.questions.map(\.answer) {
            try acceptLogin()
        } else {
            try refuseLogin()
        }
    }

    private func sendLoginBanner() throws {
        guard let banner = script.login.banner, !hasSentLoginBanner else { return }
        hasSentLoginBanner = true
        try stream.send(WireWriter(Message.userauthBanner).string(banner).string("").bytes)
    }

    private func acceptLogin() throws {
        try reach(.userauthSuccess)
        try stream.send([Message.userauthSuccess])
    }

    private func refuseLogin(isPartial: Bool = false) throws {
        let methods = script.login.methods.filter { !isPartial || $0 != "publickey" }
        try stream.send(
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
