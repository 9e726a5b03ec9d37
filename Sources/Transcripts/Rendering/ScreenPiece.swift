/// Some cells of a row in one style, and where they are.
struct ScreenPiece: Equatable {
    var text: String
    var style: TextStyle
    var column: Int
    var columns: Int
}

extension Screen {
    /// The rows that are shown, in pieces; a wide character is a piece of its own, since fonts
    /// differ in how wide they make it.
    var pieces: [[ScreenPiece]] {
        (0..<shown.height).map { pieces(of: shown[$0]) }
    }

    private func pieces(of row: ScreenRow) -> [ScreenPiece] {
        var row = row
        row.cut(to: columns)
        if !row.plain.isEmpty {
            let text = String(decoding: row.plain, as: UTF8.self)
            return [
                ScreenPiece(text: text, style: TextStyle(), column: 0, columns: row.plain.count)
            ]
        }
        var pieces: [ScreenPiece] = []
        for (column, cell) in row.cells.enumerated() where cell.width > 0 {
            var bytes: [UInt8] = []
            alphabet.append(cell.content, to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            let style = alphabet.styles[Int(cell.style)]
            if cell.width == 1, let last = pieces.indices.last, pieces[last].style == style,
                pieces[last].column + pieces[last].columns == column, !pieces[last].isWide
            {
                pieces[last].text += text
                pieces[last].columns += 1
            } else {
                pieces.append(
                    ScreenPiece(text: text, style: style, column: column, columns: Int(cell.width)))
            }
        }
        if let last = pieces.last, last.style.isInvisibleOnSpaces,
            last.text.allSatisfy({ $0 == " " })
        {
            pieces.removeLast()
        }
        return pieces
    }
}

extension ScreenPiece {
    fileprivate var isWide: Bool { columns == 2 && text.count == 1 }
}
