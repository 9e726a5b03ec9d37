/// Reads the text of a regular expression; what it accepts is said at `PromptPattern`.
struct PromptSyntax {
    indirect enum Node {
        case one(PromptScalars)
        case assertion(PromptPattern.Assertion)
        case sequence([Node])
        case choice([Node])
        /// Without a greatest number where `atMost` is nil.
        case repetition(Node, atLeast: Int, atMost: Int?)
    }

    /// Deeper than any pattern that a person writes.
    private static let deepestGroup = 50
    /// The greatest number in braces.
    private static let mostRepetitions = 200

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase = false

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    static func parse(_ text: String) throws(PromptPattern.Problem) -> Node {
        var syntax = PromptSyntax(text)
        let node = try syntax.choice()
        guard syntax.next == nil else { throw problem("a \")\" closes nothing") }
        return node
    }

    // MARK: - Alternatives, sequences, repetitions

    private mutating func choice() throws(PromptPattern.Problem) -> Node {
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(PromptPattern.Problem) -> Node {
        var nodes: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let node = try atom()
            guard let (atLeast, atMost) = try quantifier() else {
                nodes.append(node)
                continue
            }
            if case .assertion = node { throw Self.problem("there is nothing to repeat") }
            nodes.append(.repetition(node, atLeast: atLeast, atMost: atMost))
            // Only where a match ends first counts, and that is the same for a lazy repetition.
            _ = take("?")
            let another = try quantifier()
            if another != nil {
                throw Self.problem("a repetition of a repetition is not supported")
            }
        }
        return .sequence(nodes)
    }

    private mutating func quantifier() throws(PromptPattern.Problem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        let atLeast = number()
        let atMost = take(",") ? number() : atLeast
        guard take("}"), let atLeast else {
            // Braces without numbers are text.
            position = start
            return nil
        }
        let isOpen = scalars[position - 2] == ","
        guard max(atLeast, atMost ?? 0) <= Self.mostRepetitions else {
            throw Self.problem("more than \(Self.mostRepetitions) repetitions are not supported")
        }
        guard isOpen || atLeast <= atMost ?? atLeast else {
            throw Self.problem("the numbers in braces are in the wrong order")
        }
        return (atLeast, isOpen ? nil : atMost)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, "0"..."9" ~= scalar {
            // Cut at a number that is refused anyway.
            value = min((value ?? 0) * 10 + Int(scalar.value) - 0x30, 100_000)
            position += 1
        }
        return value
    }

    // MARK: - Atoms

    private mutating func atom() throws(PromptPattern.Problem) -> Node {
        guard let scalar = next else { return .sequence([]) }
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .one(try brackets())
        case ".": return .one(.anyButLineFeed)
        case "^": return .assertion(.lineStart)
        case "$": return .assertion(.lineEnd)
        case "\\": return try escape()
        case "*", "+", "?": throw Self.problem("there is nothing to repeat")
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> Node {
        .one(PromptScalars(members: [.range(scalar...scalar)], ignoresCase: ignoresCase))
    }

    private mutating func group() throws(PromptPattern.Problem) -> Node {
        depth += 1
        guard depth <= Self.deepestGroup else { throw Self.problem("too many nested groups") }
        let outerCase = ignoresCase
        if take("?"), try options() { return .sequence([]) }
        let node = try choice()
        guard take(")") else { throw Self.problem("a \"(\" is not closed") }
        ignoresCase = outerCase
        depth -= 1
        return node
    }

    /// Reads what follows `(?`; true for `(?i)`, which is no group: it holds up to the end of its own.
    private mutating func options() throws(PromptPattern.Problem) -> Bool {
        if take(":") { return false }
        if take("i") {
            ignoresCase = true
            if take(":") { return false }
            guard take(")") else { throw Self.problem("of the options only (?i) is supported") }
            depth -= 1
            return true
        }
        _ = take("P")
        guard take("<"), let scalar = next, scalar != "=", scalar != "!" else {
            throw Self.problem("look-around and options other than (?i) are not supported")
        }
        while let scalar = next, scalar != ">", scalar != ")" { position += 1 }
        guard take(">") else { throw Self.problem("the name of a group is not closed") }
        return false
    }

    private mutating func brackets() throws(PromptPattern.Problem) -> PromptScalars {
        let isNegated = take("^")
        var members: [PromptScalars.Member] = []
        while let scalar = next, scalar != "]" || members.isEmpty {
            if scalar == "[", position + 1 < scalars.count, scalars[position + 1] == ":" {
                throw Self.problem("classes such as [:alpha:] are not supported")
            }
            let first = try member()
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                members.append(first)
                continue
            }
            position += 1
            guard case .range(let lower) = first, case .range(let upper) = try member(),
                lower.lowerBound <= upper.lowerBound
            else { throw Self.problem("a range in brackets is in the wrong order") }
            members.append(.range(lower.lowerBound...upper.lowerBound))
        }
        guard take("]") else { throw Self.problem("a \"[\" is not closed") }
        return PromptScalars(members: members, isNegated: isNegated, ignoresCase: ignoresCase)
    }

    private mutating func member() throws(PromptPattern.Problem) -> PromptScalars.Member {
        guard let scalar = next else { throw Self.problem("a \"[\" is not closed") }
        position += 1
        return scalar == "\\" ? try escapedMember() : .range(scalar...scalar)
    }

    private mutating func escape() throws(PromptPattern.Problem) -> Node {
        if take("b") { return .assertion(.wordBoundary) }
        if take("B") { return .assertion(.noWordBoundary) }
        return .one(PromptScalars(members: [try escapedMember()], ignoresCase: ignoresCase))
    }

    /// What follows a backslash, within brackets or outside.
    private mutating func escapedMember() throws(PromptPattern.Problem) -> PromptScalars.Member {
        guard let scalar = next else { throw Self.problem("it ends in a backslash") }
        position += 1
        if let known = Self.escapes[scalar] { return known }
        switch scalar {
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        case "1"..."9": throw Self.problem("references to groups are not supported")
        case "0", "a"..."z", "A"..."Z":
            throw Self.problem("the escape \"\\\(scalar)\" is not supported")
        default: return .range(scalar...scalar)
        }
    }

    private mutating func hexadecimal(
        digits count: Int
    ) throws(PromptPattern.Problem) -> PromptScalars.Member {
        let digits = String(String.UnicodeScalarView(scalars[position...].prefix(count)))
        guard digits.utf8.count == count, let value = UInt32(digits, radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw Self.problem("\"\\x\" takes two and \"\\u\" four hexadecimal digits") }
        position += count
        return .range(scalar...scalar)
    }

    private static let escapes: [Unicode.Scalar: PromptScalars.Member] = [
        "d": .kind(.digit), "w": .kind(.word), "s": .kind(.space),
        "D": .notKind(.digit), "W": .notKind(.word), "S": .notKind(.space),
        "t": .range("\t"..."\t"), "n": .range("\n"..."\n"), "r": .range("\r"..."\r"),
    ]

    // MARK: - The text

    private var next: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private static func problem(_ reason: String) -> PromptPattern.Problem {
        PromptPattern.Problem(reason: reason)
    }
}
