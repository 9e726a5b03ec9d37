package import Transcripts

/// A line of a run in which something was found.
package struct SearchHit: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The command itself.
        case command
        case output
        /// A note that output is missing.
        case gap
    }

    package struct Step: Sendable, Equatable {
        /// From 1 on.
        package let number: Int
        package let name: String
    }

    package let entry: HistoryEntry
    package let kind: Kind
    package let text: String

    /// Where the matches are in the text, in bytes of UTF-8.
    package let matches: [Range<Int>]

    /// When the line was there as it is, since the start of the run.
    package let time: Duration
    package let step: Step?

    /// Where the line came from; nil on a terminal, which has but one stream.
    package let stream: OutputStream?

    /// The lines before and after, as many as were asked for and there are.
    package let before: [String]
    package let after: [String]
}

extension RunText {
    /// The lines in which there are matches, first to last, each with so many lines around it.
    func hits(
        _ matcher: any TextMatcher, of entry: HistoryEntry, context: Int
    ) -> [SearchHit] {
        let matches = body.withUnsafeBytes { matcher.matches(in: $0) }
        guard !matches.isEmpty else { return [] }
        let lines = lineRanges
        var hits: [SearchHit] = []
        var line = 0
        var next = 0
        while next < matches.count, line < lines.count {
            guard matches[next].lowerBound < lines[line].upperBound else {
                line += 1
                continue
            }
            let start = lines[line].lowerBound
            let within = matches[next...].prefix { $0.upperBound <= lines[line].upperBound }
                .map { ($0.lowerBound - start)..<($0.upperBound - start) }
            next += max(1, within.count)
            if !within.isEmpty { hits.append(hit(line, within, lines, entry, context)) }
            line += 1
        }
        return hits
    }

    private var lineRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < body.count, ranges.count < marks.count,
            let end = body[start...].firstIndex(of: 0x0a)
        {
            ranges.append(start..<end)
            start = end + 1
        }
        return ranges
    }

    private func hit(
        _ line: Int, _ matches: [Range<Int>], _ lines: [Range<Int>], _ entry: HistoryEntry,
        _ context: Int
    ) -> SearchHit {
        let mark = marks[line]
        let text = { String(decoding: body[lines[$0]], as: UTF8.self) }
        // The first line is the command, which is no context of the output.
        let isOutput = mark.kind != .command
        let before = isOutput ? max(1, line - context)..<max(1, line) : 0..<0
        let after = isOutput ? (line + 1)..<min(lines.count, line + 1 + context) : 0..<0
        return SearchHit(
            entry: entry, kind: mark.hitKind, text: text(line), matches: matches,
            time: .milliseconds(mark.milliseconds),
            step: mark.step.flatMap { number in
                steps.indices.contains(number)
                    ? SearchHit.Step(number: number + 1, name: steps[number]) : nil
            },
            stream: OutputStream(rawValue: mark.stream), before: before.map(text),
            after: after.map(text))
    }
}

extension RunText.Mark {
    fileprivate var hitKind: SearchHit.Kind {
        switch kind {
        case .command: .command
        case .output: .output
        case .gap: .gap
        }
    }
}
