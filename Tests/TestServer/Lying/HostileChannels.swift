/// Channels that are opened, or given requests and windows, in the wrong way (RFC 4254 §5 and §6).
extension HostileServer {
    static let channels: [HostileServer] = openings + starts + windows

    private static let openings: [HostileServer] = [
        .init(
            .channelOpen, "a refusal with escape sequences", .fails,
            .seven.with { $0.channel.refusal = (1, Payload.escapes) }),
        .init(
            .channelOpen, "a refusal of 30 KB", .fails,
            .seven.with { $0.channel.refusal = (4, String(repeating: "no ", count: 10_000)) }),
        .init(
            .channelOpen, "a refusal without a reason", .fails,
            .seven.with { $0.channel.refusal = (0, "") }),
        .init(
            .channelOpen, "a refusal that claims 4 GiB", .fails,
            opening { _ in
                [WireWriter(Message.channelOpenFailure).uint32(0).uint32(1).uint32(.max).bytes]
            }),
        .init(
            .channelOpen, "a refusal that is cut", .fails,
            opening { _ in [[Message.channelOpenFailure, 0, 0, 0, 0]] }),
        .init(
            .channelOpen, "a channel that nobody asked for", .fails,
            opening { [WireWriter($0[0]).uint32(5).raw($0[5...]).bytes] }),
        .init(
            .channelOpen, "opened and refused", .mayEnd(7),
            opening {
                [
                    $0,
                    WireWriter(Message.channelOpenFailure).uint32(0).uint32(1).string("no")
                        .string("").bytes,
                ]
            }),
        .init(
            .channelOpen, "refused and opened", .mayEnd(7),
            opening {
                [
                    WireWriter(Message.channelOpenFailure).uint32(0).uint32(1).string("no")
                        .string("").bytes, $0,
                ]
            }),
        .init(.channelOpen, "opened three times", .mayEnd(7), opening { [$0, $0, $0] }),
        .init(
            .channelOpen, "opened and closed", .mayEnd(7), opening { [$0, Payload.channel(97)] }),
        .init(
            .channelOpen, "an exit status ahead of it", .mayEnd(7),
            opening { [Payload.exitStatus(0), $0] }),
    ]

    private static let starts: [HostileServer] = [
        .init(.start, "no command", .fails, .seven.with { $0.channel.grantsExec = false }),
        .init(.start, "no terminal", .ends(7), .seven.with { $0.channel.grantsPTY = false }),
        .init(
            .start, "granted and refused", .mayEnd(7),
            starting { [$0, Payload.channel(Message.channelFailure)] }),
        .init(
            .start, "refused and granted", .mayEnd(7),
            starting { [Payload.channel(Message.channelFailure), $0] }),
        .init(
            .start, "granted a thousand times", .mayEnd(7),
            starting { Array(repeating: $0, count: 1000) }),
        .init(
            .start, "granted to another channel", .fails,
            starting { _ in [Payload.channel(Message.channelSuccess, 5)] }),
        .init(.start, "granted without a channel", .fails, starting { [[$0[0]]] }),
        .init(
            .start, "output ahead of the answer", .mayEnd(7),
            starting { [Payload.data(Array("early\n".utf8)), $0] }),
        .init(
            .start, "an end ahead of the answer", .mayEnd(7),
            starting {
                [Payload.channel(Message.channelEOF), Payload.channel(Message.channelClose), $0]
            }),
        .init(
            .start, "refused with a status of 0", .fails,
            .seven.with {
                $0.channel.grantsExec = false
                $0.tamperings = [
                    Tampering(
                        Message.channelFailure, .preceded([Payload.exitStatus(0)]))
                ]
            }),
        .init(
            .start, "refused with a status of 0 and a close", .fails,
            .seven.with {
                $0.channel.grantsExec = false
                $0.tamperings = [
                    Tampering(
                        Message.channelFailure,
                        .preceded([Payload.exitStatus(0), Payload.channel(97)]))
                ]
            }),
    ]

    /// The input does not fit into the window that there is.
    private static let windows: [HostileServer] = [
        .init(
            .windows, "none for the input", .ends(7), inputCount: 100_000,
            .seven.with {
                $0.channel.window = 0
                $0.channel.adjustsWindow = false
            }),
        .init(
            .windows, "none, and the input is waited for", .exceedsTimeLimit, inputCount: 100_000,
            .windowNeverOpens),
        .init(
            .windows, "of 4 GiB less one byte", .ends(7), inputCount: 300_000,
            reading.with {
                $0.channel.window = .max
                $0.channel.adjustsWindow = false
            }),
        .init(
            .windows, "enlarged beyond 4 GiB", .mayEnd(7), inputCount: 300_000,
            .saying(Payload.adjust(.max), Payload.adjust(.max), Payload.adjust(1))),
        .init(
            .windows, "enlarged by nothing, ten thousand times", .mayEnd(7),
            .saying(Payload.adjust(0), times: 10_000)),
        .init(
            .windows, "enlarged for another channel", .mayEnd(7),
            .saying(Payload.adjust(9, channel: 7))),
        .init(
            .windows, "an enlargement that is cut", .mayEnd(7),
            .saying([Message.channelWindowAdjust, 0, 0, 0, 0])),
        .init(
            .windows, "packets of no bytes", .exceedsTimeLimit, inputCount: 1000,
            reading.with { $0.channel.maximumPacket = 0 }),
        .init(
            .windows, "packets of one byte", .ends(7), inputCount: 1000,
            reading.with { $0.channel.maximumPacket = 1 }),
        .init(
            .windows, "packets of 4 GiB less one byte", .ends(7), inputCount: 300_000,
            reading.with { $0.channel.maximumPacket = .max }),
    ]

    /// Reads the input to its end, and then ends with status 7.
    private static let reading = Script.ending(after: [.readInput])

    private static func opening(_ change: @escaping @Sendable ([UInt8]) -> [[UInt8]]) -> Script {
        // What the client is told depends on nothing but its number, which is 0.
        let honest = WireWriter(Message.channelOpenConfirmation).uint32(0).uint32(0)
            .uint32(2_097_152).uint32(32_768).bytes
        return .tampering(Message.channelOpenConfirmation, .replaced(change(honest)))
    }

    /// The first of its requests that a client wants answered.
    private static func starting(_ change: @escaping @Sendable ([UInt8]) -> [[UInt8]]) -> Script {
        .tampering(
            Message.channelSuccess, .replaced(change(Payload.channel(Message.channelSuccess))))
    }
}
