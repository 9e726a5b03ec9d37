/// Logins, and what is told beside them, that go wrong (RFC 4252, RFC 4256, RFC 8308).
extension HostileServer {
    static let logins: [HostileServer] = methods + banners + extensions

    private static let methods: [HostileServer] = [
        .init(
            .login, "a service that nobody asked for", .mayEnd(7),
            .tampering(
                Message.serviceAccept,
                .replaced([WireWriter(Message.serviceAccept).string("ssh-connection").bytes]))),
        .init(
            .login, "a service whose name claims 4 GiB", .mayEnd(7),
            .tampering(
                Message.serviceAccept, .replaced([[Message.serviceAccept, 0xFF, 0xFF, 0xFF, 0xFF]]))
        ),
        .init(
            .login, "a success that nobody asked for", .mayEnd(7),
            .tampering(Message.serviceAccept, .followed([[Message.userauthSuccess]]))),
        .init(
            .login, "a success, and a refusal behind it", .mayEnd(7),
            .tampering(Message.userauthSuccess, .followed([refusal("publickey")]))),
        .init(
            .login, "a refusal, and a success behind it", .mayEnd(7),
            .tampering(Message.userauthSuccess, .preceded([refusal("publickey")]))),
        .init(.login, "a refusal of every key", .fails, refusing("publickey")),
        .init(.login, "a refusal that names no method", .fails, refusing("")),
        .init(
            .login, "a refusal with escape sequences", .fails, refusing(Payload.escapes)),
        .init(
            .login, "a refusal with 30 KB of methods", .fails,
            refusing(String(repeating: "publickey,", count: 3000))),
        .init(
            .login, "a refusal that claims 4 GiB of methods", .fails,
            answering([Message.userauthFailure, 0xFF, 0xFF, 0xFF, 0xFF, 0])),
        .init(.login, "a refusal that is cut", .fails, answering([Message.userauthFailure, 0, 0])),
        .init(
            .login, "a thousand refusals at once", .fails,
            .tampering(
                Message.userauthContinue,
                .replaced(Array(repeating: refusal("publickey"), count: 1000)))),
        .init(
            .login, "partial success without an end", .fails,
            .seven.with { $0.login.publicKeys = .partial }),
        .init(
            .login, "a key that is taken, and refused once signed", .fails,
            .seven.with { $0.login.publicKeys = .refusedOnceSigned }),
        .init(
            .login, "another key is taken than was offered", .mayEnd(7),
            .tampering(
                Message.userauthContinue, .edited { $0.dropLast(4) + [1, 2, 3, 4] })),
        .init(
            .login, "a key whose name claims 4 GiB", .mayEnd(7),
            .tampering(
                Message.userauthContinue, .edited { [$0[0], 0xFF, 0xFF, 0xFF, 0xFF] + $0[5...] })),
        .init(
            .login, "questions in answer to a key", .mayEnd(7),
            .tampering(
                Message.userauthContinue,
                .replaced([questions(count: 1) + WireWriter().string("who?").byte(1).bytes]))),
        .init(.login, "4 Gi questions", .fails, asking(questions(count: .max))),
        .init(
            .login, "100,000 questions", .fails,
            asking(questions(count: 100_000) + [UInt8](repeating: 0, count: 30_000))),
        .init(
            .login, "a question that claims 4 GiB", .fails,
            asking(questions(count: 1) + [0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0])),
        .init(
            .login, "a title that claims 4 GiB", .fails,
            asking([Message.userauthContinue, 0xFF, 0xFF, 0xFF, 0xFF, 0])),
        .init(
            .login, "a title that claims more than there is", .fails,
            asking([Message.userauthContinue, 0, 0, 0x40, 0, 0])),
        .init(
            .login, "questions that are cut", .fails, asking([Message.userauthContinue, 0])),
        .init(
            .login, "the same question again and again", .fails,
            .seven.with {
                $0.login.methods = ["keyboard-interactive"]
                $0.login.publicKeys = .refused
                $0.login.questions = [.init(Payload.escapes, echoes: true, answer: "no")]
                $0.login.asksForever = true
            }),
        .init(
            .login, "a password that has to be changed", .fails,
            .seven.with {
                $0.login.methods = ["password"]
                $0.login.publicKeys = .refused
                $0.login.password = HostileServer.password
                $0.login.afterPassword = .expired
            }),
    ]

    /// What a client is to answer to every question.
    package static let password = "open sesame"

