import Foundation
import Testing

@testable import Transcripts

/// Random values in every form that programs write, cut at every position, through a whole recording.
@Suite struct GeneratedRedactionTests {
    /// What other programs make of a value, by encoders that are not ours.
    private static let writers: [String: @Sendable (String) throws -> String] = [
        "as it is": { $0 },
        "JSON": { value in
            let data = try JSONSerialization.data(withJSONObject: [value])
            return String(String(decoding: data, as: UTF8.self).dropFirst(2).dropLast(2))
        },
        "JSON without escaped slashes": { value in
            let data = try JSONSerialization.data(
                withJSONObject: [value], options: .withoutEscapingSlashes)
            return String(String(decoding: data, as: UTF8.self).dropFirst(2).dropLast(2))
        },
        "percent encoding": { value in
            let plain = CharacterSet(
                charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
            return try #require(value.addingPercentEncoding(withAllowedCharacters: plain))
        },
        "single quotes": { $0.replacing("'", with: "'\\''") },
        "double quotes": { value in
            value.map { "\\\"$`".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        },
        "base 64": { Data($0.utf8).base64EncodedString() },
        "base 64 for URLs": { value in
            Data(value.utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_")
        },
        "line ends of a terminal": { $0.replacing("\n", with: "\r\n") },
    ]

    /// Values of several kinds of letters; each has one of every kind that some form treats apart.
    private static func value(_ random: inout SeededGenerator) -> String {
        let kinds = ["abcXYZ019", "'\"$`\\!/+=&% ", "é漢🦀ß", "\n"].map(Array.init)
        var letters: [Character] = kinds.map { $0.randomElement(using: &random) ?? "a" }
        for _ in 0..<Int.random(in: 6...14, using: &random) {
            letters.append(
                kinds[Int.random(in: 0..<3, using: &random)].randomElement(using: &random) ?? "a")
        }
        // Neither end is one that a line's end would be taken off of.
        return "k" + String(letters.shuffled(using: &random)) + "k"
    }

    /// Records the form once for each position that it can be cut at, and reads it back.
    private static func recorded(
        _ form: [UInt8], _ redactions: [Redaction], pseudoTerminal: Bool
    ) throws -> (bytes: [UInt8], file: Data) {
        let recording = try Recording(pseudoTerminal: pseudoTerminal)
        recording.recorder.redact(redactions)
        for cut in 0...form.count {
            recording.recorder.record("<")
            recording.recorder.record(form[..<cut])
            recording.recorder.flushIfDue()
            recording.recorder.record(form[cut...])
            recording.recorder.record(">\n")
        }
        recording.recorder.finish(Ending(.exit, status: 0))
        return (
            try Transcript.open(recording.path).recoveredBytes(of: .standardOutput),
            try Data(contentsOf: URL(filePath: recording.path))
        )
    }

    @Test(arguments: writers.keys.sorted(), [UInt64(21), 22, 23, 24])
    func `no form of a value is in the file, and each is without redaction`(
        kind: String, seed: UInt64
    ) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let value = Self.value(&random)
        let write = try #require(Self.writers[kind])
        let form = Array(try write(value).utf8)
        let redaction = try #require(Redaction(value.utf8, named: "KEY"))
        let isTerminal = Bool.random(using: &random)
        let (bytes, file) = try Self.recorded(form, [redaction], pseudoTerminal: isTerminal)
        let line = Array("<[redacted:KEY]>\n".utf8)
        // Of base 64, what shares a letter with a neighbour may stay: there is none here but padding.
        let isWhole = bytes == Array(repeatElement(line, count: form.count + 1).joined())
        #expect(isWhole, "\(kind) of \(value.debugDescription), seed \(seed)")
        #expect(file.firstRange(of: Data(form)) == nil, "\(kind), seed \(seed)")
        // The negative control: the same without redaction holds it at every cut.
        let (plain, _) = try Self.recorded(form, [], pseudoTerminal: isTerminal)
        let control = Array("<".utf8) + form + Array(">\n".utf8)
        #expect(plain == Array(repeatElement(control, count: form.count + 1).joined()))
    }

    @Test(arguments: [UInt64(31), 32, 33])
    func `the lines of a key are found one by one, a letter at a time`(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let letters = Array("ABCDEFghijkl0123+/")
        let lines = (0..<5).map { _ in
            String(
                (0..<Int.random(in: 8...20, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? "A"
                })
        }
        let key = lines.joined(separator: "\n")
        let redaction = try #require(Redaction(key.utf8, named: "KEY"))
        for isRedacted in [true, false] {
            let recording = try Recording()
            if isRedacted { recording.recorder.redact([redaction]) }
            for line in lines.shuffled(using: &random) {
                for byte in "+ \(line)\n".utf8 { recording.recorder.record([byte]) }
            }
            recording.recorder.finish(Ending(.exit, status: 0))
            let bytes = try Transcript.open(recording.path).recoveredBytes(of: .standardOutput)
            let text = String(decoding: bytes, as: UTF8.self)
            for line in lines { #expect(text.contains(line) == !isRedacted, "seed \(seed)") }
        }
    }
}
