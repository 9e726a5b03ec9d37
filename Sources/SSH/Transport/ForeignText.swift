/// Makes a server's text fit to print: control characters and invalid UTF-8 go, the length is bounded.
///
/// Tabs become spaces, line breaks stay where `keepingLines` is set and become spaces elsewhere.
package func cleaned(
    _ bytes: some Collection<UInt8>, limit: Int = 512, keepingLines: Bool = false
) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
        switch scalar {
        case "\n" where keepingLines: text.unicodeScalars.append(scalar)
        case "\n", "\t": text += " "
        case "\r": continue
        default:
            if scalar.properties.generalCategory == .control { continue }
            if scalar.properties.generalCategory == .format { continue }
            text.unicodeScalars.append(scalar)
        }
    }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
}
