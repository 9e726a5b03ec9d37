/// What a terminal's screen shows, told by libvterm what to put where.
///
/// Rows that leave the top of the main screen are finished, and handed over; so is what a program
/// clears away all at once. What happens on an alternate screen leaves nothing behind.
struct Screen {
    /// What a window is taken for, at least and at most, whatever a transcript says.
    static let columnLimits = 4...1000
    static let rowLimits = 2...500

    private(set) var columns: Int
    private(set) var main: ScreenGrid
    private(set) var alternate: ScreenGrid?
    var alphabet = CellAlphabet()

    /// Where the output comes from at this moment.
    var origin = RowOrigin()

    /// The rows that are finished, for the owner to take away.
    var finished: [ScreenRow] = []

    /// What may still be done beyond putting text.
    var credit = ScreenCredit()

    private(set) var pen = TextStyle()
    private var penNumber: UInt16? = 0
    private var eraserNumber: UInt16? = 0

    private(set) var cursor = (row: 0, column: 0)
    private(set) var isCursorVisible = true
    /// Whether libvterm has its cursor where there is no cell.
    private(set) var isCursorOutside = false

    /// Where the cursor is as long as nothing but text has moved it; nil after anything else.
    private(set) var endOfText: (row: Int, column: Int)?
    /// Whether the last character left no room for another one of two columns.
    private var endsAtMargin = false
    private var missesHalf = false

    init(columns: Int, rows: Int) {
        self.columns = columns
        main = ScreenGrid(height: rows)
    }

    var rows: Int { main.height }

    /// The grid that is shown.
    var shown: ScreenGrid { alternate ?? main }

    private mutating func withShown(_ change: (inout ScreenGrid) -> Void) {
        if alternate == nil {
            change(&main)
        } else {
            alternate.mutate(change)
        }
    }

    // MARK: - What libvterm says

    mutating func put(_ scalars: [UInt32], width: Int, row: Int, column: Int) {
        let content = alphabet.content(of: scalars)
        let cell = ScreenCell(content: content, style: style(), width: UInt8(clamping: width))
        put(cell, row: row, column: column)
    }

    mutating func put(_ scalar: UInt32, width: Int, row: Int, column: Int) {
        put(
            ScreenCell(content: scalar, style: style(), width: UInt8(clamping: width)), row: row,
            column: column)
    }

    private mutating func put(_ cell: ScreenCell, row: Int, column: Int) {
        guard (0..<main.height).contains(row), (0..<columns).contains(column),
            (1...2).contains(cell.width), column + Int(cell.width) <= columns
        else { return }
        let isWrapped =
            column == 0 && row > 0 && (endsAtMargin || missesHalf && cell.width == 2)
            && endOfText != nil
        let origin = origin
        if alternate == nil {
            main[row].put(cell, at: column, origin)
            if column == 0 { main[row].continues = isWrapped }
            if isWrapped { main[row - 1].cut(to: columns) }
        } else {
            alternate.mutate { $0[row].put(cell, at: column, origin) }
        }
        let end = column + Int(cell.width)
        endsAtMargin = end == columns
        missesHalf = end == columns - 1
        endOfText = (row, min(end, columns - 1))
    }

    mutating func moveCursor(row: Int, column: Int, isVisible: Bool) {
        if row != cursor.row { endLine() }
        cursor = (min(max(0, row), main.height - 1), min(max(0, column), columns - 1))
        isCursorOutside = cursor != (row, column)
        isCursorVisible = isVisible
        if let end = endOfText, end != cursor { endOfText = nil }
    }

    /// An empty line has its time as well.
    private mutating func endLine() {
        guard alternate == nil else { return }
        if main[cursor.row].isBlank { main[cursor.row].origin = origin }
    }

    mutating func erase(rows: Range<Int>, columns erased: Range<Int>) {
        let rows = rows.clamped(to: 0..<main.height)
        let isWholeRow = erased.lowerBound == 0 && erased.upperBound >= columns
        if alternate == nil, isWholeRow, rows == 0..<main.height { finishAll() }
        // Cells with a background are written one by one, others are just gone.
        let isPaid = eraser() == 0 || credit.spend(rows.count * erased.count)
        let style = isPaid ? eraser() : 0
        withShown { grid in
            for row in rows {
                grid[row].erase(erased, style: style, isWholeRow: isWholeRow)
                if erased.lowerBound == 0 { grid[row].continues = false }
            }
        }
    }

