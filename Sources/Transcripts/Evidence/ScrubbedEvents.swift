/// The events of a transcript with values taken out of them, encoded anew.
///
/// Each stream goes through a redactor of its own, so that a value is found however it was cut into
/// events; what it holds back stands at the time of the event that decided about it.
struct ScrubbedEvents {
    private let redactions: [Redaction]
    private var encoder: EventEncoder
    private var output: [OutputStream: Redactor] = [:]
    private var input: Redactor
    private var texts: Redactor
    private let write: (borrowing EventBatch) throws(TranscriptError) -> Void

    /// `write` gets batches of whole lines.
    init(
        _ redactions: [Redaction], onlcr: Bool,
        write: @escaping (borrowing EventBatch) throws(TranscriptError) -> Void
    ) {
        self.redactions = redactions
        self.write = write
        encoder = EventEncoder(onlcr: onlcr)
        for stream in OutputStream.allCases { output[stream] = Redactor(redactions) }
        input = Redactor(redactions)
        texts = Redactor(redactions)
    }

    /// How often each value was replaced, in the order of the redactions.
    var counts: [Int] {
        redactions.indices.map { index in
            output.values.reduce(input.counts[index] + texts.counts[index]) {
                $0 + $1.counts[index]
            }
        }
    }

    /// A text that stands by itself, without the values.
    mutating func text(_ text: String) -> String {
        var bytes: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { texts.take($0) { bytes += $0 } }
        texts.flush { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes over the header, values and all that names them aside.
    mutating func append(_ header: TranscriptHeader) throws(TranscriptError) {
        var header = header
        header.title = text(header.title)
        header.command = text(header.command)
        header.overriddenRules = header.overriddenRules.map { text($0) }
        for redaction in redactions where !header.redacted.contains(redaction.name) {
            header.redacted.append(redaction.name)
        }
        encoder.header(header)
        try flush()
    }

    /// Takes over all events but the two of the end, which it returns.
    mutating func append(
        _ transcript: Transcript
    ) throws(TranscriptError) -> (time: Int64, ending: [UInt8])? {
        var stream = OutputStream.standardOutput
        var exact: [UInt8]?
        for event in try transcript.events() {
            let time = Recorder.microseconds(event.time)
            switch event.code {
            case .stream:
                stream = Int(event.text).flatMap(OutputStream.init(rawValue:)) ?? stream
            case .bytes:
                exact = Base64.decode(event.data)
                continue
            case .output:
                let undone =
                    transcript.header.onlcr ? Transcript.undoingOnlcr(event.data) : event.data
                take(exact ?? undone, from: stream, at: time)
            case .input: takeInput(event.data, at: time)
            case .resize: encoder.event(.resize, event.text, at: time)
            case .marker: encoder.event(.marker, text(event.text), at: time)
            case .gap:
                // What is missing may be the rest of a value; it cannot be completed from behind.
                release(at: time)
                encoder.pass(gap: event.text, at: time)
            case .status: release(at: time); encoder.event(.status, event.text, at: time)
            case .ending:
                release(at: time)
                try flush()
                return (time, event.data)
            }
            exact = nil
            if encoder.batch.count >= 256 << 10 { try flush() }
        }
        release(at: nil)
        try flush()
        return nil
    }

    /// The last line.
    mutating func append(ending text: String, at time: Int64) throws(TranscriptError) {
        encoder.event(.ending, text, at: time)
        try flush()
    }

    // MARK: - Private

    private mutating func take(_ bytes: [UInt8], from stream: OutputStream, at time: Int64) {
        bytes.withUnsafeBytes { bytes in
            output[stream]?.take(bytes) { encoder.appendAll($0, .output(stream), at: time) }
        }
    }

    private mutating func takeInput(_ bytes: [UInt8], at time: Int64) {
        bytes.withUnsafeBytes { bytes in
            input.take(bytes) { encoder.appendAll($0, .input, at: time) }
        }
    }

    /// Writes what was held back; nothing follows that could complete it.
    private mutating func release(at time: Int64?) {
        let time = time ?? 0
        for stream in OutputStream.allCases {
            output[stream]?.flush { encoder.appendAll($0, .output(stream), at: time) }
        }
        input.flush { encoder.appendAll($0, .input, at: time) }
        encoder.flushTails(at: time)
    }

    private mutating func flush() throws(TranscriptError) {
        try write(encoder.batch)
        encoder.batch.removeAll()
    }
}

extension EventEncoder {
    /// Bytes of any number, in pieces.
    fileprivate mutating func appendAll(
        _ bytes: UnsafeRawBufferPointer, _ kind: RecordedKind, at time: Int64
    ) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(EventEncoder.pieceSize))
            append(piece, kind, at: time)
            rest = rest.dropFirst(piece.count)
        }
    }
}
