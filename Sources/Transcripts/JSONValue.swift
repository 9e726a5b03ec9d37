/// A JSON document as it was read, for headers and the other small objects of a transcript.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a whole document; nil where the bytes are not JSON (RFC 8259).
    init?(_ bytes: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(bytes)
        guard let value = JSONValue(&scanner, depth: 0) else { return nil }
        scanner.skipSpace()
        guard scanner.isAtEnd else { return nil }
        self = value
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// A number without a fraction that a Double holds exactly.
    var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(exactly: value)
    }

    var values: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    var strings: [String]? {
        values?.compactMap(\.string)
    }

    /// Nesting is bounded, since transcripts of others are untrusted.
    private init?(_ scanner: inout JSONScanner, depth: Int) {
        guard depth < 32 else { return nil }
        scanner.skipSpace()
        switch scanner.peek {
        case UInt8(ascii: "{"): self.init(objectIn: &scanner, depth: depth)
        case UInt8(ascii: "["): self.init(arrayIn: &scanner, depth: depth)
        case UInt8(ascii: "\""):
            guard let text = scanner.string() else { return nil }
            self = .string(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "t") where scanner.take("true"): self = .bool(true)
        case UInt8(ascii: "f") where scanner.take("false"): self = .bool(false)
        case UInt8(ascii: "n") where scanner.take("null"): self = .null
        default:
            guard let number = scanner.number() else { return nil }
            self = .number(number)
        }
    }

    private init?(objectIn scanner: inout JSONScanner, depth: Int) {
        var members: [String: JSONValue] = [:]
        guard scanner.take("{") else { return nil }
        scanner.skipSpace()
        if scanner.take("}") {
            self = .object([:])
            return
        }
        repeat {
            scanner.skipSpace()
            guard let key = scanner.string() else { return nil }
            scanner.skipSpace()
            guard scanner.take(":"), let value = JSONValue(&scanner, depth: depth + 1) else {
                return nil
            }
            members[String(decoding: key, as: UTF8.self)] = value
            scanner.skipSpace()
        } while scanner.take(",")
        guard scanner.take("}") else { return nil }
        self = .object(members)
    }

    private init?(arrayIn scanner: inout JSONScanner, depth: Int) {
        var values: [JSONValue] = []
        guard scanner.take("[") else { return nil }
        scanner.skipSpace()
        if scanner.take("]") {
            self = .array([])
            return
        }
        repeat {
            guard let value = JSONValue(&scanner, depth: depth + 1) else { return nil }
            values.append(value)
            scanner.skipSpace()
        } while scanner.take(",")
        guard scanner.take("]") else { return nil }
        self = .array(values)
    }
}
