/// What nobody asked for, what is never enough, packets that are none, and keys that are renewed.
extension HostileServer {
    static let talk = strangers + chatter

    private static let strangers: [HostileServer] = [
        .init(
            .strangers, "a thousand channels towards the client", .mayEnd(7),
            .saying(
                Payload.open(
                    "forwarded-tcpip",
                    WireWriter().string("127.0.0.1").uint32(80).string("127.0.0.1").uint32(9)),
                times: 1000)),
        .init(
            .strangers, "windows of X11", .mayEnd(7),
            .saying(Payload.open("x11", WireWriter().string("127.0.0.1").uint32(9)), times: 100)),
        .init(
            .strangers, "channels to the agent", .mayEnd(7),
            .saying(Payload.open("auth-agent@openssh.com"), times: 100)),
        .init(
            .strangers, "a session in the other direction", .mayEnd(7),
            .saying(Payload.open("session"))),
        .init(
            .strangers, "a channel whose kind claims 4 GiB", .mayEnd(7),
            .saying(WireWriter(Message.channelOpen).uint32(.max).string("x").bytes)),
        .init(
            .strangers, "a forwarded channel that is cut", .mayEnd(7),
            .saying(Payload.open("forwarded-tcpip", WireWriter().uint32(.max)))),
        .init(
            .strangers, "a window of X11 that claims 4 GiB", .mayEnd(7),
            .saying(Payload.open("x11", WireWriter().uint32(.max)))),
        .init(.strangers, "a channel of nothing", .mayEnd(7), .saying([Message.channelOpen])),
        .init(
            .strangers, "a thousand global requests", .mayEnd(7),
            .saying(Payload.global("keepalive@openssh.com", wantsReply: true), times: 1000)),
        .init(
            .strangers, "a global request that claims 4 GiB", .mayEnd(7),
            .saying([Message.globalRequest, 0xFF, 0xFF, 0xFF, 0xFF, 1])),
        .init(
            .strangers, "a global request of nothing", .mayEnd(7), .saying([Message.globalRequest])),
        .init(
            .strangers, "host keys that claim 4 GiB", .mayEnd(7),
            .saying(
                Payload.global(
                    "hostkeys-00@openssh.com", wantsReply: false, WireWriter().uint32(.max)))
        ),
        .init(
            .strangers, "answers to nothing", .mayEnd(7),
            .saying([Message.requestSuccess], [Message.requestFailure], times: 500)),
        .init(
            .strangers, "channel answers to nothing", .mayEnd(7),
            .saying(
                Payload.channel(Message.channelSuccess), Payload.channel(Message.channelFailure),
                times: 500)),
        .init(
            .strangers, "a thousand requests on the channel", .mayEnd(7),
            .saying(Payload.request("keepalive@openssh.com", wantsReply: true), times: 1000)),
        .init(
            .strangers, "a request with a name of 30 KB", .mayEnd(7),
            .saying(Payload.request(String(repeating: "x", count: 30_000), wantsReply: true))),
        .init(.strangers, "a request of nothing", .mayEnd(7), .saying([Message.channelRequest])),
        .init(
            .strangers, "a second login", .mayEnd(7),
            .saying([Message.userauthSuccess], Payload.banner(Payload.escapes))),
        .init(
            .strangers, "parts of a key exchange", .mayEnd(7),
            .saying([Message.newKeys], [Message.kexECDHReply])),
        .init(
            .strangers, "messages that there are none of", .mayEnd(7),
            .saying([0], [192], [255, 255], [29], [49], [79])),
    ]

