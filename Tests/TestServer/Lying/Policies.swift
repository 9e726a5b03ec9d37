/// Who may log in to a `LyingServer`, and how it answers those who may not.
package struct LoginPolicy: Sendable {
    package enum PublicKeys: Sendable {
        /// Any key is welcome.
        case accepted
        /// "Not this one", when asked without a signature or with one.
        case refused
        /// Welcome when asked, refused when it comes with its signature.
        case refusedOnceSigned
        /// A good signature is not enough: one of the other `methods` must follow.
        case partial
    }

    /// The methods that may go on, as failures list them.
    package var methods = ["publickey"]
    package var publicKeys = PublicKeys.accepted
    /// The one password that is accepted.
    package var password: String?
    /// Prompts of keyboard-interactive, and the answers that are accepted.
    package var questions: [Question] = []
    /// Further rounds of them, each asked after the right answers to the one before.
    package var laterQuestions: [[Question]] = []
    /// What stands above the prompts of the first round.
    package var questionTitle = (name: "", instruction: "")
    /// Sent in place of the first round, byte for byte.
    package var questionPacket: [UInt8]?
    /// Asks the questions anew whatever the answers are.
    package var asksForever = false
    /// What comes after the right password: that it has to be changed, or another method.
    package var afterPassword = AfterPassword.accepted

    package enum AfterPassword: Sendable {
        case accepted
        case partial
        case expired
    }

    /// Sent ahead of the first answer (RFC 4252 §5.4).
    package var banner: String?

    package struct Question: Sendable {
        package var prompt: String
        package var echoes: Bool
        package var answer: String

        package init(_ prompt: String, echoes: Bool, answer: String) {
            self.prompt = prompt
            self.echoes = echoes
            self.answer = answer
        }
    }

    package init() {}
}

/// What a `LyingServer` grants on a channel.
package struct ChannelPolicy: Sendable {
    /// Refuses to open one, with a reason (RFC 4254 §5.1) and a text.
    package var refusal: (reason: UInt32, text: String)?
    package var grantsPTY = true
    package var grantsExec = true
    package var grantsEnvironment = true
    /// Whether it will open channels to the client's agent.
    package var grantsAgent = false
    /// How much the client may send, at the start and at any time.
    package var window: UInt32 = 2_097_152
    /// Whether the client may ever send more than that in all.
    package var adjustsWindow = true
    package var maximumPacket: UInt32 = 32_768

    package init() {}
}

extension Script {
    /// Prints, then ends with this status, all in the order OpenSSH has it.
    package static func honest(
        status: UInt32 = 0, output: String = "", errorOutput: String = ""
    ) -> Script {
        program([
            .output(output), .errorOutput(errorOutput), .eof, .exitStatus(status), .close,
        ])
    }

    package static func program(_ steps: [Step]) -> Script {
        var script = Script()
        script.program = steps
        return script
    }

    /// Honest up to one phase.
    package static func fault(_ misbehaviour: Misbehaviour, in phase: Phase) -> Script {
        var script = Script.honest()
        script.faults[phase] = misbehaviour
        return script
    }

    /// CHANNEL_CLOSE and nothing before it.
    package static let closeWithoutStatus = program([.output("partial\n"), .close])

    /// EOF, CHANNEL_CLOSE, no status.
    package static let eofAndCloseWithoutStatus = program([.output("partial\n"), .eof, .close])

    package static func exitSignal(
        _ name: String, coreDumped: Bool = false, message: String = ""
    ) -> Script {
        program([
            .eof, .exitSignal(name, coreDumped: coreDumped, message: message), .close,
        ])
    }

    /// A name of 4 GiB, in a message of 40 bytes.
    package static let oversizedExitSignal = program([.eof, .oversizedExitSignal, .close])

    /// RST after this many bytes of output.
    package static func resetMidStream(after count: Int) -> Script {
        program([.output([UInt8](repeating: 0x78, count: count)), .misbehave(.reset)])
    }

    /// SSH_MSG_DISCONNECT after some output.
    package static func disconnectMidStream(
        reason: UInt32 = 11, text: String = "\u{1B}]0;owned\u{07}\u{1B}[2Jgone\r\nfaked line"
    ) -> Script {
        program([.output("partial\n"), .misbehave(.disconnect(reason: reason, text: text))])
    }

    package static func statusTwice(_ first: UInt32, _ second: UInt32) -> Script {
        program([.exitStatus(first), .exitStatus(second), .eof, .close])
    }

    package static func statusAfterEOF(_ status: UInt32) -> Script {
        program([.output("whole\n"), .eof, .exitStatus(status), .close])
    }

    package static func dataAfterExitStatus(_ status: UInt32) -> Script {
        program([.exitStatus(status), .output("late\n"), .eof, .close])
    }

    /// Forbidden (RFC 4254 §5.3).
    package static func dataAfterEOF(_ status: UInt32) -> Script {
        program([.eof, .output("forbidden\n"), .exitStatus(status), .close])
    }

    package static let endlessStderr = program([.endlessErrorOutput])

    /// The client is never allowed a byte of input.
    package static var windowNeverOpens: Script {
        var script = program([.readInput, .exitStatus(0), .eof, .close])
        script.channel.window = 0
        script.channel.adjustsWindow = false
        return script
    }

    /// Not SSH at all.
    package static var garbageBanner: Script {
        var script = Script.honest()
        script.identification = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        script.faults[.kexInit] = .stall
        return script
    }

    /// Lines of this length ahead of the identification, more than any client needs to take.
    package static func longBannerLines(_ count: Int, length: Int) -> Script {
        var script = Script.honest()
        let line = String(repeating: "x", count: length)
        script.preBannerLines = Array(repeating: line, count: count)
        return script
    }
}
