/// What a `g` event tells: output that could not be recorded.
package struct Gap: Sendable, Equatable {
    /// How many bytes are missing.
    package let bytes: Int
    package let reason: String

    /// Reads an event's data; what it does not say is 0 bytes and no reason.
    package init(data: [UInt8]) {
        let json = data.withUnsafeBytes { JSONValue($0) }
        bytes = max(0, json?["bytes"]?.integer ?? 0)
        reason = json?["reason"]?.string ?? ""
    }

    /// What such an event carries.
    static func data(bytes: Int, reason: String) -> [UInt8] {
        JSONText.object { json in
            json.member("bytes", bytes)
            json.member("reason", reason)
        }.bytes
    }

    /// One line for people: `[2048 bytes are missing here: no space left on device]`.
    package var text: String {
        let amount = bytes == 1 ? "1 byte is" : "\(bytes) bytes are"
        let clean = String(
            reason.unicodeScalars.prefix(200).map { scalar in
                scalar.properties.generalCategory == .control ? " " : Character(scalar)
            })
        return "[\(amount) missing here\(clean.isEmpty ? "" : ": \(clean)")]"
    }
}
