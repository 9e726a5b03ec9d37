/// The screen at the end of a transcript, as a picture.
package struct SVGExport {
    private static let cell = (width: 8.43, height: 19.0)
    private static let margin = 14.0
    private static let title = 34.0

    private let transcript: Transcript

    package init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    /// The whole picture.
    package func svg() throws -> String {
        var renderer = try TranscriptRenderer(transcript.header)
        for event in try transcript.events() { try renderer.take(event) { _ in } }
        var rows = renderer.screenPieces
        while rows.count > 1, rows.last?.isEmpty == true { rows.removeLast() }
        let columns = Double(renderer.windowSize.columns)
        let width = SVGExport.number(columns * SVGExport.cell.width + 2 * SVGExport.margin)
        let height = SVGExport.number(
            Double(rows.count) * SVGExport.cell.height + 2 * SVGExport.margin + SVGExport.title)
        let summary = TranscriptSummary(transcript)
        let title = Markup.escaped("\(summary.title) · \(summary.outcome)")
        let shown = Markup.escaped(SVGExport.fitted(summary, columns: renderer.windowSize.columns))
        let lines = rows.enumerated().map { SVGExport.row($1, $0) }.joined()
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img" aria-label="\(title)">
            <title>\(title)</title>
            <style>\(SVGExport.css)</style>
            <rect class="page" width="100%" height="100%" rx="9"/>
            <line class="rule" x1="0" x2="\(width)" y1="\(SVGExport.title)" y2="\(SVGExport.title)"/>
            <text class="name" x="\(SVGExport.margin)" y="22">\(shown)</text>
            \(lines)</svg>

            """
    }

    private static func row(_ pieces: [ScreenPiece], _ row: Int) -> String {
        let top = title + margin + Double(row) * cell.height
        var boxes = ""
        var text = ""
        for piece in pieces {
            let x = number(margin + Double(piece.column) * cell.width)
            let classes = Markup.classes(piece.style).split(separator: " ")
            if let back = classes.first(where: { $0.hasPrefix("g") || $0 == "r" }) {
                boxes +=
                    "<rect class=\"\(back)\" x=\"\(x)\" y=\"\(number(top))\" "
                    + "width=\"\(number(Double(piece.columns) * cell.width))\" "
                    + "height=\"\(cell.height)\"/>\n"
            }
            if !piece.text.allSatisfy({ $0 == " " }) {
                let front = classes.filter { !$0.hasPrefix("g") }
                    .map { $0 == "r" ? "rt" : String($0) }.joined(separator: " ")
                let style = front.isEmpty ? "" : " class=\"\(front)\""
                text +=
                    "<text\(style) x=\"\(x)\" y=\"\(number(top + 14))\">"
                    + "\(Markup.escaped(piece.text))</text>\n"
            }
        }
        return boxes + text
    }

    /// What there is room for in the title's row.
    private static func fitted(_ summary: TranscriptSummary, columns: Int) -> String {
        let text = "\(summary.title) · \(summary.outcome)"
        return text.count <= columns ? text : text.prefix(max(1, columns - 1)) + "…"
    }

    /// One decimal, or none.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private static let css: String = {
        let base = [
            "#7d8796", "#ff7b72", "#5fd07f", "#e5b450", "#6cb0ff", "#d59bff", "#4fd0df", "#c9d1d9",
            "#8b949e", "#ffa198", "#7ee79b", "#f2cc60", "#94c7ff", "#e2b8ff", "#7ee3ee", "#ffffff",
        ]
        let fixed =
            ".page{fill:#171b21}.rule{stroke:#2c333d}text{fill:#d8dee6;white-space:pre;font:14px "
            + "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace}"
            + "text.name{fill:#8b96a5;font-size:13px}.b{font-weight:700}.i{font-style:italic}"
            + ".u{text-decoration:underline}.s{text-decoration:line-through}"
            + "rect.r{fill:#d8dee6}text.rt{fill:#171b21}"
        return (0..<256).reduce(fixed) { rules, number in
            let colour = number < 16 ? base[number] : Palette.css(number)
            return rules + "text.f\(number),rect.g\(number){fill:\(colour)}"
        }
    }()
}
