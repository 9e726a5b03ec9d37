/// Makes lines of rows: what a margin has broken up is one line again.
struct LineAssembler {
    /// A line that is longer is broken up; somebody may send one that never ends.
    static let longest = 64 * 1024

    private var text: [UInt8] = []
    private var runs: [RenderedLine.Run] = []
    private var origin = RowOrigin()
    private var isPending = false

    /// Takes a row; gives out the line that ends before it.
    mutating func add(
        _ row: ScreenRow, _ alphabet: borrowing CellAlphabet, _ body: (RenderedLine) throws -> Void
    ) rethrows {
        if isPending && !(row.continues && text.count < LineAssembler.longest) { try finish(body) }
        if let latest = row.origin {
            if isPending { origin.update(latest) } else { origin = latest }
        }
        isPending = true
        append(row, alphabet)
    }

    /// Gives out the line that is unfinished, if there is one.
    mutating func finish(_ body: (RenderedLine) throws -> Void) rethrows {
        guard isPending else { return }
        isPending = false
        trim()
        let hasStyle = runs.contains { $0.style != TextStyle() }
        let line = RenderedLine(
            text: String(decoding: text, as: UTF8.self), time: origin.time, step: origin.step,
            stream: origin.stream, runs: hasStyle ? runs : [])
        text.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        try body(line)
    }

    private mutating func append(_ row: ScreenRow, _ alphabet: borrowing CellAlphabet) {
        if !row.plain.isEmpty {
            text += row.plain
            addRun(TextStyle(), row.plain.count)
            return
        }
        var start = text.count
        var style: UInt16 = 0
        for cell in row.cells where cell.width > 0 {
            if cell.style != style {
                addRun(alphabet.styles[Int(style)], text.count - start)
                (start, style) = (text.count, cell.style)
            }
            alphabet.append(cell.content, to: &text)
        }
        addRun(alphabet.styles[Int(style)], text.count - start)
    }

    private mutating func addRun(_ style: TextStyle, _ length: Int) {
        guard length > 0 else { return }
        if let last = runs.indices.last, runs[last].style == style {
            runs[last].length += length
        } else {
            runs.append(RenderedLine.Run(style: style, length: length))
        }
    }

    /// Cuts off blanks that cannot be seen.
    private mutating func trim() {
        while let last = runs.indices.last, runs[last].style.isInvisibleOnSpaces,
            text.last == 0x20
        {
            text.removeLast()
            runs[last].length -= 1
            if runs[last].length == 0 { runs.removeLast() }
        }
    }
}
