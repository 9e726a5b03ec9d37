internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The mark that keeps a run from being pruned: an empty file beside its transcript.
///
/// A file and no row of the index, since it has to outlive that.
enum Pin {
    /// What stands behind the run id.
    static let suffix = ".pin"

    /// Whether there is a mark beside a transcript.
    static func isSet(beside transcript: String) -> Bool {
        access(path(beside: transcript), F_OK) == 0
    }

    /// Sets or takes away the mark; true if that changed anything.
    static func set(_ isPinned: Bool, beside transcript: String) throws(HistoryError) -> Bool {
        let path = path(beside: transcript)
        if !isPinned {
            if unlink(path) == 0 { return true }
            guard errno != ENOENT else { return false }
            throw HistoryError(
                .unwritable, attempted: "cannot unpin the run",
                underlying: "cannot remove \"\(path)\": \(explanation(of: errno))",
                hint: "see to it that its folder is yours to write")
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return true
        }
        guard errno != EEXIST else { return false }
        throw HistoryError(
            .unwritable, attempted: "cannot pin the run",
            underlying: "cannot create \"\(path)\": \(explanation(of: errno))",
            hint: "see to it that its folder is yours to write")
    }

    private static func path(beside transcript: String) -> String {
        (transcript.hasSuffix(".cast") ? String(transcript.dropLast(5)) : transcript) + suffix
    }
}
