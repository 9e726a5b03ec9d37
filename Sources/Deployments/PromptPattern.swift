/// A regular expression for a prompt, as the program of a machine without backtracking.
///
/// The machine is Thompson's (R. Cox, *Regular Expression Matching: the Virtual Machine Approach*):
/// its time is the length of the text times that of the pattern, whatever both are. The text comes
/// from a remote program while the relay waits, and with Swift's `Regex` a pattern such as
/// `(\w+ )+:` takes minutes for a line of twenty characters.
///
/// Understood are literals, `.`, `[…]`, `\d \w \s` and their opposites, `\b \B`, `\t \n \r`,
/// `\xHH \uHHHH`, `^` and `$` (of a line), groups, `|`, `* + ? {n} {n,} {n,m}` (lazy ones as well)
/// and `(?i)`. Not understood are references to groups and look-around.
package struct PromptPattern: Sendable {
    /// Why a text is no pattern.
    package struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }

    /// What holds between two characters.
    package enum Assertion: Sendable {
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary
    }

    package enum Instruction: Sendable {
        case one(PromptScalars)
        case assertion(Assertion)
        case split(Int, Int)
        case jump(Int)
        case accept
    }

    /// Far more than a prompt needs: it bounds the time a character takes.
    private static let mostInstructions = 2000

    private(set) package var program: [Instruction] = []

    /// Throws for a text that is no regular expression, holds what is not understood, or matches
    /// the empty text, as that would answer everything.
    package init(_ text: String) throws(Problem) {
        try emit(try PromptSyntax.parse(text))
        program.append(.accept)
        guard !matchesNothing else { throw Problem(reason: "it matches the empty text") }
    }

    // MARK: - From syntax to program

    private mutating func emit(_ node: PromptSyntax.Node) throws(Problem) {
        guard program.count < Self.mostInstructions else {
            throw Problem(reason: "it is too long, its repetitions written out")
        }
        switch node {
        case .one(let scalars): program.append(.one(scalars))
        case .assertion(let assertion): program.append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let nodes): try emitChoice(nodes)
        case .repetition(let node, let atLeast, let atMost):
            for _ in 0..<atLeast { try emit(node) }
            guard let atMost else { return try emitLoop(node) }
            var splits: [Int] = []
            for _ in atLeast..<atMost {
                splits.append(reserve())
                try emit(node)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }

    private mutating func emitLoop(_ node: PromptSyntax.Node) throws(Problem) {
        let start = reserve()
        try emit(node)
        program.append(.jump(start))
        program[start] = .split(start + 1, program.count)
    }

    private mutating func emitChoice(_ nodes: [PromptSyntax.Node]) throws(Problem) {
        var jumps: [Int] = []
        for node in nodes.dropLast() {
            let split = reserve()
            try emit(node)
            jumps.append(reserve())
            program[split] = .split(split + 1, program.count)
        }
        if let last = nodes.last { try emit(last) }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    /// Room for an instruction whose target is not known yet.
    private mutating func reserve() -> Int {
        program.append(.accept)
        return program.count - 1
    }

    /// The end is reached without a character, were all assertions to hold.
    private var matchesNothing: Bool {
        var waiting = [0]
        var seen = Set(waiting)
        while let place = waiting.popLast() {
            let targets: [Int]
            switch program[place] {
            case .accept: return true
            case .one: targets = []
            case .assertion: targets = [place + 1]
            case .split(let first, let second): targets = [first, second]
            case .jump(let target): targets = [target]
            }
            waiting += targets.filter { seen.insert($0).inserted }
        }
        return false
    }
}
