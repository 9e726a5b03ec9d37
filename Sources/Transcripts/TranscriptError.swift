/// Why a transcript could not be read or played.
package struct TranscriptError: Error, Sendable, Equatable {
    package enum Code: Sendable {
        /// The file could not be opened or read.
        case unreadable
        /// The first line is not, or not wholly, the header of a transcript.
        case notATranscript
        /// The text could not be written to where it is played.
        case output
        /// The ledger could not be read, locked or written.
        case ledger
        /// The disk has no room for a line of the ledger.
        case full
        /// Somebody records into the transcript.
        case busy
        /// The transcript has no step like that.
        case noSuchStep
    }

    package let code: Code
    package let attempted: String
    package let underlying: String
    package let hint: String?

    package init(_ code: Code, attempted: String, underlying: String, hint: String? = nil) {
        self.code = code
        self.attempted = attempted
        self.underlying = underlying
        self.hint = hint
    }

    package var message: String {
        "\(attempted): \(underlying)"
    }
}
