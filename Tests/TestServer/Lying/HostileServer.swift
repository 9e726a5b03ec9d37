/// A server that misbehaves in one way that has a name: a row of the table of misbehaviours.
///
/// The command of an honest server would print `partial` and end with status 7, so that no row but one
/// that says otherwise can end with 0.
package struct HostileServer: Sendable, CustomStringConvertible {
    /// The part of the protocol that it abuses.
    package enum Stage: String, Sendable, CaseIterable {
        case identification, algorithms, keyExchange, login, extensions, channelOpen, start
        case streams, ending, windows, strangers, chatter, packets, renewal
    }

    /// What is right for a client to make of it.
    package enum Verdict: Sendable, Equatable {
        /// There is no status to be had: the client says so.
        case fails
        /// The client's own time limit has to end it.
        case exceedsTimeLimit
        /// The server did say this status cleanly, and its misbehaviour takes nothing from it.
        case ends(Int32)
        /// A client may bear with it and report the status, or give up.
        case mayEnd(Int32)
        /// The server said that the command died of this signal.
        case dies(of: Int32)
    }

    /// Where the client is to be run.
    package enum Circumstances: Sendable {
        case withoutTerminal, onTerminal, both
    }

    package let stage: Stage
    /// What the server does, in words; no other row of the stage has the same.
    package let name: String
    package let verdict: Verdict
    package let script: Script
    /// How much the client has to send, where that matters.
    package let inputCount: Int
    package let circumstances: Circumstances

    init(
        _ stage: Stage, _ name: String, _ verdict: Verdict, inputCount: Int = 0,
        circumstances: Circumstances = .both, _ script: Script
    ) {
        self.stage = stage
        self.name = name
        self.verdict = verdict
        self.script = script
        self.inputCount = inputCount
        // What is typed at a terminal has no end of its own.
        self.circumstances = inputCount > 0 ? .withoutTerminal : circumstances
    }

    /// A server that does nothing wrong, to see that this is told from the others.
    package init(honestly status: UInt32) {
        self.init(.ending, "honest", .ends(Int32(status)), .ending(status, after: []))
    }

    package var description: String { "\(stage.rawValue): \(name)" }

    /// The table.
    package static let all =
        greetings + keyExchanges + logins + channels + streams + endings + talk + packets
        + renewals + brokenMessages

    /// Whether what makes the server hostile has come to pass, by what it noted of a client.
    package func hasMisbehaved(_ events: [ClientEvent]) -> Bool {
        if script.faults.isEmpty && script.tamperings.isEmpty { return !events.isEmpty }
        return events.contains {
            switch $0 {
            case .wronged, .tampered: true
            default: false
            }
        }
    }
}

extension Script {
    /// What a hostile server is like but for its misbehaviour.
    static let seven = ending(after: [])

    /// Prints `partial`, then these steps, then the honest end with a status.
    static func ending(_ status: UInt32 = 7, after steps: [Step]) -> Script {
        program([.output("partial\n")] + steps + [.exitStatus(status), .eof, .close])
    }

    /// Prints `partial`, and then says these messages ahead of the honest end.
    static func saying(_ messages: [UInt8]..., times: Int = 1) -> Script {
        let steps = messages.map { Step.message($0, toChannel: false) }
        return ending(after: (0..<times).flatMap { _ in steps })
    }

    static func tampering(
        _ message: UInt8, occurrence: Int = 0, _ change: Tampering.Change,
        in script: Script = .seven
    ) -> Script {
        var script = script
        script.tamperings = [Tampering(message, occurrence: occurrence, change)]
        return script
    }

    static func identifying(_ identification: String) -> Script {
        var script = Script.seven
        script.identification = Array(identification.utf8)
        return script
    }

    static func faulty(_ misbehaviour: Misbehaviour, in phase: Phase) -> Script {
        var script = Script.seven
        script.faults[phase] = misbehaviour
        return script
    }

    /// This script, with a change.
    func with(_ change: (inout Script) -> Void) -> Script {
        var script = self
        change(&script)
        return script
    }
}

/// Payloads that a hostile server sends.
///
/// The client's first channel is its number 0.
package enum Payload {
    /// What the client is to call a channel that the server opens.
    static let ownNumber: UInt32 = 9

    /// Clears the screen, sets the window's title, asks for an answer, and pretends to be a line of ours.
    static let escapes =
        "\u{1B}[2J\u{1B}]0;owned\u{7}\u{1B}[6n\u{9B}31m\r\nccrun: faked\u{0}\u{202E}line"

    static let debug = debug("psst")

    static func debug(_ text: String, shown: Bool = true) -> [UInt8] {
        WireWriter(Message.debug).boolean(shown).string(text).string("").bytes
    }

    static func ignore(_ count: Int) -> [UInt8] {
        WireWriter(Message.ignore).string([UInt8](repeating: 0x2E, count: count)).bytes
    }

    static func disconnect(_ text: String, reason: UInt32 = 11) -> [UInt8] {
        WireWriter(Message.disconnect).uint32(reason).string(text).string("").bytes
    }

    static func banner(_ text: String) -> [UInt8] {
        WireWriter(Message.userauthBanner).string(text).string("").bytes
    }

    package static func data(_ bytes: [UInt8], channel: UInt32 = 0) -> [UInt8] {
        WireWriter(Message.channelData).uint32(channel).string(bytes).bytes
    }

    package static func request(
        _ name: String, _ rest: WireWriter = WireWriter(), channel: UInt32 = 0,
        wantsReply: Bool = false
    ) -> [UInt8] {
        WireWriter(Message.channelRequest).uint32(channel).string(name).boolean(wantsReply)
            .raw(rest.bytes).bytes
    }

    package static func exitStatus(_ status: UInt32, channel: UInt32 = 0) -> [UInt8] {
        request("exit-status", WireWriter().uint32(status), channel: channel)
    }

    static func global(_ name: String, wantsReply: Bool, _ rest: WireWriter = WireWriter())
        -> [UInt8]
    {
        WireWriter(Message.globalRequest).string(name).boolean(wantsReply).raw(rest.bytes).bytes
    }

    package static func open(
        _ kind: String, window: UInt32 = 1 << 20, packet: UInt32 = 32_768,
        _ rest: WireWriter = WireWriter()
    ) -> [UInt8] {
        WireWriter(Message.channelOpen).string(kind).uint32(ownNumber).uint32(window)
            .uint32(packet).raw(rest.bytes).bytes
    }

    /// A message with one number: that of the client's channel.
    package static func channel(_ message: UInt8, _ channel: UInt32 = 0) -> [UInt8] {
        WireWriter(message).uint32(channel).bytes
    }

    package static func adjust(_ count: UInt32, channel: UInt32 = 0) -> [UInt8] {
        WireWriter(Message.channelWindowAdjust).uint32(channel).uint32(count).bytes
    }
}
