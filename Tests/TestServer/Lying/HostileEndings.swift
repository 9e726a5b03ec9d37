/// Output and ends of commands that go wrong (RFC 4254 §5.2, §5.3 and §6.10).
extension HostileServer {
    static let streams: [HostileServer] = [
        .init(.streams, "output without an end", .exceedsTimeLimit, .program([.endlessOutput])),
        .init(.streams, "errors without an end", .exceedsTimeLimit, .endlessStderr),
        .init(
            .streams, "silence in the middle", .fails,
            .program([.output("partial\n"), .misbehave(.stall)])),
        .init(
            .streams, "silence, and nothing is read any more", .fails, inputCount: 300_000,
            .program([.output("partial\n"), .misbehave(.freeze)])),
        .init(
            .streams, "a reset in the middle", .fails, .resetMidStream(after: 300_000)),
        .init(
            .streams, "the end of the connection in the middle", .fails,
            .program([.output("partial\n"), .misbehave(.end)])),
        .init(
            .streams, "8 MiB beyond the window, and success", .mayEnd(0),
            .program(
                Array(
                    repeating: .message(
                        Payload.data([UInt8](repeating: 0x2E, count: 32_000)), toChannel: false),
                    count: 256) + [.exitStatus(0), .eof, .close])),
        .init(
            .streams, "a packet that is longer than was agreed", .mayEnd(7),
            .saying(Payload.data([UInt8](repeating: 0x2E, count: 34_900)))),
        .init(
            .streams, "data that claims 4 GiB", .mayEnd(7),
            .saying(WireWriter(Message.channelData).uint32(0).uint32(.max).string("x").bytes)),
        .init(
            .streams, "data that claims more than there is", .mayEnd(7),
            .saying(WireWriter(Message.channelData).uint32(0).uint32(30_000).string("x").bytes)),
        .init(
            .streams, "errors that claim 4 GiB", .mayEnd(7),
            .saying(
                WireWriter(Message.channelExtendedData).uint32(0).uint32(1).uint32(.max).bytes)),
        .init(
            .streams, "data of no bytes, ten thousand times", .ends(7),
            .saying(Payload.data([]), times: 10_000)),
        .init(.streams, "data without a channel", .mayEnd(7), .saying([Message.channelData])),
        .init(
            .streams, "data without a length", .mayEnd(7),
            .saying(Payload.channel(Message.channelData))),
        .init(
            .streams, "errors without a kind", .mayEnd(7),
            .saying(Payload.channel(Message.channelExtendedData))),
        .init(
            .streams, "a third stream", .mayEnd(7),
            .saying(
                WireWriter(Message.channelExtendedData).uint32(0).uint32(2).string("third").bytes)),
        .init(
            .streams, "4 Gi streams", .mayEnd(7),
            .saying(
                WireWriter(Message.channelExtendedData).uint32(0).uint32(.max).string("x").bytes)),
        .init(
            .streams, "data for another channel", .mayEnd(7),
            .saying(Payload.data(Array("lost\n".utf8), channel: 77), times: 100)),
        .init(.streams, "data behind its end", .mayEnd(7), .dataAfterEOF(7)),
        .init(.streams, "data behind the status", .ends(7), .dataAfterExitStatus(7)),
        .init(
            .streams, "data behind the close", .fails,
            .program([
                .output("partial\n"), .close,
                .message(Payload.data(Array("late\n".utf8)), toChannel: false), .exitStatus(0),
            ])),
    ]

