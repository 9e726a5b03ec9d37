/// Where in a run a row's content came from.
struct RowOrigin: Equatable {
    var time = Duration.zero
    var step: Int?
    var stream: OutputStream?

    /// Takes over where the latest content came from; what stderr wrote to remains marked.
    mutating func update(_ latest: RowOrigin) {
        let isMarked = stream == .standardError
        self = latest
        if isMarked { stream = .standardError }
    }
}

/// One row of a screen, in cells, or in plain bytes as long as there is nothing but those.
///
/// What is past the right margin of a window that became smaller is kept.
struct ScreenRow {
    /// Printable ASCII; empty where there are cells.
    private(set) var plain: ArraySlice<UInt8> = []
    private(set) var cells: [ScreenCell] = []
    /// Nil as long as nothing was written here, not even the end of a line.
    var origin: RowOrigin?
    /// Whether it goes on with the line of the row above, which had no more room.
    var continues = false

    init() {}

    init(plain: ArraySlice<UInt8>, origin: RowOrigin, continues: Bool) {
        self.plain = plain
        self.origin = origin
        self.continues = continues
    }

    var isBlank: Bool {
        plain.isEmpty && !cells.contains { $0 != .blank }
    }

    /// Whether nothing was ever written here.
    var isUntouched: Bool {
        plain.isEmpty && cells.isEmpty && origin == nil && !continues
    }

    mutating func put(_ cell: ScreenCell, at column: Int, _ origin: RowOrigin) {
        note(origin)
        spread()
        if cells.isEmpty { cells.reserveCapacity(80) }
        if cell.width == 1, column == cells.count { return cells.append(cell) }
        let end = column + Int(cell.width)
        if cells.count < end {
            cells += repeatElement(.blank, count: end - cells.count)
        }
        split(at: column)
        if end < cells.count { split(at: end) }
        cells[column] = cell
        if cell.width == 2 {
            cells[column + 1] = ScreenCell(content: 0, style: cell.style, width: 0)
        }
    }

    /// Forgets what is past the margin, where the line goes on below.
    mutating func cut(to columns: Int) {
        plain = plain.prefix(columns)
        guard cells.count > columns else { return }
        split(at: columns)
        cells.removeLast(cells.count - columns)
    }

    /// Notes where the latest content came from.
    mutating func note(_ latest: RowOrigin) {
        guard var known = origin else { return origin = latest }
        known.update(latest)
        origin = known
    }

    /// Erases columns; with a background, since terminals fill them with the current one.
    mutating func erase(_ columns: Range<Int>, style: UInt16, isWholeRow: Bool) {
        if isWholeRow { origin = nil }
        if isWholeRow && style == 0 {
            plain = []
            cells.removeAll(keepingCapacity: true)
            return
        }
        spread()
        let blank = ScreenCell(content: 0, style: style, width: 1)
        if style != 0, cells.count < columns.upperBound {
            cells += repeatElement(.blank, count: columns.upperBound - cells.count)
        }
        let columns = columns.clamped(to: 0..<cells.count)
        guard !columns.isEmpty else { return }
        split(at: columns.lowerBound)
        if columns.upperBound < cells.count { split(at: columns.upperBound) }
        for column in columns { cells[column] = blank }
    }

    /// Moves the cells of some columns to the right, or to the left with a negative distance.
    mutating func shift(_ columns: Range<Int>, by distance: Int) {
        spread()
        if cells.count < columns.upperBound {
            cells += repeatElement(.blank, count: columns.upperBound - cells.count)
        }
        split(at: columns.lowerBound)
        if columns.upperBound < cells.count { split(at: columns.upperBound) }
        let old = cells
        for column in columns {
            let source = column - distance
            cells[column] = columns.contains(source) ? old[source] : .blank
        }
        mendHalves(columns)
    }

    /// Replaces columns by those of another row.
    mutating func copy(_ columns: Range<Int>, from other: ScreenRow) {
        spread()
        var other = other
        other.spread()
        if cells.count < columns.upperBound {
            cells += repeatElement(.blank, count: columns.upperBound - cells.count)
        }
        for column in columns {
            cells[column] = column < other.cells.count ? other.cells[column] : .blank
        }
        mendHalves(0..<cells.count)
        origin = other.origin
    }

    /// A wide character of which one half is overwritten is gone.
    private mutating func split(at column: Int) {
        guard column > 0, column < cells.count, cells[column].width == 0 else { return }
        cells[column - 1] = .blank
        cells[column] = .blank
    }

    private mutating func mendHalves(_ columns: Range<Int>) {
        for column in columns.clamped(to: 0..<cells.count) {
            let isWide = cells[column].width == 2
            let hasRightHalf = column + 1 < cells.count && cells[column + 1].width == 0
            let hasLeftHalf = column > 0 && cells[column - 1].width == 2
            if isWide && !hasRightHalf { cells[column] = .blank }
            if cells[column].width == 0 && !hasLeftHalf { cells[column] = .blank }
        }
    }

    private mutating func spread() {
        guard !plain.isEmpty else { return }
        cells = plain.map { ScreenCell(content: UInt32($0), style: 0, width: 1) }
        plain = []
    }
}
