internal import Deployments

/// Looks for a pattern in text that comes character by character, and says where a match ends first.
///
/// It keeps the places of the program at which a match that began somewhere may stand, and nothing
/// of the text: so it cannot matter in what pieces the text came.
struct PromptMatcher {
    private let program: [PromptPattern.Instruction]
    /// Where matches stand: before a character, or before an assertion about the next one.
    private var places: [Int] = []
    private var hasOpenAssertion = false
    /// nil at the beginning, which counts as that of a line.
    private var previous: Unicode.Scalar?
    /// No match has begun: only a character that begins one changes anything.
    private var isIdle = false
    /// For each ASCII character, whether a match can begin with it within a line.
    private var canBegin: [Bool] = []
    private var walk: Walk

    init(_ pattern: PromptPattern) {
        program = pattern.program
        walk = Walk(count: program.count)
        previous = "x"
        _ = settle([0], next: .unknown)
        canBegin = (0..<0x80).map { byte in
            places.contains { place in
                guard case .one(let scalars) = program[place] else { return false }
                return scalars.contains(Unicode.Scalar(UInt8(byte)))
            }
        }
        restart()
    }

    /// Forgets what came: the text begins here, and so does a line.
    mutating func restart() {
        previous = nil
        isIdle = false
        _ = settle([0], next: .unknown)
    }

    /// A match ends here if `scalar` is what follows, as `$` and `\b` can only say then.
    mutating func ends(before scalar: Unicode.Scalar) -> Bool {
        hasOpenAssertion && settle(places, next: .scalar(scalar))
    }

    /// A match ends here if nothing follows.
    func endsHere() -> Bool {
        guard hasOpenAssertion else { return false }
        var ahead = self
        return ahead.settle(places, next: .end)
    }

    /// Takes the next character, after `ends(before:)`; true where a match ends with it.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if isIdle, scalar.isASCII, scalar != "\n", !canBegin[Int(scalar.value)] {
            previous = scalar
            return false
        }
        var starts: [Int] = []
        for place in places {
            if case .one(let scalars) = program[place], scalars.contains(scalar) {
                starts.append(place + 1)
            }
        }
        previous = scalar
        let hasBegun = !starts.isEmpty
        // The next match may begin anywhere.
        starts.append(0)
        let isMatch = settle(starts, next: .unknown)
        isIdle = !hasBegun && !hasOpenAssertion && scalar != "\n"
        return isMatch
    }

    // MARK: - Steps that take no character

    private enum Next {
        case unknown
        case end
        case scalar(Unicode.Scalar)
    }

    /// Follows the program up to the next characters; true where the end of the pattern is reached.
    private mutating func settle(_ starts: [Int], next: Next) -> Bool {
        places.removeAll(keepingCapacity: true)
        hasOpenAssertion = false
        walk.begin(starts)
        var isMatch = false
        while let place = walk.step() {
            switch program[place] {
            case .accept: isMatch = true
            case .one: places.append(place)
            case .jump(let target): walk.visit(target)
            case .split(let first, let second):
                walk.visit(first)
                walk.visit(second)
            case .assertion(let assertion):
                switch holds(assertion, next: next) {
                case true?: walk.visit(place + 1)
                case false?: break
                case nil:
                    places.append(place)
                    hasOpenAssertion = true
                }
            }
        }
        return isMatch
    }

    /// Whether `assertion` holds between `previous` and `next`; nil if that is still to be seen.
    private func holds(_ assertion: PromptPattern.Assertion, next: Next) -> Bool? {
        if case .lineStart = assertion { return previous == nil || previous == "\n" }
        let following: Unicode.Scalar?
        switch next {
        case .unknown: return nil
        case .end: following = nil
        case .scalar(let scalar): following = scalar
        }
        let isBoundary = isWord(previous) != isWord(following)
        switch assertion {
        case .lineStart, .lineEnd: return following == nil || following == "\n"
        case .wordBoundary: return isBoundary
        case .noWordBoundary: return !isBoundary
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map(PromptScalars.Kind.word.contains) ?? false
    }
}

/// Visits each place of a program at most once.
private struct Walk {
    private var round: UInt64 = 0
    private var rounds: [UInt64]
    private var waiting: [Int] = []

    init(count: Int) {
        rounds = Array(repeating: 0, count: count)
    }

    mutating func begin(_ starts: [Int]) {
        round += 1
        waiting.removeAll(keepingCapacity: true)
        for start in starts { visit(start) }
    }

    mutating func visit(_ place: Int) {
        guard rounds[place] != round else { return }
        rounds[place] = round
        waiting.append(place)
    }

    mutating func step() -> Int? {
        waiting.popLast()
    }
}