    mutating func scroll(
        rows: Range<Int>, columns moved: Range<Int>, downward: Int, rightward: Int
    ) {
        let rows = rows.clamped(to: 0..<main.height)
        let moved = moved.clamped(to: 0..<Screen.columnLimits.upperBound)
        let isWholeRow = moved.lowerBound == 0 && moved.upperBound >= columns && rightward == 0
        let isLineFeed = isWholeRow && abs(downward) == 1
        guard isLineFeed || credit.spend(isWholeRow ? rows.count : rows.count * moved.count) else {
            return
        }
        if isWholeRow, alternate == nil, rows.lowerBound == 0, downward > 0 {
            scrollOffTop(rows, by: downward)
        } else if isWholeRow {
            withShown { $0.scroll(rows, by: downward) }
        } else {
            withShown { grid in
                if downward != 0 {
                    grid.scrollPart(rows, columns: moved, by: downward)
                }
                guard rightward != 0 else { return }
                for row in rows { grid[row].shift(moved, by: -rightward) }
            }
        }
        // A row that begins where a wrapped line goes on is above what was put last.
        if downward < 0 || rightward != 0 { endOfText = nil }
    }

    private mutating func scrollOffTop(_ rows: Range<Int>, by distance: Int) {
        let count = min(distance, rows.count)
        if rows.contains(cursor.row) { endLine() }
        // Of many rows at once the blank ones below the last text are nothing that was ever shown.
        finish(count == 1 ? 1 : min(count, main.used))
        if rows.count == main.height {
            for _ in 0..<count { _ = main.replaceTop(withBottom: ScreenRow()) }
        } else {
            main.scroll(rows, by: count)
        }
    }

    /// Hands over rows of the top; of those that are blank only as many as there is credit for.
    private mutating func finish(_ count: Int) {
        let takesBlank = count <= 1 || credit.spend(Screen.costOfBlankRow * count)
        for row in 0..<count where takesBlank || !main[row].isBlank { finished.append(main[row]) }
    }

    private static let costOfBlankRow = 32

    mutating func setAlternate(_ isOn: Bool) {
        if isOn == (alternate != nil) { return }
        alternate = isOn ? ScreenGrid(height: main.height) : nil
        endOfText = nil
    }

    /// Follows a new size; returns by how many rows everything has moved up.
    mutating func resize(columns newColumns: Int, rows newRows: Int) -> Int {
        var moved = 0
        if newRows < main.height, alternate == nil {
            moved = max(0, max(main.used, cursor.row + 1) - newRows)
            scrollOffTop(0..<main.height, by: moved)
        }
        main.resize(height: newRows)
        alternate.mutate { $0.resize(height: newRows) }
        columns = newColumns
        cursor = (min(max(0, cursor.row - moved), newRows - 1), min(cursor.column, newColumns - 1))
        endOfText = nil
        return moved
    }

    mutating func setPen(_ change: (inout TextStyle) -> Void) {
        change(&pen)
        penNumber = nil
        eraserNumber = nil
    }

    private mutating func style() -> UInt16 {
        if let penNumber { return penNumber }
        let number = alphabet.number(of: pen)
        penNumber = number
        return number
    }

    private mutating func eraser() -> UInt16 {
        if let eraserNumber { return eraserNumber }
        var style = TextStyle()
        style.background = pen.background
        let number = alphabet.number(of: style)
        eraserNumber = number
        return number
    }

    // MARK: - Without libvterm

    /// Puts a line of printable ASCII, or a piece of one that fills whole rows, below everything, as
    /// libvterm would.
    ///
    /// The cursor is at the beginning of a blank row with nothing below, and is so afterwards.
    mutating func append(plainLine line: ArraySlice<UInt8>, continues: Bool) {
        var rest = line
        var isFirst = !continues
        repeat {
            main[cursor.row] = ScreenRow(
                plain: rest.prefix(columns), origin: origin, continues: !isFirst)
            rest = rest.dropFirst(columns)
            isFirst = false
            if cursor.row == main.height - 1 {
                finished.append(main.replaceTop(withBottom: ScreenRow()))
            } else {
                cursor.row += 1
            }
        } while !rest.isEmpty
        endOfText = nil
    }

    /// Whether text that follows would be put on a row of its own, with nothing special about it.
    var isAtFreshRow: Bool {
        guard cursor.column == 0, alternate == nil, pen == TextStyle() else { return false }
        return (cursor.row..<main.height).allSatisfy { main[$0].isBlank }
    }

    /// Hands over all rows down to the last one that is not blank, and leaves the screen blank.
    mutating func finishAll() {
        let used = main.used
        finish(used)
        for row in 0..<main.height { main.clear(row) }
        endOfText = nil
    }
}
