extension Transcript {
    /// The exact bytes that a stream sent, as far as they were recorded.
    package func recoveredBytes(of stream: OutputStream) throws(TranscriptError) -> [UInt8] {
        var all: [UInt8] = []
        try recover { piece, from in
            if from == stream { all += piece }
        }
        return all
    }

    /// Gives the exact bytes of both streams to `body`, piece by piece in their order.
    ///
    /// A `b` stands for the `o` that follows it; elsewhere every `\r\n` is turned back where line
    /// feeds were stored that way. Both undo exactly what the recorder did.
    package func recover(
        _ body: ([UInt8], OutputStream) -> Void
    ) throws(TranscriptError) {
        var stream = OutputStream.standardOutput
        var exact: [UInt8]?
        for event in try events() {
            switch event.code {
            case .stream:
                stream = Int(event.text).flatMap(OutputStream.init(rawValue:)) ?? stream
            case .bytes:
                exact = Base64.decode(event.data)
                continue
            case .output:
                let undone = header.onlcr ? Transcript.undoingOnlcr(event.data) : event.data
                body(exact ?? undone, stream)
            default: break
            }
            exact = nil
        }
    }

    static func undoingOnlcr(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for byte in text {
            if byte == 0x0a && bytes.last == 0x0d { bytes.removeLast() }
            bytes.append(byte)
        }
        return bytes
    }
}
