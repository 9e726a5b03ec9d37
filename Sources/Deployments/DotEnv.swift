/// A file of `KEY=VALUE` lines, read as python-dotenv does (its `parser.py`, versions 0.21 to 1.2).
///
///     export KEY=value with blanks   # a comment; blanks around "=" and the value do not count
///     SINGLE='as it is, on as many lines as it likes; \' and \\ only'
///     DOUBLE="with \n \t \" \\ and \a \b \f \r \v"
///     URL=postgres://${DB_USER:-shop}@db/shop
///     NOTHING
///
/// A later value of a key wins, and a key without `=` is not set. `${NAME}` stands for a value above
/// or else of the environment, in any quotes (see `DotEnvExpansion`). Unlike python-dotenv this takes
/// a byte order mark off, counts no blanks but those of ASCII, and wants keys that sh can export.
package struct DotEnv {
    /// What is wrong with the statement that begins in a line, counted from 1.
    package struct Problem: Error, Equatable {
        package enum Kind: Sendable {
            /// It is not dotenv syntax.
            case malformed
            /// With it the values have more than 2 MiB together, which no program can be given.
            case tooLarge
        }

        package let kind: Kind
        package let line: Int
    }

    /// In bytes: Linux has so much room for arguments and environment (execve(2), ARG_MAX), and lines
    /// that refer to those above could double each other without end.
    private static let mostBytes = 2 << 20

    private let bytes: [UInt8]
    private var place = 0
    /// The line of `place`, while a statement begins there.
    private var line = 1
    private var statementLine = 1

    /// Reads text whose lines end in newlines, carriage returns or both.
    private init(_ text: String) {
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte != UInt8(ascii: "\n") || last != UInt8(ascii: "\r") {
                bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
            }
            last = byte
        }
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }
    }

    /// Returns the variables of a file's text, each name once.
    ///
    /// Throws `malformed` for what cannot be read, or has a key that is not letters, digits and `_`.
    package static func variables(
        in text: String, environment: [String: String]
    ) throws(Problem) -> [EnvironmentVariable] {
        var file = DotEnv(text)
        var left = mostBytes
        var names: [String] = []
        var known: [String: String?] = [:]
        while let (name, value) = try file.nextStatement() {
            var expanded: String?
            if let value {
                expanded = DotEnvExpansion.expanded(value, limit: left) { wanted in
                    // What was named without a value counts as set to nothing.
                    if let value = known[wanted] { value ?? "" } else { environment[wanted] }
                }
                guard let expanded else { throw Problem(kind: .tooLarge, line: file.statementLine) }
                left -= expanded.utf8.count
            }
            if known.updateValue(expanded, forKey: name) == nil { names.append(name) }
        }
        return names.compactMap { name in
            known[name]?.map { EnvironmentVariable(name: name, value: $0) }
        }
    }

    // MARK: - Statements

    private mutating func nextStatement() throws(Problem) -> (name: String, value: String?)? {
        while true {
            let end = place
            skip { Self.isBlank($0) || $0 == UInt8(ascii: "\n") }
            countLines(from: end)
            if place == bytes.count { return nil }
            statementLine = line
            let start = place
            defer { countLines(from: start) }
            do {
                skipExport()
                if next != UInt8(ascii: "#") { return try assignment() }
                skipRestOfLine()
            } catch {
                throw Problem(kind: .malformed, line: line)
            }
        }
    }

    private mutating func countLines(from start: Int) {
        line += bytes[start..<place].count { $0 == UInt8(ascii: "\n") }
    }

    private struct NotDotEnv: Error {}

    private mutating func skipExport() {
        let word = Array("export".utf8)
        guard bytes[place...].starts(with: word), place + word.count < bytes.count,
            Self.isBlank(bytes[place + word.count])
        else { return }
        place += word.count
        skip(while: Self.isBlank)
    }

    private mutating func assignment() throws(NotDotEnv) -> (name: String, value: String?) {
        let name = try key()
        guard EnvironmentVariable.isValidName(name) else { throw NotDotEnv() }
        skip(while: Self.isBlank)
        guard next == UInt8(ascii: "=") else {
            try finishLine()
            return (name, nil)
        }
        place += 1
        skip(while: Self.isBlank)
        return (name, String(decoding: try value(), as: UTF8.self))
    }

    private mutating func key() throws(NotDotEnv) -> String {
        let isQuoted = next == UInt8(ascii: "'")
        if isQuoted { place += 1 }
        let start = place
        skip { byte in
            isQuoted
                ? byte != UInt8(ascii: "'")
                : !Self.isBlank(byte) && !"=#\n".utf8.contains(byte)
        }
        let name = String(decoding: bytes[start..<place], as: UTF8.self)
        if isQuoted {
            guard place < bytes.count else { throw NotDotEnv() }
            place += 1
        }
        return name
    }

    // MARK: - Values

    private mutating func value() throws(NotDotEnv) -> [UInt8] {
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return unquotedValue()
        }
        let start = place + 1
        guard let end = closingQuote(quote, from: start) else { throw NotDotEnv() }
        place = end + 1
        try finishLine()
        return Self.unescaped(bytes[start..<end], quote: quote)
    }

    /// Takes the line up to a comment, which has to begin behind a blank.
    private mutating func unquotedValue() -> [UInt8] {
        let start = place
        skipRestOfLine()
        var value = bytes[start..<place]
        let comment = value.indices.dropLast().first {
            Self.isBlank(value[$0]) && value[$0 + 1] == UInt8(ascii: "#")
        }
        if let comment { value = value[..<comment] }
        while let last = value.last, Self.isBlank(last) { value.removeLast() }
        return Array(value)
    }

    /// The first quote that no backslash precedes; in a file without one, the last quote there is.
    private func closingQuote(_ quote: UInt8, from start: Int) -> Int? {
        var last: Int?
        for index in bytes.indices[start...] where bytes[index] == quote {
            if index == start || bytes[index - 1] != UInt8(ascii: "\\") { return index }
            last = index
        }
        return last
    }

    /// Replaces what backslashes stand for; one that stands for nothing stays.
    private static func unescaped(_ text: ArraySlice<UInt8>, quote: UInt8) -> [UInt8] {
        var value: [UInt8] = []
        var isEscape = false
        for byte in text {
            if isEscape, let meant = meaning(of: byte, quote: quote) {
                value[value.count - 1] = meant
                isEscape = false
            } else {
                value.append(byte)
                isEscape = byte == UInt8(ascii: "\\")
            }
        }
        return value
    }

    private static func meaning(of byte: UInt8, quote: UInt8) -> UInt8? {
        if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'") { return byte }
        guard quote == UInt8(ascii: "\"") else { return nil }
        switch byte {
        case UInt8(ascii: "\""): return byte
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "v"): return 0x0b
        default: return nil
        }
    }

    // MARK: - Bytes

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = next, condition(byte) { place += 1 }
    }

    private mutating func skipRestOfLine() {
        skip { $0 != UInt8(ascii: "\n") }
    }

    /// Passes over blanks and a comment, behind which the line has to end.
    private mutating func finishLine() throws(NotDotEnv) {
        skip(while: Self.isBlank)
        if next == UInt8(ascii: "#") { skipRestOfLine() }
        guard next == nil || next == UInt8(ascii: "\n") else { throw NotDotEnv() }
    }

    /// Whether Python's `\s` matches the byte, which is not the end of a line.
    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0b, 0x0c, 0x1c...0x20: true
        default: false
        }
    }
}
