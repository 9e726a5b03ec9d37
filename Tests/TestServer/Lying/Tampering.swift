/// What becomes of one message that the server would send honestly.
package struct Tampering: Sendable {
    package enum Change: Sendable {
        /// It is never sent, but all that follows is.
        case dropped
        /// Half of its packet is sent, and then this happens.
        case torn(then: Misbehaviour)
        case twice
        /// It follows the message behind it.
        case late
        /// A sound packet, with this in place of the message.
        case edited(@Sendable ([UInt8]) -> [UInt8])
        /// These messages are sent in its place.
        case replaced([[UInt8]])
        /// These messages are sent ahead of it.
        case preceded([[UInt8]])
        /// These messages are sent behind it.
        case followed([[UInt8]])
        /// Its packet is unsound.
        case flawed(PacketFlaw)
    }

    package let message: UInt8
    /// Which message of that number, the first being 0.
    package let occurrence: Int
    package let change: Change

    package init(_ message: UInt8, occurrence: Int = 0, _ change: Change) {
        self.message = message
        self.occurrence = occurrence
        self.change = change
    }
}

extension Conversation {
    /// Sends a message, or what the script makes of it.
    func send(_ payload: [UInt8]) throws {
        let number = payload.first ?? 0
        let occurrence = dueCount[number, default: 0]
        dueCount[number] = occurrence + 1
        let tampering = script.tamperings.first {
            $0.message == number && $0.occurrence == occurrence
        }
        guard let tampering else {
            try stream.send(payload)
            return try sendHeld()
        }
        note(.tampered(with: number))
        if case .late = tampering.change { return held.append(payload) }
        try send(payload, tampering.change)
        try sendHeld()
    }

    private func send(_ payload: [UInt8], _ change: Tampering.Change) throws {
        switch change {
        case .dropped, .late: break
        case .torn(let misbehaviour):
            try stream.sendHalf(of: payload)
            try misbehave(misbehaviour)
        case .twice: for _ in 0..<2 { try stream.send(payload) }
        case .edited(let edit): try stream.send(edit(payload))
        case .replaced(let messages): for message in messages { try stream.send(message) }
        case .preceded(let messages):
            for message in messages + [payload] { try stream.send(message) }
        case .followed(let messages):
            for message in [payload] + messages { try stream.send(message) }
        case .flawed(let flaw): try stream.send(payload, flaw: flaw)
        }
    }

    private func sendHeld() throws {
        let messages = held
        held = []
        for message in messages { try stream.send(message) }
    }
}
