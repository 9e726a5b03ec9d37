/// Finds the patterns of rules in a line that grows, and gives their replies.
///
/// The line is `PromptWatcher`'s; it is shown here with each byte, the byte included.
struct PromptAnswers {
    private struct Watch {
        let rule: PromptWatcher.Rule
        var matcher: PromptMatcher
        /// The matcher as it was where the line began, or after the last reply in it.
        var fresh: PromptMatcher
        var replyCount = 0

        var isExhausted: Bool { rule.limit.map { replyCount >= $0 } ?? false }
    }

    private let lineEnd: PromptWatcher.LineEnd
    private var watches: [Watch]
    /// A character of which not all bytes have come.
    private var partial: [UInt8] = []
    private var echo: PromptEcho?
    /// Up to where the matchers began anew in the line.
    private var freshStart = 0
    /// The line was shortened, and the matchers do not know yet.
    private var isShortened = false
    /// The last reply in this line: the rule, and the line as it was.
    private var lastReply: (rule: Int, line: [UInt8])?
    private var wasRewritten = false

    /// What is to be sent, in this order; whoever sends it empties it.
    var replies: [PromptWatcher.Reply] = []
    /// A rule that gives no reply any more matches in this line.
    var isAskedInVain = false

    init(_ rules: [PromptWatcher.Rule], lineEnd: PromptWatcher.LineEnd) {
        self.lineEnd = lineEnd
        watches = rules.map { rule in
            let matcher = PromptMatcher(rule.pattern)
            return Watch(rule: rule, matcher: matcher, fresh: matcher)
        }
    }

    var isEmpty: Bool { watches.isEmpty }

    /// Takes the last byte of `line`.
    mutating func take(_ byte: UInt8, in line: [UInt8]) {
        if isEmpty { return }
        if isShortened { matchAgain(line.dropLast()) }
        guard let shown = echo?.take(byte) else { return decode(byte, in: line) }
        if echo?.isComplete == true {
            echo = nil
            restart(at: line.count)
        }
        for byte in shown { decode(byte, in: line) }
    }

    /// Nothing follows, for now.
    mutating func pause(_ line: [UInt8]) {
        guard !isEmpty, partial.isEmpty, echo?.held.isEmpty ?? true else { return }
        if isShortened { matchAgain(line[...]) }
        let matching = watches.indices.filter { watches[$0].matcher.endsHere() }
        if !matching.isEmpty { answer(matching, line[...]) }
    }

    /// The line ends; `line` is the whole of it.
    mutating func end(_ line: [UInt8]) {
        if isEmpty { return }
        if isShortened { matchAgain(line[...]) }
        // What was held back is not the echo.
        let held = echo?.held ?? []
        echo = nil
        for byte in held { decode(byte, in: line) }
        partial = []
        match("\n", width: 0, in: line)
        for index in watches.indices { watches[index].fresh = watches[index].matcher }
        // What the line end answered was answered in the line that is over.
        echo = nil
        lastReply = nil
        wasRewritten = false
        isAskedInVain = false
        freshStart = 0
    }

    /// The cursor is at the line's beginning, and what stands there is replaced.
    mutating func rewrite() {
        partial = []
        echo = nil
        isShortened = false
        isAskedInVain = false
        wasRewritten = true
        freshStart = 0
        for index in watches.indices { watches[index].matcher = watches[index].fresh }
    }

    /// A character was taken off the line, which has `count` bytes now.
    mutating func shorten(to count: Int) {
        partial = []
        echo = nil
        isShortened = true
        freshStart = min(freshStart, count)
    }

    /// The line has lost `count` bytes at its beginning.
    mutating func forget(_ count: Int) {
        freshStart = max(0, freshStart - count)
    }

    // MARK: - Characters

    /// Puts characters together; what is no UTF-8 matches nothing but classes such as `.`.
    private mutating func decode(_ byte: UInt8, in line: [UInt8]) {
        if byte < 0x80, partial.isEmpty {
            return match(Unicode.Scalar(byte), width: 1, in: line)
        }
        partial.append(byte)
        let isBroken = partial.count > 1 && byte & 0xc0 != 0x80
        guard isBroken || partial.count >= length(of: partial[0]) else { return }
        let width = partial.count
        let scalars = String(decoding: partial, as: UTF8.self).unicodeScalars
        partial = []
        for scalar in scalars { match(scalar, width: width, in: line) }
    }

    /// How many bytes a character has that begins with `byte` (RFC 3629, section 3).
    private func length(of byte: UInt8) -> Int {
        switch byte {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
    }

    /// Shows the next character to every rule; it has `width` bytes in the line.
    private mutating func match(_ scalar: Unicode.Scalar, width: Int, in line: [UInt8]) {
        var matching: [Int] = []
        for index in watches.indices where watches[index].matcher.ends(before: scalar) {
            matching.append(index)
        }
        if !matching.isEmpty { answer(matching, line.dropLast(width)) }
        matching.removeAll()
        for index in watches.indices where watches[index].matcher.take(scalar) {
            matching.append(index)
        }
        if !matching.isEmpty { answer(matching, line[...]) }
    }

    /// After a backspace: brings the matchers to where `line` ends now.
    private mutating func matchAgain(_ line: ArraySlice<UInt8>) {
        isShortened = false
        let rest = String(decoding: line[freshStart...], as: UTF8.self).unicodeScalars
        for index in watches.indices {
            watches[index].matcher = watches[index].fresh
            for scalar in rest {
                _ = watches[index].matcher.ends(before: scalar)
                _ = watches[index].matcher.take(scalar)
            }
        }
    }

    // MARK: - Replies

    /// Gives the reply of the first of the `matching` rules that has one left.
    private mutating func answer(_ matching: [Int], _ line: ArraySlice<UInt8>) {
        guard let index = matching.first(where: { !watches[$0].isExhausted }) else {
            isAskedInVain = true
            return
        }
        if wasRewritten, let lastReply, lastReply.rule == index, lastReply.line[...] == line {
            return restart(at: line.count)
        }
        let rule = watches[index].rule
        let bytes = rule.bytes
        watches[index].replyCount += 1
        replies.append(
            PromptWatcher.Reply(
                rule: index, isSecret: rule.isSecret, bytes: Secret(bytes + [lineEnd.byte])))
        restart(at: line.count)
        echo = lineEnd == .carriageReturn ? PromptEcho(of: bytes) : nil
        lastReply = (index, Array(line))
        wasRewritten = false
    }

    /// What comes next belongs to no match that has begun.
    private mutating func restart(at count: Int) {
        freshStart = count
        for index in watches.indices {
            watches[index].matcher.restart()
            watches[index].fresh = watches[index].matcher
        }
    }
}
