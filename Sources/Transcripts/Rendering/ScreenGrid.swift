/// The rows of a screen, in a ring, so that scrolling all of it moves nothing.
struct ScreenGrid {
    private(set) var height: Int
    private var rows: [ScreenRow]
    /// Which of `rows` stands in each place of the ring, so that scrolling a part moves numbers only.
    private var order: [Int]
    private var first = 0

    init(height: Int) {
        self.height = height
        rows = Array(repeating: ScreenRow(), count: height)
        order = Array(0..<height)
    }

    subscript(row: Int) -> ScreenRow {
        _read { yield rows[order[place(row)]] }
        _modify { yield &rows[order[place(row)]] }
    }

    private func place(_ row: Int) -> Int {
        let place = first + row
        return place < height ? place : place - height
    }

    /// How many rows there are down to the last one that is not blank.
    var used: Int {
        var count = height
        while count > 0, self[count - 1].isBlank { count -= 1 }
        return count
    }

    /// Takes the top row out, and puts another one in below.
    mutating func replaceTop(withBottom row: ScreenRow) -> ScreenRow {
        let top = rows[order[first]]
        rows[order[first]] = row
        first = place(1)
        return top
    }

    /// Moves some rows up, or down with a negative distance; blank ones follow.
    mutating func scroll(_ range: Range<Int>, by distance: Int) {
        let count = min(abs(distance), range.count)
        let old = range.map { order[place($0)] }
        let turn = distance > 0 ? count : old.count - count
        for (index, row) in range.enumerated() {
            let source = index + turn
            order[place(row)] = old[source < old.count ? source : source - old.count]
        }
        for row in distance > 0 ? range.suffix(count) : range.prefix(count) { clear(row) }
    }

    /// Makes a row one that nothing was ever written to.
    mutating func clear(_ row: Int) {
        if !self[row].isUntouched { self[row] = ScreenRow() }
    }

    /// Changes the number of rows at the bottom.
    mutating func resize(height newHeight: Int) {
        rows = (0..<newHeight).map { $0 < height ? self[$0] : ScreenRow() }
        order = Array(0..<newHeight)
        first = 0
        height = newHeight
    }
}

extension ScreenGrid {
    /// Moves some columns of some rows up, or down with a negative distance.
    mutating func scrollPart(_ range: Range<Int>, columns: Range<Int>, by distance: Int) {
        let source = distance > 0 ? Array(range) : range.reversed()
        for row in source {
            let other = row + distance
            self[row].copy(columns, from: range.contains(other) ? self[other] : ScreenRow())
        }
    }
}

extension Optional {
    /// Changes the value in place where there is one.
    mutating func mutate(_ change: (inout Wrapped) -> Void) {
        guard var value = take() else { return }
        change(&value)
        self = value
    }
}
