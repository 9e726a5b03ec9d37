internal import History
internal import Runs
internal import Transcripts

/// A run with what was found out about its transcript and its signature.
struct VerifiedRun: Encodable {
    let verdict: Verdict
    /// Nil where the transcript is not whole: then a signature says nothing.
    let signature: TranscriptSignature.Finding?

    /// Checks the signature of what is whole; with `allowedSigners` each run has to have one.
    init(
        _ verdict: Verdict, allowedSigners: String?, _ environment: [String: String]
    ) throws(TranscriptSignature.Failure) {
        guard let line = verdict.line, [.whole, .scrubbed].contains(verdict.word) else {
            self.verdict = verdict
            signature = nil
            return
        }
        let signature = try TranscriptSignature(
            of: line, beside: verdict.path, environment: environment
        ).check(allowedSigners: allowedSigners)
        self.signature = signature
        var verdict = verdict
        switch signature {
        case .absent where allowedSigners != nil:
            (verdict.word, verdict.reason) = (.unsigned, "there is no signature beside it")
        case .bad(let reason):
            (verdict.word, verdict.reason) = (.badSignature, reason)
        case .absent, .good: break
        }
        self.verdict = verdict
    }

    private enum Key: String, CodingKey {
        case run, verdict, fine, reason, transcript, signature, signer, key
    }

    func encode(to encoder: any Encoder) throws {
        var json = encoder.container(keyedBy: Key.self)
        try json.encode(verdict.run.description, forKey: .run)
        try json.encode(verdict.word.rawValue, forKey: .verdict)
        try json.encode(verdict.word.isFine, forKey: .fine)
        try json.encode(verdict.reason, forKey: .reason)
        try json.encode(verdict.path, forKey: .transcript)
        let (word, key, signer) = parts
        try json.encode(word, forKey: .signature)
        try json.encode(signer, forKey: .signer)
        try json.encode(key, forKey: .key)
    }

    private var parts: (word: String?, key: String?, signer: String?) {
        switch signature {
        case nil: (nil, nil, nil)
        case .absent: ("absent", nil, nil)
        case .bad: ("bad", nil, nil)
        case .good(let key, let signer): (signer == nil ? "unchecked" : "good", key, signer)
        }
    }

    // MARK: - As text

    /// The rows as a table: id, verdict, who signed, why; the last two where there is anything to say.
    static func table(_ rows: [VerifiedRun], width: Int?) -> TextTable {
        let isSigned = rows.contains { $0.isSigned }
        let hasReason = rows.contains { $0.verdict.reason != nil }
        let cells = rows.map { row in
            [row.verdict.run.description, row.verdict.word.rawValue]
                + (isSigned ? [row.signer] : [])
                + (hasReason ? [CleanText.line(row.verdict.reason ?? "")] : [])
        }
        let headings =
            ["RUN", "VERDICT"] + (isSigned ? ["SIGNED"] : []) + (hasReason ? ["WHY"] : [])
        let reason = isSigned ? 3 : 2
        return TextTable(
            [headings] + cells, width: width,
            yielding: (hasReason ? [(reason, 8)] : []) + (isSigned ? [(2, 6)] : []) + [(0, 13)])
    }

    /// Whether a signature was there, or wanted.
    private var isSigned: Bool {
        switch signature {
        case nil: false
        case .absent: verdict.word == .unsigned
        case .bad, .good: true
        }
    }

    /// A key that nobody vouches for is shown as such.
    private var signer: String {
        switch signature {
        case nil: ""
        case .absent: "no"
        case .bad: "bad"
        case .good(let key, let signer): signer ?? "by \(key), whoever that is"
        }
    }
}
