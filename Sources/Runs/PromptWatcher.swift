/// Answers the prompts that rules know, and notices the one that nobody answers.
///
/// It reads the remote program's output as a terminal would show it: both streams, in the order
/// they come. It does no I/O and has no clock: the relay sends the replies and passes the time.
///
/// A rule answers as soon as its pattern matches what has come since the last reply (`^` matches
/// there too), so the replies do not depend on the pieces in which the output comes. The exception
/// are patterns that ask what follows: `$` and `\b` match at the end of a piece as well, because a
/// prompt is followed by nothing. The match that ends first counts; of two, that of the earlier
/// rule. What was matched is used up. A prompt that is only drawn again in its line is not
/// answered again.
///
/// What looks like a prompt is said at `PromptLook`. Besides, there is one where a rule matches
/// that has given all its replies.
package struct PromptWatcher {
    /// Of a longer line only the end is looked at, in bytes.
    private static let longestLine = 1 << 10
    /// Without rules, no more than this of a piece is read, in bytes: more than the longest line.
    private static let longestTail = 2 << 10
    /// Of a quoted prompt, in characters.
    private static let longestQuote = 200

    private let promptTimeout: Duration?
    private var answers: PromptAnswers

    private var text = PromptText()
    /// The unfinished line, left of the cursor.
    private var line: [UInt8] = []
    /// The cursor stands at the line's beginning; what is written next replaces the line.
    private var willRewrite = false

    /// Up to where the line has its answer.
    private var answeredEnd = 0
    /// The prompt in this line that has its answer.
    private var answeredPrompt = ""
    private var wasRewritten = false
    /// Input has come for the prompt in this line, but no line end yet.
    private var isBeingAnswered = false
    /// Lines of input that went ahead of the prompts they answer.
    private var linesAhead = 0

    /// Since when a prompt waits; nil while none does.
    package private(set) var unansweredSince: ContinuousClock.Instant?
    private var unansweredPrompt = ""

    package init(rules: [Rule], promptTimeout: Duration?, lineEnd: LineEnd) {
        self.promptTimeout = promptTimeout
        answers = PromptAnswers(rules, lineEnd: lineEnd)
    }

    /// When the prompt that waits has waited for too long.
    package var deadline: ContinuousClock.Instant? {
        guard let unansweredSince, let promptTimeout else { return nil }
        return unansweredSince + promptTimeout
    }

    /// The prompt that waits, in one line that is safe to print; empty while none does.
    package var quotedPrompt: String {
        guard unansweredPrompt.count > Self.longestQuote else { return unansweredPrompt }
        return "…" + unansweredPrompt.suffix(Self.longestQuote - 1)
    }

    /// Reads what has come, and returns what is to be sent now, in this order.
    package mutating func see(
        _ bytes: UnsafeRawBufferPointer, at now: ContinuousClock.Instant
    ) -> [Reply] {
        var replyInLine = false
        for byte in relevant(bytes) {
            guard let piece = text.advance(byte) else { continue }
            let count = answers.replies.count
            take(piece)
            // The rest of a prompt comes with it.
            if answers.replies.count > count { replyInLine = true }
            if piece == .lineFeed { replyInLine = false }
        }
        let count = answers.replies.count
        answers.pause(line)
        if replyInLine || answers.replies.count > count { settlePrompt() }
        updatePrompt(at: now)
        defer { answers.replies = [] }
        return answers.replies
    }

    /// Somebody typed, or stdin was passed on: a prompt that waits has its answer.
    ///
    /// `lines` is how many line ends the input held. Those that no prompt waits for are taken as
    /// the answers to the next prompts.
    package mutating func noteInputSent(lines: Int) {
        var lines = lines
        if unansweredSince != nil {
            settlePrompt()
            isBeingAnswered = true
        }
        if isBeingAnswered, lines > 0 {
            isBeingAnswered = false
            lines -= 1
        }
        linesAhead += lines
    }

    // MARK: - The line

    /// Without rules, the last line of a large piece is all that can be a prompt.
    private mutating func relevant(
        _ bytes: UnsafeRawBufferPointer
    ) -> Slice<UnsafeRawBufferPointer> {
        guard answers.isEmpty, bytes.count > Self.longestTail else { return bytes[...] }
        let tail = bytes.suffix(Self.longestTail)
        text = PromptText()
        endLine()
        return tail.lastIndex(of: UInt8(ascii: "\n")).map { tail[$0...] } ?? tail
    }

    private mutating func take(_ piece: PromptText.Piece) {
        switch piece {
        case .text(let byte):
            if willRewrite { rewriteLine() }
            line.append(byte)
            answers.take(byte, in: line)
            if line.count > 2 * Self.longestLine { forgetBeginning() }
        case .lineFeed: endLine()
        case .carriageReturn: willRewrite = true
        case .backspace: stepBack()
        }
    }

    private mutating func endLine() {
        answers.end(line)
        beginLine()
        wasRewritten = false
        answeredPrompt = ""
        isBeingAnswered = false
    }

    private mutating func rewriteLine() {
        answers.rewrite()
        beginLine()
        wasRewritten = true
    }

    private mutating func beginLine() {
        line.removeAll(keepingCapacity: true)
        willRewrite = false
        answeredEnd = 0
    }

    private mutating func stepBack() {
        guard !willRewrite else { return }
        while let byte = line.popLast(), byte & 0xc0 == 0x80 {}
        answers.shorten(to: line.count)
        answeredEnd = min(answeredEnd, line.count)
    }

    private mutating func forgetBeginning() {
        let excess = line.count - Self.longestLine
        line.removeFirst(excess)
        answers.forget(excess)
        answeredEnd = max(0, answeredEnd - excess)
    }

    // MARK: - The prompt that waits

    private mutating func updatePrompt(at now: ContinuousClock.Instant) {
        guard let prompt = waitingPrompt else {
            unansweredSince = nil
            unansweredPrompt = ""
            return
        }
        if unansweredSince != nil, prompt == unansweredPrompt { return }
        unansweredSince = now
        unansweredPrompt = prompt
        guard linesAhead > 0 else { return }
        linesAhead -= 1
        settlePrompt()
    }

    /// What the line asks now; nil where it asks nothing.
    private var waitingPrompt: String? {
        let text = line[answeredEnd...]
        guard answers.isAskedInVain || PromptLook.mayAsk(text) else { return nil }
        let prompt = PromptLook.visible(text)
        let isDrawnAgain = wasRewritten && prompt == answeredPrompt
        guard !prompt.isEmpty, !isDrawnAgain else { return nil }
        return answers.isAskedInVain || PromptLook.asks(prompt) ? prompt : nil
    }

    /// What the line says up to now has its answer.
    private mutating func settlePrompt() {
        let prompt = PromptLook.visible(line[answeredEnd...])
        if !prompt.isEmpty { answeredPrompt = prompt }
        answeredEnd = line.count
        wasRewritten = false
        answers.isAskedInVain = false
        unansweredSince = nil
        unansweredPrompt = ""
    }
}
