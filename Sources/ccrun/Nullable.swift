internal import Foundation
internal import Transcripts

/// A field of a JSON object that is null where nothing is known, instead of missing.
@propertyWrapper
struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    var wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}

extension Encodable {
    /// As JSON on one line, keys in order, fit for a terminal; for strings and finite numbers, which all
    /// can be encoded.
    var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { return "{}" }
        return String(decoding: JSONControls.escaped(json), as: UTF8.self)
    }
}