    static let endings: [HostileServer] = [
        .init(.ending, "a close without a status", .fails, .closeWithoutStatus),
        .init(.ending, "an end and a close without a status", .fails, .eofAndCloseWithoutStatus),
        .init(
            .ending, "an end, and silence", .fails,
            .program([.output("partial\n"), .eof, .misbehave(.stall)])),
        .init(
            .ending, "a status of 0, and silence", .fails,
            .program([.output("partial\n"), .exitStatus(0), .misbehave(.stall)])),
        .init(
            .ending, "a status of 0, and the end of the connection", .fails,
            .program([.output("partial\n"), .exitStatus(0), .misbehave(.end)])),
        .init(
            .ending, "a status of 0, and a reset", .fails,
            .program([.output("partial\n"), .exitStatus(0), .misbehave(.reset)])),
        .init(
            .ending, "a status of 0 and all that belongs to it, and a reset", .mayEnd(0),
            .program([.output("whole\n"), .exitStatus(0), .eof, .close, .misbehave(.reset)])),
        .init(
            .ending, "a status of 0 and all that belongs to it, and a farewell", .ends(0),
            .program([
                .output("whole\n"), .exitStatus(0), .eof, .close,
                .misbehave(.disconnect(reason: 11, text: Payload.escapes)),
            ])),
        .init(
            .ending, "a status of 0, and nothing but the end of the output", .ends(0),
            .program([.output("whole\n"), .exitStatus(0), .eof, .misbehave(.stall)])),
        .init(.ending, "a status of 0 twice", .ends(0), .statusTwice(0, 0)),
        .init(.ending, "a status of 0, and then another", .ends(4), .statusTwice(0, 4)),
        .init(.ending, "a status, and then 0", .ends(3), .statusTwice(3, 0)),
        .init(
            .ending, "a thousand statuses", .ends(7), .saying(Payload.exitStatus(7), times: 1000)),
        .init(.ending, "a status of 4 Gi", .ends(255), .honest(status: .max)),
        .init(
            .ending, "a status that is cut", .fails,
            unsaid(Payload.request("exit-status", WireWriter().raw([0, 0, 0])))),
        .init(.ending, "a status of nothing", .fails, unsaid(Payload.request("exit-status"))),
        .init(
            .ending, "a status of another channel", .fails,
            unsaid(Payload.exitStatus(0, channel: 1))
        ),
        .init(
            .ending, "a status by a longer name", .fails,
            unsaid(Payload.request("exit-status0", WireWriter().uint32(0)))),
        .init(
            .ending, "a status by a name that claims 4 GiB", .fails,
            unsaid(
                WireWriter(Message.channelRequest).uint32(0).uint32(.max).raw("exit-status".utf8)
                    .byte(0).uint32(0).bytes)),
        .init(
            .ending, "a status that wants an answer", .mayEnd(7),
            unsaid(Payload.request("exit-status", WireWriter().uint32(7), wantsReply: true))),
        .init(
            .ending, "a status in data", .fails,
            unsaid(Payload.data(Payload.exitStatus(0)))),
        .init(.ending, "a signal whose name claims 4 GiB", .fails, .oversizedExitSignal),
        .init(.ending, "a signal without a name", .fails, .exitSignal("")),
        .init(
            .ending, "a signal with a name of 30 KB", .fails,
            .exitSignal(String(repeating: "KILL", count: 7500))),
        .init(.ending, "a signal with escape sequences", .fails, .exitSignal(Payload.escapes)),
        .init(
            .ending, "a signal whose message claims 4 GiB", .mayEnd(137),
            unsaid(
                Payload.request(
                    "exit-signal", WireWriter().string("KILL").boolean(true).uint32(.max)))),
        .init(
            .ending, "a signal whose message has escape sequences", .dies(of: 9),
            .exitSignal("KILL", message: Payload.escapes)),
        .init(
            .ending, "a status of 0, and then a signal", .dies(of: 9),
            .program([
                .exitStatus(0), .exitSignal("KILL", coreDumped: false, message: ""), .eof, .close,
            ])),
        .init(
            .ending, "a signal, and then a status of 0", .dies(of: 9),
            .program([
                .exitSignal("KILL", coreDumped: false, message: ""), .exitStatus(0), .eof, .close,
            ])),
        .init(
            .ending, "a hundred ends", .mayEnd(7),
            .saying(Payload.channel(Message.channelEOF), times: 100)),
        .init(
            .ending, "a hundred closes", .ends(7),
            .program(
                [.output("partial\n"), .exitStatus(7), .eof, .close]
                    + Array(
                        repeating: .message(
                            Payload.channel(Message.channelClose), toChannel: false),
                        count: 100))),
        .init(
            .ending, "a close of another channel", .mayEnd(7),
            .saying(Payload.channel(Message.channelClose, 3))),
        .init(
            .ending, "a farewell of 30 KB", .fails,
            goodbye(Payload.disconnect(String(repeating: "\(Payload.escapes) ", count: 700)))),
        .init(
            .ending, "a farewell that claims 4 GiB", .fails,
            goodbye(WireWriter(Message.disconnect).uint32(11).uint32(.max).bytes)),
        .init(.ending, "a farewell without a reason", .fails, goodbye([Message.disconnect])),
        .init(
            .ending, "a farewell, and a status of 0 behind it", .fails,
            .program([
                .output("partial\n"), .message(Payload.disconnect("bye"), toChannel: false),
                .exitStatus(0), .eof, .close,
            ])),
        .init(.ending, "a status of 0 with a wrong MAC", .fails, forgedSuccess),
    ]

    /// Says this where the exit status is due.
    private static func unsaid(_ message: [UInt8]) -> Script {
        .program([.output("partial\n"), .message(message, toChannel: false), .eof, .close])
    }

    private static func goodbye(_ message: [UInt8]) -> Script {
        .program([.output("partial\n"), .message(message, toChannel: false), .misbehave(.end)])
    }

    private static let forgedSuccess = Script.program([
        .output("partial\n"), .misbehave(.forged(Payload.exitStatus(0))),
    ])
}
