internal import History
internal import LocalTerminal
internal import Transcripts

/// Hits for people: a line for each run, and its lines with the matches below.
struct SearchText: SearchOutput {
    private let width: Int?
    private let paint: Paint
    private var isFirst = true

    /// `width` is that of the terminal, nil where there is none, where nothing is cut or coloured.
    init(width: Int?, environment: [String: String]) {
        self.width = width
        paint = Terminal.standardOutput.isTerminal ? Paint(environment) : .none
    }

    mutating func show(_ hits: [SearchHit]) {
        guard let entry = hits.first?.entry else { return }
        var lines = isFirst ? [] : [""]
        lines.append(heading(of: entry, hits))
        isFirst = false
        var lastShown: [String] = []
        for (place, hit) in hits.enumerated() where hit.kind != .command {
            // What the hit before has shown already is not shown again.
            let before =
                lastShown.isEmpty ? hit.before : hit.before.filter { !lastShown.contains($0) }
            let next = place + 1 < hits.count ? hits[place + 1].text : nil
            let after = Array(hit.after.prefix { $0 != next })
            lines += before.map { paint.faint(indented($0)) }
            lines.append(line(of: hit))
            lines += after.map { paint.faint(indented($0)) }
            lastShown = hit.after.isEmpty && hit.before.isEmpty ? [] : [hit.text] + after
        }
        print(lines.joined(separator: "\n"))
        // Hits are there when they are found, and not when all are.
        PrintedOutput.flush()
    }

    // MARK: - Lines

    /// The run, as the history lists it; the command is marked where it was found there.
    private func heading(of entry: HistoryEntry, _ hits: [SearchHit]) -> String {
        let isWide = (width ?? .max) >= 110
        let id = String(entry.run.description.prefix(isWide ? RunID.length : 13))
        let when = LocalTime.text(entry.started, isShort: (width ?? .max) < 80)
        let status = HistoryTable.status(of: entry)
        let words = [when, CleanText.line(entry.target), status]
        let used = ([id] + words).reduce(0) { $0 + CleanText.columns(of: $1) + 2 }
        let room = width.map { max(8, $0 - used) }
        let found = hits.first { $0.kind == .command }
        let command =
            found.map { marked($0, room: room) }
            ?? fitted(HistoryTable.command(of: entry), room)
        return [paint.warning(id), words[0], words[1], command, words[2]].joined(separator: "  ")
    }

    private func line(of hit: SearchHit) -> String {
        let start = self.start(of: hit)
        let room = width.map { max(16, $0 - CleanText.columns(of: start)) }
        return paint.faint(start) + marked(hit, room: room)
    }

    /// Time and step, which stand before the text.
    private func start(of hit: SearchHit) -> String {
        let time = hit.time.short
        let padding = String(repeating: " ", count: max(0, Self.timeWidth - time.count))
        let step = hit.step.map { step in
            let name = CleanText.fitted(CleanText.line(step.name), to: 20)
            return name.isEmpty ? "\(step.number)  " : "\(name)  "
        }
        return padding + time + "  " + (step ?? "")
    }

    private static let timeWidth = 8

    private func indented(_ text: String) -> String {
        let indent = String(repeating: " ", count: Self.timeWidth + 2)
        return indent + fitted(CleanText.line(text), width.map { max(16, $0 - indent.count) })
    }

    private func fitted(_ text: String, _ room: Int?) -> String {
        room.map { CleanText.fitted(text, to: $0) } ?? text
    }

    // MARK: - Matches

    private struct Piece {
        var text: String
        var isMatch: Bool
    }

    /// The text with its matches marked, as much of it around the first one as there is room for.
    private func marked(_ hit: SearchHit, room: Int?) -> String {
        var pieces = Self.pieces(of: hit)
        if let room { Self.fit(&pieces, to: room) }
        return pieces.map { $0.isMatch ? paint.match($0.text) : $0.text }.joined()
    }

    private static func pieces(of hit: SearchHit) -> [Piece] {
        let bytes = Array(hit.text.utf8)
        var pieces: [Piece] = []
        var place = 0
        func add(_ range: Range<Int>, isMatch: Bool) {
            guard !range.isEmpty else { return }
            let text = CleanText.line(String(decoding: bytes[range], as: UTF8.self))
            pieces.append(Piece(text: text, isMatch: isMatch))
        }
        for match in hit.matches where match.lowerBound >= place && match.upperBound <= bytes.count
        {
            add(place..<match.lowerBound, isMatch: false)
            add(match, isMatch: true)
            place = match.upperBound
        }
        add(place..<bytes.count, isMatch: false)
        return pieces
    }

    private static func fit(_ pieces: inout [Piece], to room: Int) {
        let total = pieces.reduce(0) { $0 + CleanText.columns(of: $1.text) }
        guard total > room else { return }
        if let first = pieces.first, !first.isMatch, pieces.count > 1 {
            let ahead = CleanText.columns(of: first.text)
            let match = CleanText.columns(of: pieces[1].text)
            if ahead + match > room {
                pieces[0].text = end(of: first.text, columns: max(1, min(room / 3, room - match)))
            }
        }
        var left = room
        for place in pieces.indices {
            let columns = CleanText.columns(of: pieces[place].text)
            if columns > left || columns == left && place < pieces.count - 1 {
                pieces[place].text = CleanText.fitted(pieces[place].text + "…", to: left)
                pieces.removeSubrange((place + 1)...)
                return
            }
            left -= columns
        }
    }

    /// As much of the end of a text as fits, behind an ellipsis.
    private static func end(of text: String, columns: Int) -> String {
        var kept = Substring()
        var used = 1
        for character in text.reversed() {
            used += CleanText.columns(of: String(character))
            guard used <= columns else { break }
            kept = String(character) + kept
        }
        return "…" + kept
    }
}
