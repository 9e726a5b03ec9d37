/// A session channel (RFC 4254 §5 and §6).
extension Conversation {
    func handleChannel(_ message: UInt8, _ reader: inout WireReader) throws {
        if message == Message.channelOpen { return try openChannel(&reader) }
        guard try reader.uint32() != Payload.ownNumber else {
            return note(.onOwnChannel(message))
        }
        switch message {
        case Message.channelWindowAdjust:
            let more = Int(try reader.uint32())
            channel?.window += more
        case Message.channelData:
            try takeInput(try reader.string())
        case Message.channelExtendedData:
            _ = try reader.uint32()
            try takeInput(try reader.string())
        case Message.channelEOF:
            note(.inputEOF)
            channel?.hasInputEOF = true
        case Message.channelClose:
            note(.channelClosed)
            channel?.isClosedByClient = true
            try sendClose()
        case Message.channelRequest:
            try answerRequest(&reader)
        default:
            break
        }
    }

    private func openChannel(_ reader: inout WireReader) throws {
        let kind = try reader.text()
        let theirNumber = try reader.uint32()
        note(.channelOpened(kind: kind))
        try reach(.channelOpen)
        let policy = script.channel
        if let refusal = policy.refusal {
            return try send(
                WireWriter(Message.channelOpenFailure).uint32(theirNumber).uint32(refusal.reason)
                    .string(refusal.text).string("").bytes)
        }
        channel = Channel(
            theirNumber: theirNumber, window: Int(try reader.uint32()),
            maximumPacket: Int(try reader.uint32()), granted: Int(policy.window))
        try send(
            WireWriter(Message.channelOpenConfirmation).uint32(theirNumber).uint32(0)
                .uint32(policy.window).uint32(policy.maximumPacket).bytes)
    }

    private func takeInput(_ bytes: [UInt8]) throws {
        note(input: bytes)
        if script.echoesInput { toEcho += bytes }
        guard var open = channel else { return }
        open.granted -= bytes.count
        let missing = Int(script.channel.window) - open.granted
        if script.channel.adjustsWindow && missing >= script.channel.window / 2 {
            open.granted += missing
            try send(
                WireWriter(Message.channelWindowAdjust).uint32(open.theirNumber)
                    .uint32(UInt32(missing)).bytes)
        }
        channel?.granted = open.granted
    }

    private func answerRequest(_ reader: inout WireReader) throws {
        let name = try reader.text()
        let wantsReply = try reader.boolean()
        var isGranted = true
        var starts = false
        switch name {
        case "env":
            note(.environment(name: try reader.text(), value: try reader.text()))
            isGranted = script.channel.grantsEnvironment
        case "pty-req":
            note(.pty(try ptyRequest(&reader)))
            try reach(.pty)
            isGranted = script.channel.grantsPTY
        case "shell", "exec":
            note(name == "shell" ? .shell : .exec(try reader.string()))
            try reach(.exec)
            isGranted = script.channel.grantsExec
            starts = isGranted
        case "window-change":
            note(.windowChange(columns: Int(try reader.uint32()), rows: Int(try reader.uint32())))
        case "signal":
            note(.signal(try reader.text()))
        default:
            note(.request(name))
            isGranted = name == "auth-agent-req@openssh.com" && script.channel.grantsAgent
        }
        channel?.requests[name, default: 0] += 1
        if wantsReply, let channel {
            let reply = isGranted ? Message.channelSuccess : Message.channelFailure
            try send(WireWriter(reply).uint32(channel.theirNumber).bytes)
        }
        if starts {
            try reach(.afterExec)
            try perform(script.program)
        }
    }

    private func ptyRequest(_ reader: inout WireReader) throws -> PTYRequest {
        let term = try reader.text()
        let columns = Int(try reader.uint32())
        let rows = Int(try reader.uint32())
        _ = try reader.bytes(8)
        var modes: [UInt8: UInt32] = [:]
        var list = WireReader(try reader.string())
        // Opcode 0 ends the list, and so does one above 159 (RFC 4254 §8).
        while let opcode = try? list.byte(), (1...159).contains(opcode) {
            modes[opcode] = try list.uint32()
        }
        return PTYRequest(term: term, columns: columns, rows: rows, modes: modes)
    }
}
