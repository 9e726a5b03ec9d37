/// Where a replay is shown: on the terminal itself, or on a part of it.
enum PlayerStage: ~Copyable {
    /// What is harmless passes as it is.
    case direct(TerminalFilter)
    /// A terminal of ours sees it, and the part of its screen that has room is painted.
    case fitted(FittedStage)

    /// Takes an event; what is to be written for it goes to `text`.
    mutating func show(_ event: Event, into text: inout [UInt8]) throws {
        switch consume self {
        case .direct(var filter):
            if event.code == .output { filter.filter(event.data, into: &text) }
            if event.code == .marker {
                // A step is another program, which found the terminal as it was.
                text += filter.undoing
                filter = TerminalFilter()
            }
            self = .direct(filter)
        case .fitted(var stage):
            do {
                try stage.take(event)
            } catch {
                self = .fitted(stage)
                throw error
            }
            self = .fitted(stage)
        }
    }

    /// What has to be written before something is waited for.
    mutating func paint(into text: inout [UInt8]) {
        switch consume self {
        case .direct(let filter): self = .direct(filter)
        case .fitted(var stage):
            stage.paint(into: &text)
            self = .fitted(stage)
        }
    }

    /// Follows the window, and paints all of it again.
    mutating func repaint(_ size: (columns: Int, rows: Int)?) {
        switch consume self {
        case .direct(let filter): self = .direct(filter)
        case .fitted(var stage):
            stage.repaint(size)
            self = .fitted(stage)
        }
    }

    /// What leaves the terminal as it was.
    var undoing: [UInt8] {
        switch self {
        case .direct(let filter): filter.undoing
        case .fitted(let stage): stage.undoing
        }
    }
}

/// A recording that is larger than the window: rendered, and cut to what there is room for.
///
/// The last row says so. Of the rows, those around the cursor are shown.
struct FittedStage: ~Copyable {
    private var renderer: TranscriptRenderer
    private var window: (columns: Int, rows: Int)
    private var shown: [String] = []
    private var isStarted = false

    init(_ header: TranscriptHeader, window: (columns: Int, rows: Int)) throws(TranscriptError) {
        renderer = try TranscriptRenderer(header)
        self.window = window
    }

    mutating func take(_ event: Event) throws {
        try renderer.take(event) { _ in }
    }

    mutating func repaint(_ size: (columns: Int, rows: Int)?) {
        window = size ?? window
        shown = []
        isStarted = false
    }

    /// Writes the rows that have changed.
    mutating func paint(into text: inout [UInt8]) {
        if !isStarted {
            text += Array("\u{1b}[?25l\u{1b}[H\u{1b}[2J".utf8)
            isStarted = true
        }
        let room = max(1, window.rows - 1)
        let rows = renderer.screen(columns: window.columns)
        let bottom = renderer.cursor.map { $0.row + 1 } ?? rows.count
        let first = max(0, min(bottom, rows.count) - room)
        var lines = rows[first..<min(rows.count, first + room)].map { SGRText.line($0) }
        lines += Array(repeating: "", count: room - lines.count) + [note]
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            text += Array("\u{1b}[\(row + 1);1H\(line)\u{1b}[0m\u{1b}[K".utf8)
        }
        shown = lines
    }

    /// Below what was shown last, with a cursor.
    var undoing: [UInt8] {
        isStarted ? Array("\u{1b}[\(window.rows);1H\u{1b}[0m\u{1b}[K\u{1b}[?25h".utf8) : []
    }

    private var note: String {
        let size = renderer.windowSize
        let text = "recorded at \(size.columns)x\(size.rows), cut to this window"
        return "\u{1b}[2m\(text.prefix(max(0, window.columns - 1)))\u{1b}[0m"
    }
}
