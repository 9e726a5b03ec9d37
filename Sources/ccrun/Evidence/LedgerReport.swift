internal import Transcripts

/// What is to be said of the ledger itself.
struct LedgerReport: Encodable {
    enum Verdict: String, Encodable {
        case whole
        case edited
        /// Whole but for the last line, which its writer did not finish.
        case torn
        /// The head that was kept elsewhere is not in it: it was written anew.
        case unanchored
    }

    let ledger: String
    let verdict: Verdict
    let length: Int
    @Nullable var head: String?
    @Nullable var reason: String?

    /// `anchor`: a head that has to be among its lines.
    init(_ ledger: Ledger, anchor: String?) {
        self.ledger = ledger.path
        length = ledger.entries.count
        head = ledger.head
        if let flaw = ledger.flaws.first {
            verdict = .edited
            let more = ledger.flaws.count > 1 ? ", and \(ledger.flaws.count - 1) more" : ""
            reason = "line \(flaw.line): \(flaw.reason)\(more)"
        } else if let anchor, !ledger.entries.contains(where: { $0.line.head == anchor }) {
            verdict = .unanchored
            reason = "the anchor is not among its heads"
        } else if ledger.isTorn {
            verdict = .torn
            reason = "its last line is half a line, which the next run cuts"
        } else {
            verdict = .whole
            reason = nil
        }
    }

    private enum CodingKeys: String, CodingKey {
        case ledger, verdict, head, reason
        case length = "lines"
    }

    /// Whether there is nothing to object to.
    var isFine: Bool { verdict == .whole || verdict == .torn }

    /// As text.
    ///
    /// In a window that has no room for the head, which is to be copied, it is left out.
    func lines(width: Int?) -> [String] {
        let why = reason.map { " (\($0))" } ?? ""
        let heads = (head.map { ["head: \($0)"] } ?? []).filter { $0.count <= width ?? .max }
        return ["ledger: \(verdict.rawValue), \(length) lines\(why)"] + heads
    }
}
