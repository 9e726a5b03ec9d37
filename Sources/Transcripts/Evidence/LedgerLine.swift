/// One line of the ledger: what became of a transcript, chained to the line before it.
///
/// In the file it is `index run sha256 event head`; a later line of the same run takes an earlier one's
/// place.
package struct LedgerLine: Sendable, Equatable {
    package enum Event: String, Sendable, CaseIterable {
        /// The run has ended, and its transcript is whole.
        case recorded
        /// A secret was taken out of the transcript, which was rewritten for it.
        case scrubbed
        /// The transcript was deleted, by its age or to make room.
        case pruned
    }

    /// A greater number has been written by somebody else: it would take a million lines a second for
    /// two centuries.
    private static let greatestIndex = 1 << 53

    /// Counted from 1.
    package let index: Int
    package let run: RunID

    /// Of the transcript's file, every byte, in hexadecimal; nil where it was deleted.
    package let sha256: String?
    package let event: Event

    /// SHA-256 over the head before it, a line feed, and this line up to its head, in hexadecimal.
    ///
    /// So it stands for all lines up to this one.
    package let head: String

    /// The line that follows `last`, or the first one.
    init(after last: LedgerLine?, run: RunID, sha256: String?, event: Event) {
        index = (last?.index ?? 0) + 1
        self.run = run
        self.sha256 = sha256
        self.event = event
        let claim = LedgerLine.claim(index, run, sha256, event)
        head = LedgerLine.head(of: claim, after: last?.head)
    }

    /// Reads a line without its line feed; nil unless it is one.
    init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let index = Int(words[0]),
            (1...LedgerLine.greatestIndex).contains(index), String(index) == words[0],
            let run = RunID(words[1]), run.description == words[1],
            words[2] == "-" || LedgerLine.isDigest(words[2]),
            let event = Event(rawValue: String(words[3])), LedgerLine.isDigest(words[4])
        else { return nil }
        self.index = index
        self.run = run
        sha256 = words[2] == "-" ? nil : String(words[2])
        self.event = event
        head = String(words[4])
    }

    /// The line without its line feed.
    package var text: String {
        "\(LedgerLine.claim(index, run, sha256, event)) \(head)"
    }

    /// Whether its head is the one that comes of it and of the head before.
    func follows(_ previous: String?) -> Bool {
        head == LedgerLine.head(of: LedgerLine.claim(index, run, sha256, event), after: previous)
    }

    private static func claim(_ index: Int, _ run: RunID, _ sha256: String?, _ event: Event)
        -> String
    {
        "\(index) \(run) \(sha256 ?? "-") \(event.rawValue)"
    }

    private static func head(of claim: String, after previous: String?) -> String {
        var digest = InputDigest()
        Array("\(previous ?? "")\n\(claim)".utf8).withUnsafeBytes { digest.add($0) }
        return digest.sha256
    }

    private static func isDigest(_ word: some StringProtocol) -> Bool {
        word.utf8.count == 64
            && word.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
