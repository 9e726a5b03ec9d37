package import Transcripts

/// What the ledger and a transcript's own last line prove about a run.
package struct Verdict: Sendable, Equatable {
    package enum Word: String, Sendable, CaseIterable {
        /// Every byte is as it was when the run ended.
        case whole
        /// The same since a secret was taken out of it, which the ledger tells.
        case scrubbed
        /// It was deleted on purpose, which the ledger tells.
        case pruned
        /// It is being recorded.
        case running
        /// It has no end, and the ledger has nothing of it: its recorder was killed.
        case interrupted
        /// Its bytes are others than the ledger says.
        case edited
        /// The ledger says that it has an end, and that is not there.
        case truncated
        /// The ledger has it, and there is no such file.
        case missing
        /// It has an end, and no line in the ledger that could be believed vouches for it.
        case unledgered
        /// It could not be read.
        case unreadable
        /// There is no signature where one is wanted.
        case unsigned
        /// There is a signature, and it is not one of a trusted key over this run.
        case badSignature = "bad-signature"

        /// Whether there is nothing to object to.
        package var isFine: Bool {
            switch self {
            case .whole, .scrubbed, .pruned, .running, .interrupted: true
            case .edited, .truncated, .missing, .unledgered, .unreadable, .unsigned, .badSignature:
                false
            }
        }
    }

    package let run: RunID
    package let path: String
    package var word: Word

    /// One line on what was found; nil where the word says it all.
    package var reason: String?

    /// The line of the ledger that the transcript was compared with.
    package let line: LedgerLine?

    init(
        _ run: RunID, _ path: String, _ word: Word, _ reason: String? = nil, line: LedgerLine? = nil
    ) {
        self.run = run
        self.path = path
        self.word = word
        self.reason = reason
        self.line = line
    }
}
