/// The last lines of a transcript, read from the end of its file.
struct TranscriptEnd {
    private(set) var ending: Ending?
    private(set) var lastTime: Duration?

    /// Looks at a few KiB first; only the end of an interrupted run may be a line longer than that.
    init(descriptor: Int32, size: Int) {
        for length in [4 * 1024, 256 * 1024] {
            let start = max(0, size - length)
            let bytes = readAll(descriptor, from: start, count: size - start)
            if look(at: bytes, isWholeFile: start == 0) || start == 0 { return }
        }
    }

    /// Takes the last event and the one before it; false if there is no whole event in the bytes.
    private mutating func look(at bytes: [UInt8], isWholeFile: Bool) -> Bool {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        // What follows the last line feed is torn, what precedes the first is the end of a line.
        lines.removeLast()
        if !isWholeFile && !lines.isEmpty { lines.removeFirst() }
        guard let last = lines.popLast().flatMap(TranscriptEnd.event) else { return false }
        lastTime = last.time
        guard last.code == .ending else { return true }
        let before = lines.popLast().flatMap(TranscriptEnd.event)
        let status = before?.code == .status ? before.flatMap { Int($0.text) } : nil
        ending = Ending(data: last.data, shellStatus: status)
        return true
    }

    private static func event(_ line: ArraySlice<UInt8>) -> Event? {
        guard case .event(let event) = line.withUnsafeBytes({ Event.parse($0) }) else { return nil }
        return event
    }
}
