import CTestServerShims
import Crypto
import Foundation

/// One connection of a `LyingServer`, on a thread of its own, from the banner to the end.
final class Conversation {
    /// The connection ended on purpose: by us, or by the client's DISCONNECT.
    struct Over: Error {
        let reason: String
    }

    /// The session channel, of which only one is open at a time.
    struct Channel {
        let theirNumber: UInt32
        /// How much we may send.
        var window: Int
        let maximumPacket: Int
        /// How much the client may still send.
        var granted: Int
        var requests: [String: Int] = [:]
        var hasInputEOF = false
        var isClosedByUs = false
        var isClosedByClient = false
    }

    let script: Script
    let hostKey: Curve25519.Signing.PrivateKey
    let stream: PacketStream
    let number: Int
    var random: SeededGenerator
    var clientIdentification: [UInt8] = []
    var sessionID: [UInt8] = []
    var hasSentLoginBanner = false
    /// Which round of keyboard-interactive the client has to answer.
    var questionRound = 0
    /// Input that the program has yet to copy to its output.
    var toEcho: [UInt8] = []
    var channel: Channel?
    /// How many messages of a number were due so far.
    var dueCount: [UInt8: Int] = [:]
    /// What is to follow the next message.
    var held: [[UInt8]] = []
    private let socket: Descriptor
    private let record: ClientRecord

    init(
        script: Script, hostKey: Curve25519.Signing.PrivateKey, socket: Descriptor,
        record: ClientRecord, number: Int
    ) {
        self.script = script
        self.hostKey = hostKey
        self.socket = socket
        self.record = record
        self.number = number
        random = SeededGenerator(seed: script.seed)
        stream = PacketStream(socket)
    }

    /// Goes through the connection, closes its socket, and records how it ended.
    func run() {
        let ending: String
        do {
            try exchangeBanners()
            try exchangeKeys(clientInit: nil)
            while true { try handleNext() }
        } catch let over as Over {
            ending = over.reason
        } catch {
            ending = "\(error)"
        }
        socket.close()
        note(.ended(ending))
    }

    /// The key that a key exchange is signed with.
    func signingKey(isFirst: Bool) -> Curve25519.Signing.PrivateKey {
        !isFirst && script.changesHostKeyOnRenewal ? Curve25519.Signing.PrivateKey() : hostKey
    }

    func note(_ event: ClientEvent) { record.add(event, to: number) }

    func note(input: [UInt8]) { record.add(input: input, to: number) }

    // MARK: - Lies

    /// Called where the honest message of a phase is due; does what the script has for it instead.
    func reach(_ phase: Phase) throws {
        guard let misbehaviour = script.faults[phase] else { return }
        note(.wronged(in: phase))
        try misbehave(misbehaviour)
    }

    func misbehave(_ misbehaviour: Misbehaviour) throws {
        switch misbehaviour {
        case .stall:
            break
        case .freeze:
            try waitWithoutReading()
        case .end:
            throw Over(reason: "ended by the script")
        case .reset:
            resetOnClose(socket)
            throw Over(reason: "reset by the script")
        case .disconnect(let reason, let text):
            try stream.send(
                WireWriter(Message.disconnect).uint32(reason).string(text).string("").bytes)
            throw Over(reason: "disconnected by the script")
        case .garbage(let count):
            try stream.sendRaw(random.bytes(count))
        case .garbagePacket(let count):
            try stream.send(random.bytes(count))
        case .badMAC:
            try stream.send(ignorable, flaw: .badMAC)
        case .forged(let payload):
            try stream.send(payload, flaw: .badMAC)
        case .oversizedPacket:
            try stream.send(ignorable, flaw: .length(0x7FFF_FFFF))
        case .message(let payload):
            try stream.send(payload)
            return
        case .chatter(let payload):
            // Ends with the error of a write, once the client is gone.
            while true { try stream.send(payload) }
        case .chatterLine(let line):
            let lines = Array(String(repeating: "\(line)\r\n", count: 1000).utf8)
            while true { try stream.sendRaw(lines) }
        }
        stream.discardRest()
        throw Over(reason: "\(misbehaviour), until the client had enough")
    }

    private var ignorable: [UInt8] {
        WireWriter(Message.ignore).string([UInt8](repeating: 0, count: 64)).bytes
    }

    /// Waits until the client has ended the connection, and leaves what it sent where it is.
    private func waitWithoutReading() throws {
        try retrying("cannot wait for the client") { test_server_wait_for_hangup(socket.rawValue) }
        throw Over(reason: "freeze, until the client had enough")
    }

    // MARK: - Messages

    private func exchangeBanners() throws {
        try reach(.beforeBanner)
        for line in script.preBannerLines { try stream.sendRaw(Array("\(line)\r\n".utf8)) }
        let middle = script.identification.count / 2
        if script.faults[.banner] != nil {
            try stream.sendRaw(Array(script.identification[..<middle]))
            try reach(.banner)
            try stream.sendRaw(Array(script.identification[middle...]))
        } else {
            try stream.sendRaw(script.identification)
        }
        clientIdentification = try stream.receiveLine()
        note(.identification(String(decoding: clientIdentification, as: UTF8.self)))
    }

    /// Receives one message and does what it asks for.
    func handleNext() throws { try handle(try stream.receive()) }

    func handle(_ payload: [UInt8]) throws {
        var reader = WireReader(payload)
        switch try reader.byte() {
        case Message.disconnect:
            note(.disconnect(reason: try reader.uint32(), text: try reader.text()))
            throw Over(reason: "disconnected by the client")
        case Message.ignore, Message.unimplemented, Message.debug:
            break
        case Message.serviceRequest:
            let name = try reader.text()
            note(.service(name))
            try reach(.serviceAccept)
            try send(WireWriter(Message.serviceAccept).string(name).bytes)
        case Message.kexInit:
            try exchangeKeys(clientInit: payload)
        case Message.userauthRequest:
            try answerLogin(&reader, payload)
        case Message.userauthInfoResponse:
            try checkAnswers(&reader)
        case Message.globalRequest:
            note(.request(try reader.text()))
            if try reader.boolean() { try send([Message.requestFailure]) }
        case Message.channelOpen...Message.channelRequest:
            try handleChannel(payload[0], &reader)
        case let other:
            throw TestServerError(
                .protocolViolation, "cannot handle a message", "its number is \(other)")
        }
    }
}

/// Random bytes that are the same for the same seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
