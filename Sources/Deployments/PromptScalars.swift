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
    package var isNegated = false
    package var ignoresCase = false

    /// `.`: anything on the line.
    static let anyButLineFeed = PromptScalars(members: [.range("\n"..."\n")], isNegated: true)

    package func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isMember = has(scalar) || (ignoresCase && Self.cases(of: scalar).contains(where: has))
        return isMember != isNegated
    }

    private func has(_ scalar: Unicode.Scalar) -> Bool {
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
        let properties = scalar.properties
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapping in
            let scalars = mapping.unicodeScalars
            return scalars.count == 1 ? scalars.first : nil
        }
    }
}
