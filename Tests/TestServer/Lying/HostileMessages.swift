/// What can become of each message that a server sends: every one that ccrun depends on, in every way.
extension HostileServer {
    /// A message, which of its number, and the part of the protocol it belongs to.
    private struct Due {
        let stage: Stage
        let name: String
        let number: UInt8
        var occurrence = 0
        var script = Script.seven
    }

    private struct Way {
        let name: String
        let verdict: Verdict
        let change: Tampering.Change
    }

    private static let due: [Due] = [
        Due(stage: .algorithms, name: "the offer", number: Message.kexInit),
        Due(stage: .keyExchange, name: "the reply", number: Message.kexECDHReply),
        Due(stage: .keyExchange, name: "the end of the old keys", number: Message.newKeys),
        Due(stage: .login, name: "the service", number: Message.serviceAccept),
        Due(stage: .login, name: "the key that is taken", number: Message.userauthContinue),
        Due(stage: .login, name: "the success", number: Message.userauthSuccess),
        Due(stage: .channelOpen, name: "the channel", number: Message.channelOpenConfirmation),
        Due(stage: .start, name: "the grant", number: Message.channelSuccess),
        Due(stage: .streams, name: "the output", number: Message.channelData),
        Due(stage: .ending, name: "the status", number: Message.channelRequest),
        Due(stage: .ending, name: "the end of the output", number: Message.channelEOF),
        Due(stage: .ending, name: "the close", number: Message.channelClose),
        Due(
            stage: .renewal, name: "the new offer", number: Message.kexInit, occurrence: 1,
            script: renewing),
        Due(
            stage: .renewal, name: "the new reply", number: Message.kexECDHReply, occurrence: 1,
            script: renewing),
        Due(
            stage: .renewal, name: "the end of the keys", number: Message.newKeys, occurrence: 1,
            script: renewing),
    ]

    /// Where something has been said that suffices, a client may do without the rest.
    private static let ways: [Way] = [
        Way(name: "is torn by silence", verdict: .mayEnd(7), change: .torn(then: .stall)),
        Way(name: "is torn by the end", verdict: .mayEnd(7), change: .torn(then: .end)),
        Way(name: "is torn by a reset", verdict: .mayEnd(7), change: .torn(then: .reset)),
        Way(name: "never comes", verdict: .mayEnd(7), change: .dropped),
        Way(name: "comes twice", verdict: .mayEnd(7), change: .twice),
        Way(name: "comes late", verdict: .mayEnd(7), change: .late),
        Way(
            name: "is cut in half", verdict: .mayEnd(7),
            change: .edited { Array($0.prefix(($0.count + 1) / 2)) }),
        Way(
            name: "has 300 bytes more", verdict: .mayEnd(7),
            change: .edited { $0 + [UInt8](repeating: 0xFF, count: 300) }),
        Way(
            name: "is of another kind", verdict: .mayEnd(7),
            change: .edited { [199] + $0.dropFirst() }),
        Way(name: "claims 2 GiB", verdict: .mayEnd(7), change: .flawed(.length(0x7FFF_FFFC))),
    ]

    /// Each on a terminal or without one, by turns.
    static let brokenMessages: [HostileServer] = due.enumerated().flatMap { index, message in
        ways.enumerated().map { turn, way in
            HostileServer(
                message.stage, "\(message.name) \(way.name)", way.verdict,
                circumstances: (index + turn).isMultiple(of: 2) ? .onTerminal : .withoutTerminal,
                .tampering(
                    message.number, occurrence: message.occurrence, way.change, in: message.script))
        }
    }
}
