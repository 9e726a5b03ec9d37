/// Why a run could not be named, kept or listed.
package struct HistoryError: Error, Sendable, Equatable {
    package enum Code: Sendable {
        /// There is no run, or none that begins like that.
        case notFound
        /// Several runs begin like that.
        case ambiguous
        /// The text can begin no run id, or says nothing that runs could be told apart by.
        case malformed
        /// A file beside the transcripts could not be written or removed.
        case unwritable
        /// The index is locked, broken or out of reach; the transcripts are not.
        case noIndex
    }

    package let code: Code
    package let attempted: String
    package let underlying: String
    package let hint: String?

    init(_ code: Code, attempted: String, underlying: String, hint: String? = nil) {
        self.code = code
        self.attempted = attempted
        self.underlying = underlying
        self.hint = hint
    }

    package var message: String {
        "\(attempted): \(underlying)"
    }
}
