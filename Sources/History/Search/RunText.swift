internal import Transcripts

/// The text of a run as a search sees it: its command, then each line of output as it was shown.
struct RunText: Sendable {
    /// What is known of a line.
    struct Mark: Equatable {
        enum Kind: Int {
            case command, output, gap
        }

        var kind: Kind
        var milliseconds: Int
        /// Which of the steps it belongs to; nil before the first.
        var step: Int?
        /// 0 where the transcript does not say.
        var stream: Int
    }

    /// Of a longer text this much of its beginning and of its end is kept, in bytes.
    static let most = 1 << 20

    /// All lines, each with a line feed behind it.
    private(set) var body: [UInt8] = []
    private(set) var marks: [Mark] = []
    /// The names of the steps that have begun.
    private(set) var steps: [String] = []

    /// The text as it was stored before; nil where it was not.
    init?(body: String, marks: [UInt8]) {
        self.body = Array(body.utf8)
        guard let (steps, marks) = MarkCode.decode(marks) else { return nil }
        (self.steps, self.marks) = (steps, marks)
    }

    /// Reads the transcript of a run; of one that cannot be read there is the command alone.
    init(of entry: HistoryEntry) {
        var collected = CollectedLines(most: Self.most)
        var steps: [String] = []
        if let transcript = try? Transcript.open(entry.path),
            var renderer = try? TranscriptRenderer(transcript.header),
            let events = try? transcript.events()
        {
            // What could be read of a transcript that ends badly is text as well.
            try? Self.render(events, &renderer) { collected.add($0) }
            steps = renderer.steps.map { CleanText.line($0.title) }
        }
        self.steps = steps
        append(entry.command, Mark(kind: .command, milliseconds: 0, stream: 0))
        for (text, mark) in collected.lines { append(text, mark) }
    }

    private static func render(
        _ events: EventReader, _ renderer: inout TranscriptRenderer, _ body: (RenderedLine) -> Void
    ) throws {
        for event in events { try renderer.take(event, body) }
        try renderer.finish(body)
    }

    private mutating func append(_ text: String, _ mark: Mark) {
        body += text.utf8.map { $0 == 0x0a || $0 == 0 ? 0x20 : $0 }
        body.append(0x0a)
        marks.append(mark)
    }

    /// The body as SQLite holds it.
    var storedBody: String { String(decoding: body, as: UTF8.self) }

    /// Marks and steps as SQLite holds them.
    var storedMarks: [UInt8] { MarkCode.encode(steps, marks) }
}

/// Lines up to a size: those of the beginning, and the latest ones.
private struct CollectedLines {
    private let most: Int
    private var head: [(String, RunText.Mark)] = []
    private var headSize = 0
    private var tail: [(String, RunText.Mark)] = []
    private var tailSize = 0
    private var dropped = 0

    init(most: Int) {
        self.most = most
    }

    mutating func add(_ line: RenderedLine) {
        // Blank lines have nothing to be found, and are context for nobody.
        guard !line.text.isEmpty else { return }
        let mark = RunText.Mark(
            kind: line.kind == .gap ? .gap : .output,
            milliseconds: Int(line.time / .milliseconds(1)), step: line.step,
            stream: line.stream?.rawValue ?? 0)
        let size = line.text.utf8.count + 1
        if tail.isEmpty && headSize + size <= most {
            head.append((line.text, mark))
            headSize += size
            return
        }
        tail.append((line.text, mark))
        tailSize += size
        // In large pieces, as taking away the first of many is slow.
        if tailSize > 2 * most { shorten() }
    }

    private mutating func shorten() {
        var excess = tailSize - most
        let count = tail.firstIndex { line in
            if excess <= 0 { return true }
            excess -= line.0.utf8.count + 1
            return false
        }
        let gone = count ?? tail.count
        tailSize -= tail.prefix(gone).reduce(0) { $0 + $1.0.utf8.count + 1 }
        tail.removeFirst(gone)
        dropped += gone
    }

    var lines: [(String, RunText.Mark)] {
        var copy = self
        if copy.tailSize > most { copy.shorten() }
        guard copy.dropped > 0, let first = copy.tail.first else { return copy.head + copy.tail }
        let mark = RunText.Mark(
            kind: .gap, milliseconds: first.1.milliseconds, step: first.1.step, stream: 0)
        let gap = ("[\(copy.dropped) lines are not searched]", mark)
        return copy.head + [gap] + copy.tail
    }
}
