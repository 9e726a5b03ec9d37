/// The program that a client believes to run.
extension Conversation {
    /// The client has closed the channel: there is nobody to perform for.
    private struct ChannelIsClosed: Error {}

    func perform(_ steps: [Step]) throws {
        do {
            for step in steps { try perform(step) }
        } catch is ChannelIsClosed {}
    }

    private func perform(_ step: Step) throws {
        switch step {
        case .output(let bytes):
            try sendData(bytes)
        case .errorOutput(let bytes):
            try sendData(bytes, toStandardError: true)
        case .endlessOutput:
            while true { try sendData(Self.filler) }
        case .endlessErrorOutput:
            while true { try sendData(Self.filler, toStandardError: true) }
        case .echoInput:
            try echo()
        case .readInput:
            try handle(until: \.hasInputEOF)
        case .awaitRequest(let name):
            try handle { $0.requests[name, default: 0] > 0 }
            channel?.requests[name, default: 0] -= 1
        case .exitStatus(let status):
            try sendRequest("exit-status", WireWriter().uint32(status))
        case .exitSignal(let name, let coreDumped, let message):
            try sendRequest(
                "exit-signal",
                WireWriter().string(name).boolean(coreDumped).string(message).string(""))
        case .oversizedExitSignal:
            try sendRequest("exit-signal", WireWriter().uint32(.max).raw("KILL".utf8))
        case .eof:
            try sendToChannel(Message.channelEOF)
        case .close:
            try sendClose()
        case .message(let payload, let toChannel):
            if toChannel, let number = payload.first {
                try sendToChannel(number, payload.dropFirst())
            } else {
                try stream.send(payload)
            }
        case .rekey:
            try exchangeKeys(clientInit: nil)
        case .misbehave(let misbehaviour):
            try misbehave(misbehaviour)
        }
    }

    private static let filler = [UInt8](repeating: 0x2E, count: 32_767) + [10]

    /// Sends on what came, in its order: input that comes while this waits for a window is added
    /// behind it.
    private func echo() throws {
        while true {
            try handle { $0.hasInputEOF || !toEcho.isEmpty }
            guard !toEcho.isEmpty else { return }
            let bytes = toEcho
            toEcho = []
            try sendData(bytes)
        }
    }

    /// Sends output as the client's window allows, handling what it says meanwhile.
    func sendData(_ bytes: [UInt8], toStandardError: Bool = false) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try handle { $0.window > 0 }
            guard let open = channel else { return }
            let part = rest.prefix(min(open.window, open.maximumPacket, 32_768))
            channel?.window -= part.count
            rest = rest.dropFirst(part.count)
            if toStandardError {
                // SSH_EXTENDED_DATA_STDERR is 1 (RFC 4254 §5.2).
                try sendToChannel(
                    Message.channelExtendedData, WireWriter().uint32(1).string(part).bytes)
            } else {
                try sendToChannel(Message.channelData, WireWriter().string(part).bytes)
            }
        }
    }

    /// Closes our side of the channel, once.
    func sendClose() throws {
        guard channel?.isClosedByUs == false else { return }
        try sendToChannel(Message.channelClose)
        channel?.isClosedByUs = true
    }

    private func sendRequest(_ name: String, _ rest: WireWriter) throws {
        try sendToChannel(
            Message.channelRequest, WireWriter().string(name).boolean(false).raw(rest.bytes).bytes)
    }

    private func sendToChannel(_ message: UInt8, _ rest: some Collection<UInt8> = []) throws {
        guard let channel else { return }
        try send(WireWriter(message).uint32(channel.theirNumber).raw(rest).bytes)
    }

    /// Handles messages until the channel is as wanted; ends the program when it is closed.
    private func handle(until isReady: (Channel) -> Bool) throws {
        while true {
            guard let channel, !channel.isClosedByClient else { throw ChannelIsClosed() }
            if isReady(channel) { return }
            try handleNext()
        }
    }
}