    private static let banners: [HostileServer] = [
        .init(.login, "a banner with escape sequences", .ends(7), greeting(Payload.escapes)),
        .init(
            .login, "a banner of 30 KB", .ends(7),
            greeting(String(repeating: "\(Payload.escapes)\n", count: 700))),
        .init(
            .login, "a banner that claims 4 GiB", .mayEnd(7),
            .tampering(
                Message.serviceAccept,
                .followed([[Message.userauthBanner, 0xFF, 0xFF, 0xFF, 0xFF, 0x21]]))),
        .init(
            .login, "a banner that is cut", .mayEnd(7),
            .tampering(Message.serviceAccept, .followed([[Message.userauthBanner, 0]]))),
        .init(
            .login, "five thousand banners", .mayEnd(7),
            .tampering(
                Message.serviceAccept,
                .followed(Array(repeating: Payload.banner("hello"), count: 5000)))),
        .init(
            .login, "banners without an end", .fails,
            .faulty(.chatter(Payload.banner("hello\n")), in: .userauth)),
        .init(
            .login, "an exit status ahead of the login", .mayEnd(7),
            .tampering(Message.userauthSuccess, .preceded([Payload.exitStatus(0)]))),
    ]

    private static let extensions: [HostileServer] = [
        .init(.extensions, "4 Gi of them", .mayEnd(7), informing(WireWriter().uint32(.max))),
        .init(.extensions, "nothing in it", .mayEnd(7), informing(WireWriter())),
        .init(
            .extensions, "a name that claims 4 GiB", .mayEnd(7),
            informing(WireWriter().uint32(1).uint32(.max))),
        .init(
            .extensions, "a value that claims 4 GiB", .mayEnd(7),
            informing(WireWriter().uint32(1).string("server-sig-algs").uint32(.max))),
        .init(
            .extensions, "a value of 30 KB", .mayEnd(7),
            informing(
                WireWriter().uint32(1).string("server-sig-algs")
                    .string(String(repeating: "ssh-ed25519,", count: 2500)))),
        .init(
            .extensions, "a thousand of them", .mayEnd(7),
            informing(
                (0..<1000).reduce(WireWriter().uint32(1000)) {
                    $0.string("extension-\($1)").string("value")
                })),
        .init(
            .extensions, "told again when the login is over", .mayEnd(7),
            .saying(WireWriter(Message.extensionInfo).uint32(.max).bytes)),
        .init(
            .extensions, "4 Gi of them before there are keys", .mayEnd(7),
            .tampering(Message.kexECDHReply, .preceded([countless(0)]))),
        .init(
            .extensions, "4 Gi of them, and 300 bytes, before there are keys", .mayEnd(7),
            .tampering(Message.kexECDHReply, .preceded([countless(300)]))),
        .init(
            .extensions, "4 Gi of them in 30 KB when the login is over", .mayEnd(7),
            .saying(countless(30_000))),
    ]

    private static func countless(_ zeros: Int) -> [UInt8] {
        WireWriter(Message.extensionInfo).uint32(.max).raw([UInt8](repeating: 0, count: zeros))
            .bytes
    }

    private static func refusal(_ methods: String) -> [UInt8] {
        WireWriter(Message.userauthFailure).string(methods).boolean(false).bytes
    }

    private static func refusing(_ methods: String) -> Script { answering(refusal(methods)) }

    /// Says this whenever a key is offered: the first is that in the client's home, and the only one.
    private static func answering(_ message: [UInt8]) -> Script {
        .tampering(Message.userauthContinue, .replaced([message]))
    }

    private static func questions(count: UInt32) -> [UInt8] {
        WireWriter(Message.userauthContinue).string("").string("").string("").uint32(count).bytes
    }

    private static func asking(_ packet: [UInt8]) -> Script {
        .seven.with {
            $0.login.methods = ["keyboard-interactive"]
            $0.login.publicKeys = .refused
            $0.login.questionPacket = packet
        }
    }

    private static func greeting(_ banner: String) -> Script {
        .seven.with { $0.login.banner = banner }
    }

    /// An SSH_MSG_EXT_INFO behind the honest one, which every client has to expect (RFC 8308 §2.4).
    private static func informing(_ body: WireWriter) -> Script {
        .tampering(
            Message.serviceAccept,
            .preceded([WireWriter(Message.extensionInfo).raw(body.bytes).bytes]))
    }
}