    private static let chatter: [HostileServer] = [
        .init(
            .chatter, "jokes with escape sequences", .ends(7),
            .saying(Payload.debug(Payload.escapes), times: 1000)),
        .init(
            .chatter, "a joke that claims 4 GiB", .mayEnd(7),
            .saying([Message.debug, 1, 0xFF, 0xFF, 0xFF, 0xFF])),
        .init(.chatter, "a joke of nothing", .mayEnd(7), .saying([Message.debug])),
        .init(
            .chatter, "filler that claims 4 GiB", .mayEnd(7),
            .saying([Message.ignore, 0xFF, 0xFF, 0xFF, 0xFF])),
        .init(.chatter, "filler of nothing", .mayEnd(7), .saying([Message.ignore])),
        .init(
            .chatter, "ten thousand fillers", .ends(7), .saying(Payload.ignore(16), times: 10_000)),
        .init(
            .chatter, "a thousand reports of messages not known", .mayEnd(7),
            .saying(WireWriter(Message.unimplemented).uint32(3).bytes, times: 1000)),
        .init(
            .chatter, "filler without an end in place of the key exchange", .fails,
            .faulty(.chatter(Payload.ignore(1000)), in: .kexInit)),
        .init(
            .chatter, "jokes without an end in place of a channel", .fails,
            .faulty(.chatter(Payload.debug), in: .channelOpen)),
        .init(
            .chatter, "requests without an end in place of an answer", .fails,
            .faulty(.chatter(Payload.global("x", wantsReply: true)), in: .exec)),
        .init(
            .chatter, "filler without an end in place of the command", .exceedsTimeLimit,
            .faulty(.chatter(Payload.ignore(1000)), in: .afterExec)),
        .init(
            .chatter, "channels without an end in place of the command", .exceedsTimeLimit,
            .faulty(.chatter(Payload.open("session")), in: .afterExec)),
    ]

    /// Packets that are none, in place of the command's output (RFC 4253 §6).
    static let packets: [HostileServer] = [
        packet("of no bytes", .length(0)),
        packet("of one byte", .length(1)),
        packet("whose length is no multiple of a block", .length(29)),
        packet("a little longer than may be", .length(40_012)),
        packet("of 2 GiB", .length(0x7FFF_FFFC)),
        packet("of 2 GiB and more", .length(0x8000_000C)),
        packet("of 4 GiB less one byte", .length(.max)),
        packet("with no padding", .padding(0), .mayEnd(7)),
        packet("with more padding than there is", .padding(255)),
        packet("with padding and nothing else", .padding(26), .mayEnd(7)),
        packet("with a wrong MAC", .badMAC),
        .init(.packets, "random bytes", .fails, .faulty(.garbage(bytes: 100_000), in: .afterExec)),
        .init(
            .packets, "random bytes in a sound packet", .mayEnd(7),
            .faulty(.garbagePacket(bytes: 5000), in: .afterExec)),
        .init(.packets, "nothing in a sound packet", .mayEnd(7), .saying([])),
        .init(
            .packets, "a sound packet of 34 KB", .mayEnd(7), .saying(Payload.ignore(34_000))),
        .init(.packets, "a sound packet of 200 KB", .fails, .saying(Payload.ignore(200_000))),
    ]

    private static func packet(
        _ name: String, _ flaw: PacketFlaw, _ verdict: Verdict = .fails
    ) -> HostileServer {
        .init(.packets, "a packet \(name)", verdict, .tampering(Message.channelData, .flawed(flaw)))
    }

    static let renewals: [HostileServer] = [
        .init(.renewal, "in the middle, honestly", .ends(7), renewing),
        .init(
            .renewal, "twenty times", .ends(7),
            .ending(after: (0..<20).flatMap { [Step.rekey, .output("more \($0)\n")] })),
        .init(
            .renewal, "with another host key, and success behind it", .fails,
            .ending(0, after: [.rekey, .output("more\n")]).with {
                $0.changesHostKeyOnRenewal = true
            }),
        .init(
            .renewal, "with a signature that does not fit", .fails,
            .tampering(
                Message.kexECDHReply, occurrence: 1,
                .edited { $0.dropLast() + [($0.last ?? 0) ^ 1] }, in: renewing)),
        .init(
            .renewal, "with data in the middle of it", .mayEnd(7),
            .tampering(
                Message.kexECDHReply, occurrence: 1,
                .preceded([Payload.data(Array("between\n".utf8))]), in: renewing)),
        .init(
            .renewal, "with a status of 0 in the middle of it", .mayEnd(0),
            .program([.output("partial\n"), .rekey, .eof, .close]).with {
                $0.tamperings = [
                    Tampering(
                        Message.newKeys, occurrence: 1,
                        .replaced([Payload.exitStatus(0), Payload.channel(Message.channelClose)]))
                ]
            }),
        .init(
            .renewal, "with nothing in common", .fails,
            .tampering(
                Message.kexInit, occurrence: 1,
                .edited { Array($0[..<17]) + [UInt8](repeating: 0, count: 45) }, in: renewing)),
    ]

    /// Renews the keys between two lines of output.
    static let renewing = Script.ending(after: [.rekey, .output("more\n")])
}
