#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A new file beside an old one, of which it takes the place in one step, or which goes again.
final class ReplacementFile {
    private let target: String
    private let path: String
    private let descriptor: Int32
    private var digest = InputDigest()
    private var isInPlace = false
    /// How many bytes were looked at.
    private var checkedCount = 0

    init(for target: String) throws(TranscriptError) {
        self.target = target
        let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        path = "\(folder)/\(ScrubLeftovers.name(of: getpid()))"
        ReplacementFile.removeLeftovers(in: folder)
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw failure("create \"\(path)\"", errno) }
    }

    deinit {
        close(descriptor)
        if !isInPlace { unlink(path) }
    }

    private static func removeLeftovers(in folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        ScrubLeftovers(in: descriptor).remove(from: descriptor)
        close(descriptor)
    }

    /// SHA-256 of what was written, in hexadecimal.
    var sha256: String { digest.sha256 }

    func append(_ batch: borrowing EventBatch) throws(TranscriptError) {
        let (_, errorNumber) = batch.withBytes { bytes in
            digest.add(bytes)
            return writeFully(bytes, to: descriptor)
        }
        guard errorNumber == 0 else { throw failure("write \"\(path)\"", errorNumber) }
    }

    /// Looks at every byte once more; throws `output` where a value still stands there.
    func check(without redactions: [Redaction]) throws(TranscriptError) {
        checkedCount = 0
        try checkNew(without: redactions)
    }

    /// The same for what was written since the last look: whole lines.
    func checkNew(without redactions: [Redaction]) throws(TranscriptError) {
        var redactor = Redactor(redactions)
        while true {
            let piece = readAll(descriptor, from: checkedCount, count: 1 << 20)
            guard !piece.isEmpty else { break }
            piece.withUnsafeBytes { redactor.take($0) { _ in } }
            checkedCount += piece.count
        }
        redactor.flush { _ in }
        guard redactor.counts.allSatisfy({ $0 == 0 }) else {
            throw TranscriptError(
                .output, attempted: "cannot rewrite \"\(target)\"",
                underlying: "the value also stands in a field that has to stay, like a host's name")
        }
    }

    /// Brings what was written to the disk.
    func save() throws(TranscriptError) {
        let result = synchronize(descriptor)
        guard result == 0 else { throw failure("save \"\(path)\"", result) }
    }

    /// Brings it to the disk and renames it; the old file is gone then.
    func takePlace() throws(TranscriptError) {
        try save()
        guard rename(path, target) == 0 else { throw failure("replace \"\(target)\"", errno) }
        isInPlace = true
        let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // The rename has worked; that the disk may not have it yet is no reason to say it has not.
        _ = fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ verb: String, _ errorNumber: Int32) -> TranscriptError {
        TranscriptError(
            .output, attempted: "cannot \(verb)", underlying: explanation(of: errorNumber))
    }
}
