/// How many cells a screen may still fill or move beyond those that it was sent text for.
///
/// A few bytes can ask for a window to be filled, or for a character ten thousand times. Whoever sends
/// text as well has credit left all the time; whoever sends nothing else is no longer obeyed, so that the
/// time a transcript takes, and the text it becomes, grow with its size and nothing else.
struct ScreenCredit {
    /// Some large windows, at once.
    private static let most = 1 << 20
    private static let cellsPerByte = 32

    private var cells = ScreenCredit.most

    /// Takes note of output that is about to be shown.
    mutating func earn(bytes: Int) {
        cells = min(ScreenCredit.most, cells + ScreenCredit.cellsPerByte * bytes)
    }

    /// Whether there was credit for so many cells; then it is used.
    mutating func spend(_ wanted: Int) -> Bool {
        guard wanted <= cells else { return false }
        cells -= wanted
        return true
    }

    /// Uses as much credit as there is for so many cells; for how many there was.
    mutating func spend(upTo wanted: Int) -> Int {
        let count = min(cells, wanted)
        cells -= count
        return count
    }
}
