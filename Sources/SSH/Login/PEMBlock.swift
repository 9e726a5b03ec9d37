/// One block of a PEM file: a label, the headers of old encrypted keys, and bytes (RFC 7468, RFC 1421).
struct PEMBlock: Sendable {
    /// What stands after `BEGIN`, such as `OPENSSH PRIVATE KEY`.
    let label: String
    /// `Proc-Type` and `DEK-Info` of a key that OpenSSL encrypted the old way.
    let headers: [String: String]
    let contents: [UInt8]

    /// Takes the first private key of a file; others, such as `EC PARAMETERS`, are passed over.
    ///
    /// Nil where there is none; throws `malformed` where one begins and cannot be read.
    static func privateKey(in file: [UInt8]) throws(KeyFileProblem) -> PEMBlock? {
        let ends = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        // CR LF gives an empty line more, which means nothing between base 64 lines; a header's end is
        // therefore told by the first line without a colon instead.
        let lines = file.split(whereSeparator: ends).map(trimmed)
        guard let start = lines.firstIndex(where: { label(of: $0, "-----BEGIN ") != nil }),
            let label = label(of: lines[start], "-----BEGIN ")
        else { return nil }
        let body = lines[(start + 1)...]
        guard let end = body.firstIndex(where: { self.label(of: $0, "-----END ") == label }) else {
            throw .malformed("it ends inside the key")
        }
        return try PEMBlock(label: label, lines: body[..<end])
    }
}

extension PEMBlock {
    private init(label: String, lines: ArraySlice<ArraySlice<UInt8>>) throws(KeyFileProblem) {
        var rest = lines
        var headers: [String: String] = [:]
        while let line = rest.first, let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: line[..<colon], as: UTF8.self)
            headers[name] = String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self)
            rest = rest.dropFirst()
        }
        guard let contents = Base64.decode(Array(rest.joined())) else {
            throw .malformed("its base 64 cannot be read")
        }
        self.init(label: label, headers: headers, contents: contents)
    }

    /// The label of a line `-----BEGIN … PRIVATE KEY-----`; nil for any other line.
    private static func label(of line: ArraySlice<UInt8>, _ prefix: String) -> String? {
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix(prefix), text.hasSuffix("PRIVATE KEY-----") else { return nil }
        return String(text.dropFirst(prefix.count).dropLast("-----".count))
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line.removeLast() }
        return line
    }
}
