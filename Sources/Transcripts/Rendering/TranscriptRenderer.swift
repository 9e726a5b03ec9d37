/// Shows a transcript to libvterm, and gives out the lines that a person would have seen.
///
/// Progress bars have collapsed to what they showed last, alternate screens have dropped out unless
/// they were never left, and what scrolled away is there. Memory is bounded by the size of a window and
/// of one event, time by the size of what is fed.
package struct TranscriptRenderer: ~Copyable {
    /// The markers so far.
    package private(set) var steps: [TranscriptStep] = []

    private var emulator: TerminalEmulator
    private var filter = TerminalFilter()
    private var input = EmulatorInput()
    private var assembler = LineAssembler()
    private var filtered: [UInt8] = []
    private var origin: RowOrigin
    private let hasStreams: Bool
    /// Off, everything passes through libvterm, for tests that compare.
    var takesShortcut = true

    package init(_ header: TranscriptHeader) throws(TranscriptError) {
        hasStreams = !header.pseudoTerminal
        origin = RowOrigin(stream: hasStreams ? .standardOutput : nil)
        emulator = try TranscriptRenderer.emulator(columns: header.width, rows: header.height)
    }

    /// Takes the next event; gives out the lines that can no longer change.
    package mutating func take(
        _ event: Event, _ body: (RenderedLine) throws -> Void
    ) throws {
        origin.time = max(origin.time, event.time)
        switch event.code {
        case .output: try show(event.data, body)
        case .stream where hasStreams:
            let stream = Int(event.text).flatMap(OutputStream.init(rawValue:))
            origin.stream = stream ?? origin.stream
        case .resize: try resize(event.text, body)
        case .marker: try begin(event, body)
        case .gap: try leaveGap(event, body)
        default: break
        }
    }

    /// Gives out what the screen still shows.
    package mutating func finish(_ body: (RenderedLine) throws -> Void) throws {
        try releaseFilter(body)
        emulator.screen.finishAlternate()
        emulator.screen.finishAll()
        try drain(body)
        try assembler.finish(body)
    }

    /// What the screen shows at this moment, row by row, each cut to a number of columns.
    package func screen(columns: Int = .max) -> [RenderedLine] {
        let screen = emulator.screen
        let shown = screen.shown
        return (0..<shown.height).map { row in
            var assembler = LineAssembler()
            var line = RenderedLine(text: "", time: .zero)
            var cut = shown[row]
            cut.cut(to: min(columns, screen.columns))
            assembler.add(cut, screen.alphabet) { _ in }
            assembler.finish { line = $0 }
            return line
        }
    }

    /// The same with places and styles.
    var screenPieces: [[ScreenPiece]] { emulator.screen.pieces }

    /// The size of the window at this moment, within our limits.
    package var windowSize: (columns: Int, rows: Int) {
        (emulator.screen.columns, emulator.screen.rows)
    }

    /// Where the cursor is, counted from 0; nil where it is hidden.
    package var cursor: (row: Int, column: Int)? {
        emulator.screen.isCursorVisible ? emulator.screen.cursor : nil
    }

    // MARK: - Events

    private mutating func show(
        _ bytes: [UInt8], _ body: (RenderedLine) throws -> Void
    ) throws {
        emulator.screen.origin = origin
        var position = 0
        while position < bytes.count {
            if takesShortcut && isPlain { try takePlainLines(of: bytes, &position, body) }
            guard position < bytes.count else { break }
            let end = OutputPiece.end(in: bytes, from: position)
            try feed(Array(bytes[position..<end]), body)
            position = end
        }
    }

    /// Whether a line of text would come to stand on a row of its own.
    private var isPlain: Bool {
        filter.leavesTextAlone && emulator.screen.isAtFreshRow
    }

    private mutating func takePlainLines(
        of bytes: [UInt8], _ position: inout Int, _ body: (RenderedLine) throws -> Void
    ) throws {
        guard var end = PlainLine.end(in: bytes, from: position) else { return }
        while true {
            try append(plainLine: bytes[position..<end], body)
            position = end + 2
            guard let next = PlainLine.end(in: bytes, from: position) else { break }
            end = next
        }
        try drain(body)
        // libvterm has seen nothing of this; only its cursor has to know.
        emulator.moveCursor(row: emulator.screen.cursor.row, column: 0)
    }

    /// Row after row, so that a line of many does not fill the memory.
    private mutating func append(
        plainLine line: ArraySlice<UInt8>, _ body: (RenderedLine) throws -> Void
    ) throws {
        var rest = line
        var continues = false
        repeat {
            let piece = rest.prefix(64 * emulator.screen.columns)
            emulator.screen.append(plainLine: piece, continues: continues)
            if emulator.screen.finished.count >= 64 { try drain(body) }
            rest = rest.dropFirst(piece.count)
            continues = true
        } while !rest.isEmpty
    }

    private mutating func feed(
        _ bytes: [UInt8], _ body: (RenderedLine) throws -> Void
    ) throws {
        emulator.screen.credit.earn(bytes: bytes.count)
        filtered.removeAll(keepingCapacity: true)
        filter.filter(bytes, into: &filtered)
        input.feed(filtered, to: emulator)
        try drain(body)
    }

    /// Shows what the filter has held back, which nothing that follows belongs to.
    private mutating func releaseFilter(_ body: (RenderedLine) throws -> Void) throws {
        filtered.removeAll(keepingCapacity: true)
        filter.finish(into: &filtered)
        input.feed(filtered, to: emulator)
        try drain(body)
    }

    private mutating func resize(
        _ text: String, _ body: (RenderedLine) throws -> Void
    ) throws {
        let numbers = text.split(separator: "x").map { Int($0) }
        guard numbers.count == 2, let columns = numbers[0], let rows = numbers[1] else { return }
        emulator.resize(
            columns: columns.clamped(to: Screen.columnLimits),
            rows: rows.clamped(to: Screen.rowLimits))
        try drain(body)
    }

    /// A step is another program: it begins on a line of its own, in no colour, and on the terminal as
    /// it was before the step that has ended.
    private mutating func begin(
        _ event: Event, _ body: (RenderedLine) throws -> Void
    ) throws {
        if emulator.screen.alternate != nil {
            try finish(body)
            try beginAnew()
        }
        try releaseFilter(body)
        let isInLine = emulator.screen.cursor.column != 0
        let undoing = filter.undoing
        filter = TerminalFilter()
        input.feed(undoing + Array("\u{1b}[0m\(isInLine ? "\r\n" : "")".utf8), to: emulator)
        try drain(body)
        origin.step = steps.count
        steps.append(TranscriptStep(label: event.text, time: event.time))
    }

    /// What the screen would show after the gap nobody knows.
    private mutating func leaveGap(
        _ event: Event, _ body: (RenderedLine) throws -> Void
    ) throws {
        try finish(body)
        let gap = Gap(data: event.data)
        let line = RenderedLine(
            kind: .gap, text: gap.text, time: origin.time, step: origin.step, stream: origin.stream)
        try body(line)
        try beginAnew()
    }

    /// A terminal that has seen nothing yet, of the size that the window has.
    private mutating func beginAnew() throws(TranscriptError) {
        let (columns, rows) = (emulator.screen.columns, emulator.screen.rows)
        emulator = try TranscriptRenderer.emulator(columns: columns, rows: rows)
        filter = TerminalFilter()
        input = EmulatorInput()
    }

    // MARK: - Rows

    private mutating func drain(_ body: (RenderedLine) throws -> Void) rethrows {
        guard !emulator.screen.finished.isEmpty else { return }
        for row in emulator.screen.finished {
            try assembler.add(row, emulator.screen.alphabet, body)
        }
        emulator.screen.finished.removeAll(keepingCapacity: true)
    }

    private static func emulator(
        columns: Int, rows: Int
    ) throws(TranscriptError) -> TerminalEmulator {
        let emulator = TerminalEmulator(
            columns: columns.clamped(to: Screen.columnLimits),
            rows: rows.clamped(to: Screen.rowLimits))
        guard let emulator else {
            throw TranscriptError(
                .unreadable, attempted: "cannot render the transcript",
                underlying: "out of memory")
        }
        return emulator
    }
}

extension Transcript {
    /// Gives all lines to `body` as a person would have seen them, in their order.
    ///
    /// Stops where `body` throws, and throws that; else a `TranscriptError` where the file cannot be read.
    package func renderedLines(_ body: (RenderedLine) throws -> Void) throws {
        var renderer = try TranscriptRenderer(header)
        for event in try events() { try renderer.take(event, body) }
        try renderer.finish(body)
    }
}

extension Int {
    func clamped(to limits: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, limits.lowerBound), limits.upperBound)
    }
}
