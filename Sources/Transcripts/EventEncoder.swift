/// What a piece of a recording is, before it becomes event lines.
enum RecordedKind: Equatable {
    case output(OutputStream)
    case input
    case resize
    case marker

    /// Of so many bytes, those that count as output of the run.
    func outputCount(of count: Int) -> Int {
        if case .output = self { count } else { 0 }
    }
}

/// Turns bytes of a run into event lines: whole code points, the exact bytes where they are not
/// text, and a change of stream where there is one.
///
/// The rules are those of the transcript: at most 3 bytes of an unfinished code point are held
/// back per stream; a `b` goes directly before its `o`; the stream is 1 until an `s` says otherwise.
struct EventEncoder {
    /// The most bytes that one event should stand for; what is longer becomes several.
    static let pieceSize = 16 * 1024

    var batch = EventBatch()
    private let onlcr: Bool
    private var announced: OutputStream? = .standardOutput
    private var tails: [[UInt8]] = [[], [], []]
    private var joined: [UInt8] = []
    private var lastTime: Int64 = 0

    init(onlcr: Bool) {
        self.onlcr = onlcr
    }

    /// At most `pieceSize` bytes of a kind; what is unfinished at their end waits for more.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ kind: RecordedKind, at time: Int64) {
        switch kind {
        case .output(let stream):
            joining(bytes, tail: stream.rawValue) { encoder, whole in
                encoder.appendOutput(whole, from: stream, at: time)
            }
        case .input:
            joining(bytes, tail: EventEncoder.inputTail) { encoder, whole in
                encoder.appendInput(whole, at: time)
            }
        case .resize: event(.resize, String(decoding: bytes, as: UTF8.self), at: time)
        case .marker: event(.marker, String(decoding: bytes, as: UTF8.self), at: time)
        }
    }

    /// The header, ahead of all events.
    mutating func header(_ header: TranscriptHeader) {
        batch.append(line: header.line)
        batch.endUnit()
    }

    /// A whole event with a text of our own making.
    mutating func event(_ code: EventCode, _ text: String, at time: Int64) {
        batch.append(code, at: rising(time), text: text)
        batch.endUnit()
    }

    /// A gap: output bytes that are missing from here on, and why.
    ///
    /// The stream is announced anew after it, since an `s` may be among what is missing.
    mutating func gap(of bytes: Int, reason: String, at time: Int64) {
        let text = JSONText.object {
            $0.member("bytes", bytes)
            $0.member("reason", reason)
        }
        pass(gap: text.text, at: time)
    }

    /// The same with the text that another transcript has for it.
    mutating func pass(gap text: String, at time: Int64) {
        event(.gap, text, at: time)
        announced = nil
    }

    /// Writes down what was held back of unfinished code points, as the invalid bytes it is.
    mutating func flushTails(at time: Int64) {
        for stream in OutputStream.allCases where !tails[stream.rawValue].isEmpty {
            let tail = takeTail(stream.rawValue)
            tail.withUnsafeBytes { appendOutput($0, from: stream, at: time) }
        }
        let input = takeTail(EventEncoder.inputTail)
        if !input.isEmpty { input.withUnsafeBytes { appendInput($0, at: time) } }
    }

    /// Forgets what was held back; returns how many bytes of output that were.
    mutating func dropTails() -> Int {
        _ = takeTail(EventEncoder.inputTail)
        return OutputStream.allCases.reduce(0) { $0 + takeTail($1.rawValue).count }
    }

    // MARK: - Code points

    /// The place of input among the tails, which the streams' own numbers leave free.
    private static let inputTail = 0

    /// Puts held-back bytes in front, holds back what is unfinished, passes on what is between.
    private mutating func joining(
        _ bytes: UnsafeRawBufferPointer, tail: Int,
        _ append: (inout EventEncoder, UnsafeRawBufferPointer) -> Void
    ) {
        guard !tails[tail].isEmpty else {
            let whole = withholdUnfinished(bytes, tail: tail)
            if whole.count > 0 { append(&self, whole) }
            return
        }
        var joined: [UInt8] = []
        swap(&joined, &self.joined)
        joined.removeAll(keepingCapacity: true)
        joined += takeTail(tail)
        joined += bytes
        joined.withUnsafeBytes { all in
            let whole = withholdUnfinished(all, tail: tail)
            if whole.count > 0 { append(&self, whole) }
        }
        swap(&joined, &self.joined)
    }

    private mutating func withholdUnfinished(
        _ bytes: UnsafeRawBufferPointer, tail: Int
    ) -> UnsafeRawBufferPointer {
        let unfinished = UTF8Bytes.unfinishedSuffix(of: bytes)
        if unfinished > 0 { tails[tail] += bytes.suffix(unfinished) }
        return UnsafeRawBufferPointer(rebasing: bytes.dropLast(unfinished))
    }

    private mutating func takeTail(_ tail: Int) -> [UInt8] {
        guard !tails[tail].isEmpty else { return [] }
        defer { tails[tail].removeAll(keepingCapacity: true) }
        return tails[tail]
    }

    // MARK: - Lines

    private mutating func appendOutput(
        _ bytes: UnsafeRawBufferPointer, from stream: OutputStream, at time: Int64
    ) {
        let time = rising(time)
        if announced != stream {
            batch.append(.stream, at: time, text: String(stream.rawValue))
            announced = stream
        }
        let isText = UTF8Bytes.areValid(bytes)
        if !isText {
            batch.append(.bytes, at: time, room: Base64.encodedCount(of: bytes.count)) { target in
                Base64.encode(bytes, into: target)
                return Base64.encodedCount(of: bytes.count)
            }
        }
        append(.output, bytes, JSONEscape.Rules(onlcr: onlcr, repairs: !isText), at: time)
        batch.endUnit(representing: bytes.count)
    }

    private mutating func appendInput(_ bytes: UnsafeRawBufferPointer, at time: Int64) {
        append(.input, bytes, JSONEscape.Rules(repairs: true), at: rising(time))
        batch.endUnit()
    }

    private mutating func append(
        _ code: EventCode, _ bytes: UnsafeRawBufferPointer, _ rules: JSONEscape.Rules,
        at time: Int64
    ) {
        let room = bytes.count * JSONEscape.expansion + JSONEscape.slack
        batch.append(code, at: time, room: room) { target in
            JSONEscape.escape(bytes, rules, into: target)
        }
    }

    /// Times never fall, or readers give up.
    private mutating func rising(_ time: Int64) -> Int64 {
        lastTime = max(lastTime, time)
        return lastTime
    }
}
