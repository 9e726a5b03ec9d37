/// What the screen showed at moments of a run: for a player that only has to show lines.
///
/// There are at most 20 frames a second, and as many in all as a page can carry; the last one is
/// always there. Each tells which rows have changed, by their numbers in a list of lines.
struct PlayerFrames {
    /// The most rows that are told of, over all frames.
    private static let mostRows = 60_000
    /// The most bytes of text in the list of lines.
    private static let mostText = 6 << 20

    private(set) var columns = 0
    private(set) var rows = 0
    private var lines: [String] = []
    private var numbers: [String: Int] = [:]
    private var frames: [String] = []
    private var shown: [Int] = []
    private var textSize = 0

    init(_ transcript: Transcript) throws {
        var renderer = try TranscriptRenderer(transcript.header)
        let end = transcript.lastTime ?? .zero
        let most = PlayerFrames.mostRows / max(1, renderer.windowSize.rows)
        let interval = max(.milliseconds(50), end / max(1, most))
        var next = Duration.zero
        var last = Duration.zero
        for event in try transcript.events() {
            // What is shown stays until something else comes, so the frame before that is complete.
            if event.time > last, last >= next {
                add(renderer, at: last)
                next = last + interval
            }
            try renderer.take(event) { _ in }
            last = max(last, event.time)
        }
        add(renderer, at: last, isLast: true)
    }

    /// The list of lines and the frames, as members of an object.
    func add(to json: inout JSONText) {
        json.member("columns", columns)
        json.member("rows", rows)
        json.raw("lines", lines)
        json.raw("frames", frames)
    }

    private mutating func add(
        _ renderer: borrowing TranscriptRenderer, at time: Duration, isLast: Bool = false
    ) {
        guard isLast || textSize < PlayerFrames.mostText else { return }
        let screen = renderer.screen().map { number(of: $0) }
        let window = renderer.windowSize
        columns = max(columns, window.columns)
        // Rows that were never used take no room in the page.
        rows = max(rows, (screen.lastIndex { $0 != 0 } ?? 0) + 1)
        var changes: [Int] = []
        for row in 0..<max(screen.count, shown.count) {
            let number = row < screen.count ? screen[row] : 0
            if number == (row < shown.count ? shown[row] : 0) { continue }
            changes += [row, number]
        }
        guard !changes.isEmpty || frames.isEmpty || isLast else { return }
        shown = screen
        let milliseconds = Int(time / .milliseconds(1))
        frames.append("[\(([milliseconds] + changes).map(String.init).joined(separator: ","))]")
    }

    /// Where a line stands in the list; the empty one is the first.
    private mutating func number(of line: RenderedLine) -> Int {
        if lines.isEmpty { lines.append("[]") }
        guard !line.text.isEmpty else { return 0 }
        let pieces = Markup.pieces(line).flatMap { [$0.classes, $0.text] }
        let text = JSONText.array(pieces)
        if let known = numbers[text] { return known }
        textSize += text.utf8.count
        numbers[text] = lines.count
        lines.append(text)
        return lines.count - 1
    }
}
