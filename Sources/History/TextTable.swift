/// Rows of text as columns that fit a terminal.
package struct TextTable {
    private let rows: [[String]]
    private let width: Int?
    /// The columns that give way where there is no room, the first one first, and what remains.
    private let yielding: [(column: Int, least: Int)]
    /// The columns of numbers.
    private let rightAligned: Set<Int>

    /// Lays out rows of one length, the headings first, for a number of columns.
    ///
    /// A `width` of nil, where nobody counts them, cuts nothing.
    package init(
        _ rows: [[String]], width: Int?, yielding: [(column: Int, least: Int)],
        rightAligned: Set<Int> = []
    ) {
        self.rows = rows
        self.width = width
        self.yielding = yielding
        self.rightAligned = rightAligned
    }

    /// The lines, without blanks at their ends.
    package var lines: [String] {
        let widths = fittedWidths
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let cell = CleanText.fitted(text, to: widths[column])
                let padding = String(
                    repeating: " ", count: max(0, widths[column] - CleanText.columns(of: cell)))
                line += rightAligned.contains(column) ? padding + cell : cell + padding
                if column < row.count - 1 { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private var fittedWidths: [Int] {
        let count = rows.first?.count ?? 0
        var widths = (0..<count).map { column in
            rows.reduce(0) { max($0, CleanText.columns(of: $1[column])) }
        }
        guard let width else { return widths }
        let separators = 2 * max(0, count - 1)
        for (column, least) in yielding {
            let excess = widths.reduce(0, +) + separators - width
            if excess > 0 {
                widths[column] = max(min(least, widths[column]), widths[column] - excess)
            }
        }
        return widths
    }
}
