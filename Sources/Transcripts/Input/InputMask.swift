/// Keeps out of the recorded input what was typed for no one to see.
///
/// A client cannot know whether the far terminal echoes. So a line is recorded once all of it has
/// come back, in its order and with nothing between but what editing a line prints; and never where
/// it was typed at a prompt for a secret. What is not recorded leaves `[masked]`, whatever its length.
struct InputMask {
    /// What stands for a line that was not recorded.
    static let tag = Array("[masked]".utf8)

    /// Typed bytes that wait for their echo; what is beyond is not recorded.
    private static let mostWaiting = 64 << 10

    private struct Line {
        /// As it was typed, its end included.
        var bytes: [UInt8] = []
        /// What the terminal prints of it if it echoes.
        var echo: [UInt8] = []
        var matched = 0
        var end: UInt8?
        var isMasked = false

        var isSeen: Bool { matched == echo.count }
    }

    private var lines: [Line] = []
    private var waiting = 0
    private var typedSequences = SequenceSkipper()
    private var shownSequences = SequenceSkipper()
    private var prompt = SecretPrompt()
    /// Whether the last thing shown was a backspace: the blank behind it wipes a character out.
    private var isErasing = false
    /// Whether the line feed that a line's end echoes as is still to come.
    private var awaitsLineFeed = false

    /// Takes what was typed, and hands on what may be recorded by now.
    mutating func typed(_ bytes: UnsafeRawBufferPointer, _ pass: (UnsafeRawBufferPointer) -> Void) {
        for byte in bytes {
            if lines.last.map({ $0.end != nil }) ?? true {
                lines.append(Line())
                if lines.count == 1 { lines[0].isMasked = prompt.asksForSecret }
            }
            append(byte, to: lines.count - 1)
        }
        settle(pass)
    }

    /// Takes what the far terminal printed, and hands on what may be recorded by now.
    mutating func shown(_ bytes: UnsafeRawBufferPointer, _ pass: (UnsafeRawBufferPointer) -> Void) {
        for byte in bytes where !shownSequences.skips(byte) {
            match(byte, pass)
            prompt.take(byte)
        }
        guard !lines.isEmpty else { return }
        if lines[0].matched == 0, prompt.asksForSecret { lines[0].isMasked = true }
        settle(pass)
    }

    /// Hands on what is left at the end of a run; what has not come back by then, did not echo.
    mutating func finish(_ pass: (UnsafeRawBufferPointer) -> Void) {
        if typedSequences.isOpen, !lines.isEmpty { lines[lines.count - 1].isMasked = true }
        for line in lines { release(line, pass) }
        lines.removeAll()
    }

    // MARK: - Private

    private mutating func append(_ byte: UInt8, to last: Int) {
        let endsLine = Self.lineEnds.contains(byte)
        // Keys send no strings, and no sequence that a line's end cuts off; where there seems to be one,
        // nobody knows what of the line echoes.
        if typedSequences.isOpen && endsLine || typedSequences.isInString {
            lines[last].isMasked = true
        }
        if endsLine { typedSequences = SequenceSkipper() }
        let isSequence = typedSequences.skips(byte)
        if endsLine { lines[last].end = byte }
        guard waiting < Self.mostWaiting else {
            lines[last].isMasked = true
            return
        }
        waiting += 1
        lines[last].bytes.append(byte)
        if !isSequence, !endsLine, byte >= 0x20, byte != 0x7f { lines[last].echo.append(byte) }
    }

    /// CR and LF, and what ends a line without them: interrupt, end of file, quit, stop.
    private static let lineEnds: Set<UInt8> = [0x0d, 0x0a, 0x03, 0x04, 0x1c, 0x1a]

    /// Compares a byte on the screen with the oldest line that waits for its echo.
    private mutating func match(_ byte: UInt8, _ pass: (UnsafeRawBufferPointer) -> Void) {
        defer { isErasing = byte == 0x08 }
        if byte == 0x0a, awaitsLineFeed {
            awaitsLineFeed = false
            return
        }
        guard let line = lines.first, !line.isSeen, !line.isMasked else { return }
        switch byte {
        case 0x0a: lines[0].isMasked = true
        case 0x20 where isErasing: break
        case 0x00...0x1f, 0x7f: break
        case line.echo[line.matched]:
            lines[0].matched += 1
            // The line behind it, typed ahead, echoes in the same go.
            if lines[0].isSeen, line.end != nil { settle(pass) }
        default: lines[0].isMasked = true
        }
    }

    /// Releases the lines that are decided, the oldest first.
    private mutating func settle(_ pass: (UnsafeRawBufferPointer) -> Void) {
        while let line = lines.first, line.end != nil, line.isMasked || line.isSeen {
            lines.removeFirst()
            waiting -= line.bytes.count
            awaitsLineFeed = !line.isMasked && (line.end == 0x0d || line.end == 0x0a)
            release(line, pass)
            if !lines.isEmpty, prompt.asksForSecret { lines[0].isMasked = true }
        }
    }

    private func release(_ line: Line, _ pass: (UnsafeRawBufferPointer) -> Void) {
        let isHidden = line.isMasked || !line.isSeen
        let bytes = isHidden ? Self.tag + (line.end.map { [$0] } ?? []) : line.bytes
        bytes.withUnsafeBytes(pass)
    }
}
