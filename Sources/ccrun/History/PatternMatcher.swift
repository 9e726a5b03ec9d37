internal import Deployments
internal import History

/// Finds matches of a regular expression, without regard to case.
///
/// By the machine that prompts are found with, since somebody who searches waits as well: it does not
/// go back, so that its time is the length of the text times that of the pattern, whatever both are.
/// Of the matches the first one counts, and of those that begin there the longest; only on a line where
/// looking for longer ones takes many times its length the shortest.
struct PatternMatcher: TextMatcher {
    /// A longer line is looked at up to here, in bytes.
    static let longestLine = 16 << 10
    /// How many times a line's length may be spent on looking for longer matches than were found.
    private static let patience = 8

    private let program: [PromptPattern.Instruction]
    private let sieve: LineSieve
    let requiredText: String?

    /// Throws `PromptPattern.Problem` for what is no pattern, or would match everything.
    init(_ text: String) throws(PromptPattern.Problem) {
        program = try PromptPattern("(?i)\(text)").program
        sieve = LineSieve(program)
        requiredText = RequiredText(program).longest
    }

    func matches(in lines: UnsafeRawBufferPointer) -> [Range<Int>] {
        var found: [Range<Int>] = []
        eachMatch(in: lines) {
            found.append($0)
            return true
        }
        return found
    }

    func hasMatch(in lines: UnsafeRawBufferPointer) -> Bool {
        var hasMatch = false
        eachMatch(in: lines) { _ in
            hasMatch = true
            return false
        }
        return hasMatch
    }

    private func eachMatch(
        in lines: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Bool
    ) {
        var threads = Threads(program)
        var start = 0
        while let line = sieve.nextLine(in: lines, from: start) {
            for match in matches(inLine: UnsafeRawBufferPointer(rebasing: lines[line]), &threads) {
                let place =
                    (match.lowerBound + line.lowerBound)..<(match.upperBound + line.lowerBound)
                guard body(place) else { return }
            }
            start = line.upperBound + 1
        }
    }

    private func matches(
        inLine line: UnsafeRawBufferPointer, _ threads: inout Threads
    ) -> [Range<Int>] {
        let text = String(decoding: line.prefix(Self.longestLine), as: UTF8.self)
        let scalars = Array(text.unicodeScalars)
        var found: [Range<Int>] = []
        var place = 0
        var bytes = 0
        var patience = Self.patience * scalars.count
        while let match = threads.firstMatch(in: scalars, from: place, &patience) {
            bytes += scalars[place..<match.lowerBound].reduce(0) { $0 + UTF8.width($1) }
            let length = scalars[match].reduce(0) { $0 + UTF8.width($1) }
            found.append(bytes..<(bytes + length))
            bytes += length
            place = match.upperBound
        }
        return found
    }
}

/// The places of the program at which matches may stand, and where each of them has begun.
private struct Threads {
    private let program: [PromptPattern.Instruction]
    private var places: [Int] = []
    private var starts: [Int] = []
    private var seen: [Int]
    private var round = 1
    private var waiting: [Int] = []
    /// Where a match that ends here has begun.
    private var accepted: Int?

    init(_ program: [PromptPattern.Instruction]) {
        self.program = program
        seen = Array(repeating: 0, count: program.count)
    }

    /// The first match from a place on; of those that begin there the longest that `patience`, in
    /// characters, suffices for.
    mutating func firstMatch(
        in text: [Unicode.Scalar], from first: Int, _ patience: inout Int
    ) -> Range<Int>? {
        var best: Range<Int>?
        clear()
        for place in first...text.count {
            let before = place > 0 ? text[place - 1] : nil
            let after = place < text.count ? text[place] : nil
            // A match that begins later than one that was found is not wanted.
            if best == nil { add(0, start: place, before: before, after: after) }
            if let start = accepted, start <= best?.lowerBound ?? start { best = start..<place }
            guard let after else { break }
            if best != nil, places.isEmpty || patience <= 0 { break }
            if best != nil { patience -= 1 }
            step(over: after, before: after, after: place + 1 < text.count ? text[place + 1] : nil)
            if let limit = best?.lowerBound { drop(after: limit) }
        }
        return best.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func clear() {
        round += 1
        places.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        accepted = nil
    }

    private mutating func step(
        over scalar: Unicode.Scalar, before: Unicode.Scalar, after: Unicode.Scalar?
    ) {
        let (old, begun) = (places, starts)
        clear()
        // In the order in which they have begun, so that the earliest keeps each place.
        for (place, start) in zip(old, begun) {
            if case .one(let scalars) = program[place], scalars.contains(scalar) {
                add(place + 1, start: start, before: before, after: after)
            }
        }
    }

    private mutating func drop(after limit: Int) {
        guard starts.contains(where: { $0 > limit }) else { return }
        let kept = zip(places, starts).filter { $1 <= limit }
        places = kept.map(\.0)
        starts = kept.map(\.1)
    }

    /// Follows the program from a place up to the next characters.
    mutating func add(
        _ place: Int, start: Int, before: Unicode.Scalar?, after: Unicode.Scalar?
    ) {
        waiting.append(place)
        while let place = waiting.popLast() {
            guard seen[place] != round else { continue }
            seen[place] = round
            switch program[place] {
            case .accept: accepted = min(accepted ?? start, start)
            case .one:
                places.append(place)
                starts.append(start)
            case .jump(let target): waiting.append(target)
            case .split(let first, let second): waiting += [second, first]
            case .assertion(let assertion):
                if Self.holds(assertion, before, after) { waiting.append(place + 1) }
            }
        }
    }

    private static func holds(
        _ assertion: PromptPattern.Assertion, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
    ) -> Bool {
        let isBoundary = isWord(before) != isWord(after)
        return switch assertion {
        case .lineStart: before == nil
        case .lineEnd: after == nil
        case .wordBoundary: isBoundary
        case .noWordBoundary: !isBoundary
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map(PromptScalars.Kind.word.contains) ?? false
    }
}

/// What every match of a program has in it, one character after the other.
private struct RequiredText {
    /// The longest such text of three characters and more.
    private(set) var longest: String?
    private var current = ""

    init(_ program: [PromptPattern.Instruction]) {
        var place = 0
        while place < program.count {
            switch program[place] {
            case .one(let scalars):
                if let scalar = scalars.only {
                    current.unicodeScalars.append(scalar)
                } else {
                    end()
                }
                place += 1
            case .assertion: place += 1
            case .split(_, let other):
                // What may be left out or repeated, or is one of several, is passed over.
                end()
                guard other > place, other <= program.count else { return }
                place = Self.end(of: place, other, program)
            case .jump, .accept:
                end()
                place += 1
            }
        }
        end()
    }

    /// Behind the last branch, if it is a choice: each branch but the last ends in a jump there.
    private static func end(
        of split: Int, _ other: Int, _ program: [PromptPattern.Instruction]
    ) -> Int {
        guard case .jump(let target) = program[other - 1], target > other else { return other }
        return target
    }

    private mutating func end() {
        if current.unicodeScalars.count >= 3,
            current.unicodeScalars.count > longest?.unicodeScalars.count ?? 0
        {
            longest = current
        }
        current = ""
    }
}

extension PromptScalars {
    /// The character, where it is a single one of ASCII.
    fileprivate var only: Unicode.Scalar? {
        guard !isNegated, members.count == 1, case .range(let range) = members[0],
            range.lowerBound == range.upperBound, range.lowerBound.isASCII
        else { return nil }
        return range.lowerBound
    }
}
