/// A set of characters: one of a pattern's literals, its `.`, or what stands in brackets.
package struct PromptScalars: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// `\d`: the ten digits.
        case digit
        /// `\w`: letters and digits of any script, and `_`.
        case word
        /// `\s`: blanks and line ends.
        case space

        package func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .digit: "0"..."9" ~= scalar
            case .word:
                scalar == "_" || scalar.properties.isAlphabetic
                    || scalar.properties.numericType != nil
            case .space: scalar.properties.isWhitespace
            }
        }
    }

    package enum Member: Sendable, Equatable {
        case range(ClosedRange<Unicode.Scalar>)
        case kind(Kind)
        case notKind(Kind)
    }

    package let members: [Member]
    package let isNegated: Bool
    private let ignoresCase: Bool
    /// Which characters of ASCII are in the set, a bit each: most are asked about often.
    private let ascii: (lower: UInt64, upper: UInt64)

    init(members: [Member], isNegated: Bool = false, ignoresCase: Bool = false) {
        self.members = members
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        let has = { (value: UInt8) in
            Self.has(Unicode.Scalar(value), members, ignoresCase: ignoresCase) != isNegated
        }
        ascii = (0..<64 as Range<UInt8>).reduce(into: (0, 0)) { bits, place in
            if has(place) { bits.lower |= 1 << place }
            if has(place + 64) { bits.upper |= 1 << place }
        }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.members == right.members && left.isNegated == right.isNegated
            && left.ignoresCase == right.ignoresCase
    }

    /// `.`: anything on the line.
    static let anyButLineFeed = PromptScalars(members: [.range("\n"..."\n")], isNegated: true)

    package func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<64: ascii.lower >> scalar.value & 1 == 1
        case 64..<128: ascii.upper >> (scalar.value - 64) & 1 == 1
        default: Self.has(scalar, members, ignoresCase: ignoresCase) != isNegated
        }
    }

    private static func has(
        _ scalar: Unicode.Scalar, _ members: [Member], ignoresCase: Bool
    ) -> Bool {
        has(scalar, members)
            || (ignoresCase && cases(of: scalar).contains { has($0, members) })
    }

    private static func has(_ scalar: Unicode.Scalar, _ members: [Member]) -> Bool {
        members.contains { member in
            switch member {
            case .range(let range): range.contains(scalar)
            case .kind(let kind): kind.contains(scalar)
            case .notKind(let kind): !kind.contains(scalar)
            }
        }
    }

    /// The character in upper and lower case, where these are single ones.
    private static func cases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.isASCII {
            // What a pattern is made of, mostly; asking Unicode takes a hundred times as long.
            let isLetter = "a"..."z" ~= scalar || "A"..."Z" ~= scalar
            return [isLetter ? Unicode.Scalar(UInt8(scalar.value) ^ 0x20) : scalar]
        }
        let properties = scalar.properties
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapping in
            let scalars = mapping.unicodeScalars
            return scalars.count == 1 ? scalars.first : nil
        }
    }
}
