extension Screen {
    /// Leaves an alternate screen that the program has not left; what it shows is handed over, below
    /// what it has covered, since a person saw that last.
    mutating func finishAlternate() {
        guard let left = alternate else { return }
        setAlternate(false)
        finishAll()
        let used = left.used
        let first = (0..<used).first { !left[$0].isBlank } ?? used
        for row in first..<used { finished.append(left[row]) }
    }
}
