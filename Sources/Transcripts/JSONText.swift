/// JSON as we write it: no spaces, keys in the order given, text escaped no more than it must be to be
/// printed on a terminal.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// An object whose members `fill` writes.
    static func object(_ fill: (inout JSONText) -> Void) -> JSONText {
        var text = JSONText()
        text.braces(fill)
        return text
    }

    mutating func member(_ key: String, _ value: String) {
        begin(key)
        quote(value)
    }

    mutating func member(_ key: String, _ value: Int64) {
        begin(key)
        bytes += Array(String(value).utf8)
    }

    mutating func member(_ key: String, _ value: Int) {
        member(key, Int64(value))
    }

    mutating func member(_ key: String, _ value: Bool) {
        begin(key)
        bytes += Array((value ? "true" : "false").utf8)
    }

    /// A finite number.
    mutating func member(_ key: String, _ value: Double) {
        begin(key)
        bytes += Array(value.description.utf8)
    }

    mutating func null(_ key: String) {
        begin(key)
        bytes += Array("null".utf8)
    }

    mutating func member(_ key: String, _ values: [String]) {
        begin(key)
        quote(values)
    }

    /// An array of strings on its own.
    static func array(_ values: [String]) -> String {
        var text = JSONText()
        text.quote(values)
        return text.text
    }

    /// An array of what is JSON already.
    mutating func raw(_ key: String, _ values: [String]) {
        begin(key)
        bytes += Array("[\(values.joined(separator: ","))]".utf8)
    }

    private mutating func quote(_ values: [String]) {
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            quote(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An array of objects, one for each value.
    mutating func member<Value>(
        _ key: String, _ values: [Value], _ fill: (Value, inout JSONText) -> Void
    ) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            braces { fill(value, &$0) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func member(_ key: String, _ fill: (inout JSONText) -> Void) {
        begin(key)
        braces(fill)
    }

    private mutating func braces(_ fill: (inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        fill(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func begin(_ key: String) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes += JSONControls.escaped(JSONEscape.escaped(text))
        bytes.append(UInt8(ascii: "\""))
    }
}
