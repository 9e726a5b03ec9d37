/// Finds the name that a mistyped one was meant to be.
package enum EditDistance {
    /// Returns the candidate nearest to `word`, or nil where none is near.
    ///
    /// Near means one edit for every three letters, or a beginning of three letters and more. Of
    /// several equally near candidates the first one wins.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let measured = candidates.map { (name: $0, edits: between(word, $0)) }
        let limit = max(1, word.unicodeScalars.count / 3)
        let best = measured.min { $0.edits < $1.edits }
        if let best, best.edits <= limit { return best.name }
        guard word.count >= 3 else { return nil }
        return candidates.first { $0.hasPrefix(word) }
    }

    /// Returns `did you mean "hosts"?`, or nil where no candidate is near.
    package static func hint(for word: String, among candidates: [String]) -> String? {
        nearest(to: word, among: candidates).map { "did you mean \(QuotedText.quoted($0))?" }
    }

    /// Counts the insertions, deletions, replacements and swaps of neighbours between two words.
    ///
    /// This is the optimal string alignment distance: no part is edited twice.
    package static func between(_ first: String, _ second: String) -> Int {
        let first = Array(first.unicodeScalars)
        let second = Array(second.unicodeScalars)
        var beforePrevious: [Int] = []
        var previous = Array(0...second.count)
        for row in 0..<first.count {
            var current = [row + 1]
            for column in 0..<second.count {
                let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
                var edits = min(replacement, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1],
                    first[row - 1] == second[column]
                {
                    edits = min(edits, beforePrevious[column - 1] + 1)
                }
                current.append(edits)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }
}
