/// Finds in a text what is looked for, line by line.
///
/// Matches lie within one line, and are not empty.
package protocol TextMatcher {
    /// A text without regard to case that every line with a match has, or nil where there is none.
    ///
    /// By it the index tells which runs are worth a look.
    var requiredText: String? { get }

    /// Where the matches are in lines of UTF-8, in bytes, first to last.
    func matches(in lines: UnsafeRawBufferPointer) -> [Range<Int>]

    /// Whether there are any.
    func hasMatch(in lines: UnsafeRawBufferPointer) -> Bool
}

/// Finds a text without regard to case.
package struct PlainTextMatcher: TextMatcher {
    private let text: String
    /// Nil where the text is not ASCII, and its case takes more than a bit.
    private let ascii: [UInt8]?
    private let scalars: [Unicode.Scalar]

    /// Nil for a text that is empty or has several lines, as that can be found nowhere.
    package init?(_ text: String) {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" })
        else { return nil }
        self.text = text
        let folded = text.unicodeScalars.map(Self.folded)
        scalars = folded
        ascii =
            text.utf8.allSatisfy { $0 < 0x80 } ? folded.map { UInt8($0.value) } : nil
    }

    package var requiredText: String? { text }

    package func matches(in lines: UnsafeRawBufferPointer) -> [Range<Int>] {
        guard let ascii else { return wideMatches(in: lines) }
        var found: [Range<Int>] = []
        while let next = Self.firstMatch(of: ascii, in: lines, from: found.last?.upperBound ?? 0) {
            found.append(next)
        }
        return found
    }

    package func hasMatch(in lines: UnsafeRawBufferPointer) -> Bool {
        guard let ascii else { return !wideMatches(in: lines).isEmpty }
        return Self.firstMatch(of: ascii, in: lines, from: 0) != nil
    }

    private static func firstMatch(
        of text: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Range<Int>? {
        text.withUnsafeBufferPointer { text in
            let (first, count) = (text[0], text.count)
            var position = start
            while position + count <= bytes.count {
                guard lower(bytes[position]) == first else {
                    position += 1
                    continue
                }
                var matched = 1
                while matched < count, lower(bytes[position + matched]) == text[matched] {
                    matched += 1
                }
                if matched == count { return position..<(position + count) }
                position += 1
            }
            return nil
        }
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    // MARK: - Beyond ASCII

    private func wideMatches(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var (characters, places): ([Unicode.Scalar], [Int]) = ([], [])
        var place = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            characters.append(Self.folded(scalar))
            places.append(place)
            place += UTF8.width(scalar)
        }
        places.append(place)
        var position = 0
        while position + scalars.count <= characters.count {
            let end = position + scalars.count
            if characters[position] == scalars[0], characters[position..<end].elementsEqual(scalars)
            {
                found.append(places[position]..<places[end])
                position = end
            } else {
                position += 1
            }
        }
        return found
    }

    /// The small letter of a character, where that is a single one.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.isASCII { return Unicode.Scalar(lower(UInt8(scalar.value))) }
        let mapping = scalar.properties.lowercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping.first ?? scalar : scalar
    }
}

/// A question to the trigrams of the index.
enum TrigramQuery {
    /// How many trigrams are asked for: more tell hardly more, and take time.
    private static let most = 24

    /// What all texts match that have `text`, without regard to case; nil where trigrams cannot tell.
    ///
    /// Those with letters beyond ASCII that have a case are left out: SQLite folds them by rules of
    /// its own.
    static func text(_ text: String) -> String? {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count >= 3 else { return nil }
        let all = (0...(scalars.count - 3)).map { scalars[$0..<($0 + 3)] }.filter { trigram in
            trigram.allSatisfy { ($0.isASCII && $0.value >= 0x20) || !$0.isASCII && !$0.isCased }
        }
        guard !all.isEmpty else { return nil }
        let step = max(1, (all.count + most - 1) / most)
        return stride(from: 0, to: all.count, by: step).map { place in
            var trigram = String.UnicodeScalarView()
            trigram.append(contentsOf: all[place])
            return "\"\(String(trigram).replacing("\"", with: "\"\""))\""
        }.joined(separator: " AND ")
    }
}

extension Unicode.Scalar {
    fileprivate var isCased: Bool { properties.isCased || properties.changesWhenCaseMapped }
}
