/// What a `LyingServer` does: honest in all that is not said otherwise.
package struct Script: Sendable {
    /// Sent ahead of the identification, each with CR LF, which is legal (RFC 4253 §4.2).
    package var preBannerLines: [String] = []
    /// The identification, with its line end.
    package var identification: [UInt8] = Array("SSH-2.0-Liar_1.0\r\n".utf8)
    package var algorithms = Algorithms()
    /// What goes wrong instead of the honest message of a phase.
    package var faults: [Phase: Misbehaviour] = [:]
    /// What is done to single messages on their way out.
    package var tamperings: [Tampering] = []
    package var login = LoginPolicy()
    package var channel = ChannelPolicy()
    /// What happens once a command or shell was accepted.
    package var program: [Step] = [.exitStatus(0), .eof, .close]
    /// From the second connection on, another host key is shown.
    package var changesHostKeyOnReconnect = false
    /// When keys are renewed, another host key is shown, and signs.
    package var changesHostKeyOnRenewal = false
    /// Where random bytes begin; the same seed gives the same bytes.
    package var seed: UInt64 = 1

    package init() {}

    /// Whether input that comes before its step is kept for it.
    var echoesInput: Bool {
        program.contains { if case .echoInput = $0 { true } else { false } }
    }
}

/// A moment at which the server owes the client a message.
package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Nothing was sent yet.
    case beforeBanner
    /// Half of the identification was sent.
    case banner
    case kexInit
    case kexReply
    case newKeys
    case serviceAccept
    /// The first answer to a login request.
    case userauth
    /// The message that would say that the login succeeded.
    case userauthSuccess
    case channelOpen
    case pty
    /// The answer to the request for a command or a shell.
    case exec
    /// That answer was sent, and nothing of the program yet.
    case afterExec

    /// Whether what is sent then is encrypted.
    package var isEncrypted: Bool {
        switch self {
        case .beforeBanner, .banner, .kexInit, .kexReply, .newKeys: false
        default: true
        }
    }
}

/// A way to break one's word.
package enum Misbehaviour: Sendable, Equatable, CustomStringConvertible {
    /// Says nothing more, but goes on reading.
    case stall
    /// Says nothing more, and does not read either.
    case freeze
    /// Ends the connection by FIN.
    case end
    /// Ends the connection by RST.
    case reset
    case disconnect(reason: UInt32, text: String)
    /// This many random bytes on the wire, then a stall.
    case garbage(bytes: Int)
    /// A sound packet with this many random bytes in it, then a stall.
    case garbagePacket(bytes: Int)
    /// A packet with a wrong MAC, then a stall; before there are keys, with impossible padding.
    case badMAC
    /// This message in a packet with a wrong MAC, as somebody in between would send it, then a stall.
    case forged([UInt8])
    /// A packet that claims 2 GiB, then a stall.
    case oversizedPacket
    /// A message that has no business here, and then on as if nothing had been.
    case message([UInt8])
    /// This message without a pause, and never the one that is due, until the client has had enough.
    case chatter([UInt8])
    /// The same with a line, as may come ahead of the identification.
    case chatterLine(String)

    /// One of each that breaks a connection, for tables of tests.
    package static let samples: [Misbehaviour] = [
        .stall, .freeze, .end, .reset, .disconnect(reason: 2, text: "no\u{1B}[2Jmore"),
        .garbage(bytes: 512), .garbagePacket(bytes: 64), .badMAC, .oversizedPacket,
    ]

    package var description: String {
        switch self {
        case .stall: "stall"
        case .freeze: "freeze"
        case .end: "end"
        case .reset: "reset"
        case .disconnect(let reason, _): "disconnect \(reason)"
        case .garbage(let count): "\(count) bytes of garbage"
        case .garbagePacket(let count): "a packet of \(count) bytes of garbage"
        case .badMAC: "bad MAC"
        case .forged(let payload): "forged message \(payload.first ?? 0)"
        case .oversizedPacket: "oversized packet"
        case .message(let payload): "message \(payload.first ?? 0)"
        case .chatter(let payload): "message \(payload.first ?? 0) again and again"
        case .chatterLine: "a line again and again"
        }
    }
}

/// A step of the program that a client believes to run.
package enum Step: Sendable {
    case output([UInt8])
    case errorOutput([UInt8])
    /// Until the client has had enough.
    case endlessOutput
    /// Until the client has had enough.
    case endlessErrorOutput
    /// Copies the input to the output until the client says EOF.
    case echoInput
    /// Reads the input until the client says EOF.
    case readInput
    /// Reads until this channel request came (`window-change`, `signal`), once more for each step.
    case awaitRequest(String)
    case exitStatus(UInt32)
    case exitSignal(String, coreDumped: Bool, message: String)
    /// An exit-signal whose name claims to be 4 GiB long.
    case oversizedExitSignal
    case eof
    case close
    /// Any message. The client's number for the channel follows the first byte where `toChannel`.
    case message([UInt8], toChannel: Bool)
    /// Exchanges keys anew.
    case rekey
    case misbehave(Misbehaviour)

    package static func output(_ text: String) -> Step { .output(Array(text.utf8)) }
    package static func errorOutput(_ text: String) -> Step { .errorOutput(Array(text.utf8)) }
}

/// The algorithms a server offers, in its order (RFC 4253 §7.1).
///
/// It can only use those that are here by default; others can be offered to a client that is
/// expected to refuse.
package struct Algorithms: Sendable {
    package var keyExchange = ["curve25519-sha256", "curve25519-sha256@libssh.org"]
    package var hostKey = ["ssh-ed25519"]
    package var ciphers = ["aes128-ctr", "aes192-ctr", "aes256-ctr"]
    package var macs = ["hmac-sha2-256", "hmac-sha2-512"]
    package var compression = ["none"]
    /// Told to clients that want to know (RFC 8308 §3.1).
    package var signatures = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-256", "rsa-sha2-512"]

    package init() {}
}
