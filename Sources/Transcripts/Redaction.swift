/// A value that no transcript may hold, and the name that stands there in its place.
package struct Redaction: Sendable {
    /// In bytes; what is shorter stands in too many texts by chance to be looked for.
    package static let leastSize = 6

    package let name: String
    private let value: [UInt8]
    /// The value as it is, and as programs write it into other texts.
    let forms: [[UInt8]]

    /// Nil for a value that is too short to be looked for.
    ///
    /// The forms are those of JSON, percent encoding, the shell's quotes and base64, the value with
    /// line ends as a terminal has them, and each line of 8 bytes or more of a value of several.
    package init?(_ value: some Sequence<UInt8>, named name: String) {
        let value = Array(value)
        guard value.count >= Self.leastSize else { return nil }
        self.name = name
        self.value = value
        var texts = [value]
        if value.contains(Self.lineFeed) {
            texts.append(value.flatMap { $0 == Self.lineFeed ? [0x0d, $0] : [$0] })
            texts += value.split { $0 == Self.lineFeed || $0 == 0x0d }
                .filter { $0.count >= Self.leastLine }.map(Array.init)
        }
        var forms = Set(texts)
        for text in texts {
            forms.formUnion(Self.escaped(text))
            forms.formUnion(Self.percentEncoded(text))
            forms.formUnion(Self.quoted(text))
            forms.formUnion(Self.base64(text))
        }
        self.forms = forms.filter { $0.count >= Self.leastSize }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether a SHA-256 in hexadecimal is that of the value, with or without a line end behind it.
    func isDigest(_ sha256: String) -> Bool {
        ["", "\n", "\r\n"].contains { end in
            var digest = InputDigest()
            (value + Array(end.utf8)).withUnsafeBytes { digest.add($0) }
            return digest.sha256 == sha256
        }
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let leastLine = 8

    // MARK: - JSON

    /// Inside the quotes of a JSON text: characters beyond ASCII as they are or as `\u00e9`, slashes
    /// with or without a backslash (RFC 8259, section 7).
    private static func escaped(_ value: [UInt8]) -> [[UInt8]] {
        let short: [UInt8: String] = [
            0x08: "\\b", 0x09: "\\t", 0x0a: "\\n", 0x0c: "\\f", 0x0d: "\\r", 0x22: "\\\"",
            0x5c: "\\\\",
        ]
        func text(isASCII: Bool, escapesSlashes: Bool) -> [UInt8] {
            guard let characters = String(validating: value, as: UTF8.self) else { return value }
            var text = ""
            for scalar in characters.unicodeScalars {
                if scalar == "/", escapesSlashes {
                    text += "\\/"
                } else if scalar.isASCII, let escape = short[UInt8(scalar.value)] {
                    text += escape
                } else if scalar.value < 0x20 || (isASCII && !scalar.isASCII) {
                    text += scalar.utf16.map { unit in
                        let digits = String(unit, radix: 16)
                        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }.joined()
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
            return Array(text.utf8)
        }
        return [false, true].flatMap { ascii in
            [false, true].map { text(isASCII: ascii, escapesSlashes: $0) }
        }
    }

    // MARK: - URLs

    /// As a part of a URL or a form: hexadecimal digits of either case, slashes kept or not, spaces
    /// as `%20` or `+` (RFC 3986, section 2.1).
    private static func percentEncoded(_ value: [UInt8]) -> [[UInt8]] {
        func isPlain(_ byte: UInt8) -> Bool {
            let scalar = Unicode.Scalar(byte)
            return scalar.isASCII && scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                || "-._~".unicodeScalars.contains(scalar)
        }
        func text(isUpper: Bool, keepsSlashes: Bool, hasPlus: Bool) -> [UInt8] {
            value.flatMap { byte -> [UInt8] in
                if isPlain(byte) || (keepsSlashes && byte == UInt8(ascii: "/")) { return [byte] }
                if hasPlus, byte == UInt8(ascii: " ") { return [UInt8(ascii: "+")] }
                let digits = String(byte, radix: 16, uppercase: isUpper)
                return Array(("%" + (byte < 16 ? "0" : "") + digits).utf8)
            }
        }
        let choices = [false, true]
        return choices.flatMap { upper in
            choices.flatMap { slashes in
                choices.map { text(isUpper: upper, keepsSlashes: slashes, hasPlus: $0) }
            }
        }
    }

    // MARK: - The shell

    /// Inside the quotes of a shell: `'\''` and `'"'"'` for an apostrophe, backslashes ahead of what
    /// is special in double quotes, and ahead of everything special without any.
    private static func quoted(_ value: [UInt8]) -> [[UInt8]] {
        func replacing(_ special: String, _ replacement: (UInt8) -> String) -> [UInt8] {
            let special = Set(special.utf8)
            return value.flatMap { special.contains($0) ? Array(replacement($0).utf8) : [$0] }
        }
        func backslash(_ byte: UInt8) -> String { "\\" + String(Unicode.Scalar(byte)) }
        return [
            replacing("'") { _ in "'\\''" }, replacing("'") { _ in "'\"'\"'" },
            replacing("\\\"$`", backslash), replacing("\\\"$`!", backslash),
            replacing(" \t!\"#$&'()*,;<=>?[\\]^`{|}~", backslash),
        ]
    }

    // MARK: - Base64

    /// Wherever it stands in a text that was encoded, in both alphabets (RFC 4648, sections 4 and 5).
    ///
    /// What it has in common with its neighbours is left out: six bits at most at either end.
    private static func base64(_ value: [UInt8]) -> [[UInt8]] {
        var texts = [Base64.encoded(value)]
        for (ahead, shared) in [(0, 0), (1, 2), (2, 3)] {
            let bytes = [UInt8](repeating: 0, count: ahead) + value
            let text = Base64.encoded(bytes).filter { $0 != UInt8(ascii: "=") }
            let behind = bytes.count % 3 == 0 ? 0 : 1
            texts.append(Array(text.dropFirst(shared).dropLast(behind)))
        }
        let others: [UInt8: UInt8] = [
            UInt8(ascii: "+"): UInt8(ascii: "-"), UInt8(ascii: "/"): UInt8(ascii: "_"),
        ]
        return texts + texts.map { $0.map { others[$0] ?? $0 } }
    }
}
