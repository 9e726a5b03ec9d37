import Foundation
import Testing

@testable import Transcripts

/// Values that are kept out of a transcript, in every form and however the output is cut.
@Suite struct RedactorTests {
    private static let value = "s3cr3t/'K€y\" $1+x"

    private static func redaction(_ value: String, _ name: String = "KEY") throws -> Redaction {
        try #require(Redaction(value.utf8, named: name))
    }

    /// What comes out of `text` that is cut before each of these places.
    private static func output(
        of text: [UInt8], _ redactions: [Redaction], cuts: [Int] = []
    ) -> [UInt8] {
        var redactor = Redactor(redactions)
        var output: [UInt8] = []
        var start = 0
        for end in cuts + [text.count] {
            text[start..<end].withUnsafeBytes { redactor.take($0) { output += $0 } }
            start = end
        }
        redactor.flush { output += $0 }
        return output
    }

    private static func output(of text: String, _ redactions: [Redaction]) -> String {
        String(decoding: output(of: Array(text.utf8), redactions), as: UTF8.self)
    }

    /// What other programs make of the value, by their own hand.
    private static let forms: [(String, String)] = [
        ("as it is", value),
        ("json.dumps", #"s3cr3t/'K\u20ac"# + #"y\" $1+x"#),
        ("json with UTF-8", #"s3cr3t/'K€y\" $1+x"#),
        ("php's json_encode", #"s3cr3t\/'K\u20acy\" $1+x"#),
        ("urllib.parse.quote", "s3cr3t/%27K%E2%82%ACy%22%20%241%2Bx"),
        ("quote_plus", "s3cr3t%2F%27K%E2%82%ACy%22+%241%2Bx"),
        ("small digits", "s3cr3t%2f%27K%e2%82%acy%22%20%241%2bx"),
        ("shlex.quote", #"'s3cr3t/'"'"'K€y" $1+x'"#),
        ("sh", #"'s3cr3t/'\''K€y" $1+x'"#),
        ("double quotes", #""s3cr3t/'K€y\" \$1+x""#),
        ("printf %q", #"s3cr3t/\'K€y\"\ \$1+x"#),
    ]

    @Test(arguments: forms)
    func `a value is found in the forms that programs write`(program: String, form: String) throws {
        let quotes = form.first == "'" && form != Self.value ? "'" : form.first == "\"" ? "\"" : ""
        let output = Self.output(of: "x=\(form);", [try Self.redaction(Self.value)])
        #expect(output == "x=\(quotes)[redacted:KEY]\(quotes);")
    }

    @Test(arguments: 0..<3, 0..<3)
    func `a value is found in base64 wherever it stands`(ahead: Int, behind: Int) throws {
        let text =
            String(repeating: "a", count: ahead) + Self.value
            + String(repeating: "z", count: behind)
        let encoded = Data(text.utf8).base64EncodedString()
        for text in [
            encoded, encoded.replacing("+", with: "-").replacing("/", with: "_"),
        ] {
            let output = Self.output(of: "<\(text)>", [try Self.redaction(Self.value)])
            let (before, after) = try #require(
                output.wholeMatch(of: /<(.*)\[redacted:KEY\](.*)>/)
                    .map { ($0.1, $0.2) })
            // What it shares with its neighbours, and what those have of their own.
            #expect(before.count <= 3 && after.count <= 6, "\(output)")
        }
    }

    @Test func `a value of several lines is found as a terminal shows it, and line by line`() throws
    {
        let key = "-----BEGIN KEY-----\nabcdefgh12345678\nshort\n"
        let redactions = [try Self.redaction(key)]
        #expect(Self.output(of: "<\(key)>", redactions) == "<[redacted:KEY]>")
        let shown = key.replacing("\n", with: "\r\n")
        #expect(Self.output(of: "<\(shown)>", redactions) == "<[redacted:KEY]>")
        #expect(Self.output(of: "+ abcdefgh12345678 +", redactions) == "+ [redacted:KEY] +")
        #expect(Self.output(of: "short", redactions) == "short")
    }

    @Test func `every cut in two and in three comes to the same`() throws {
        let redactions = [try Self.redaction("abcabd"), try Self.redaction("cabdxyz", "OTHER")]
        let text = Array("ababcabcabdxyzabcababcabdabcab".utf8)
        let whole = Self.output(of: text, redactions)
        #expect(
            String(decoding: whole, as: UTF8.self) == "ababc[redacted:KEY]abcab[redacted:KEY]abcab")
        for first in 0...text.count {
            for second in first...text.count {
                #expect(Self.output(of: text, redactions, cuts: [first, second]) == whole)
            }
        }
    }

    @Test(arguments: [11, 12, 13, 14])
    func `generated texts lose their values and nothing else`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab\n%".utf8)
        func text(_ length: Int) -> [UInt8] {
            (0..<length).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
        }
        for _ in 0..<60 {
            let value = text(Int.random(in: 6...9, using: &random))
            let redaction = try #require(Redaction(value, named: "V"))
            var plain = text(200)
            for _ in 0..<4 {
                plain.insert(contentsOf: value, at: Int.random(in: 0...plain.count, using: &random))
            }
            let cuts = (0..<20).map { _ in Int.random(in: 0...plain.count, using: &random) }
                .sorted()
            let output = Self.output(of: plain, [redaction], cuts: cuts)
            #expect(output == Self.covered(plain, redaction), "seed \(seed), value \(value)")
        }
    }

    /// The same by brute force: all that any form covers, a tag for each stretch of overlaps.
    private static func covered(_ text: [UInt8], _ redaction: Redaction) -> [UInt8] {
        var ranges: [Range<Int>] = []
        for form in redaction.forms where form.count <= text.count {
            for start in 0...(text.count - form.count)
            where Array(text[start..<(start + form.count)]) == form {
                ranges.append(start..<(start + form.count))
            }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var output: [UInt8] = []
        var position = 0
        for range in ranges {
            if range.lowerBound >= position {
                output += text[position..<range.lowerBound]
                output += Array("[redacted:\(redaction.name)]".utf8)
            }
            position = max(position, range.upperBound)
        }
        return output + text[position...]
    }

    @Test func `what only begins like a value is handed on at the latest at the end`() throws {
        var redactor = Redactor([try Self.redaction("abcdef")])
        var output: [UInt8] = []
        Array("xxabcde".utf8).withUnsafeBytes { redactor.take($0) { output += $0 } }
        #expect(output == Array("xx".utf8))
        redactor.flush { output += $0 }
        #expect(output == Array("xxabcde".utf8))
        // The end of a step is no place for a value that goes on behind it.
        Array("f".utf8).withUnsafeBytes { redactor.take($0) { output += $0 } }
        #expect(output == Array("xxabcdef".utf8))
    }

    @Test func `a value without end holds nothing back for ever`() throws {
        var redactor = Redactor([try Self.redaction("aaaaaa")])
        var output: [UInt8] = []
        let chunk = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
        for _ in 0..<20 { chunk.withUnsafeBytes { redactor.take($0) { output += $0 } } }
        #expect(output == Array("[redacted:KEY]".utf8))
        redactor.flush { output += $0 }
        #expect(output == Array("[redacted:KEY]".utf8))
    }

    @Test func `markers, reasons, steps and rules hold none either`() throws {
        let folder = try TemporaryFolder()
        let redactions = [try Self.redaction("hush-41c")]
        let recorder = Recorder(stateFolder: folder.path, clock: .now) { Issue.record("\($0)") }
        recorder.redact(redactions)
        var header = TranscriptHeader.sample()
        header.overriddenRules = ["rm hush-41c"]
        header.redact(redactions)
        recorder.begin(header)
        recorder.mark("1/1 login hush-41c")
        var ending = Ending(.timeout, signal: "hush-41c", reason: "no answer to \"hush-41c?\"")
        ending.steps = [
            .init(name: "login hush-41c", host: "hush-41c", status: 124, milliseconds: 1)
        ]
        recorder.finish(ending)
        let path = try #require(recorder.path)
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("hush"))
        let transcript = try Transcript.open(path)
        #expect(transcript.ending?.reason == "no answer to \"[redacted:KEY]?\"")
        #expect(transcript.ending?.steps.first?.name == "login [redacted:KEY]")
        #expect(try transcript.steps().map(\.name) == ["login [redacted:KEY]"])
    }

    @Test func `what is too short is not looked for`() {
        #expect(Redaction("12345".utf8, named: "KEY") == nil)
        #expect(Redaction("123456".utf8, named: "KEY") != nil)
    }
}
