#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The ledger's file, locked, with its last line: lines can be appended until it is let go.
///
/// Nothing here waits for longer than `patience`, and nothing waits for the disk.
struct LedgerFile: ~Copyable {
    /// How long somebody else may hold the lock, who needs it for less than a millisecond.
    static let patience = Duration.seconds(2)

    private(set) var last: LedgerLine?

    /// Whether a torn last line had to be cut: its writer was killed, or the disk was full.
    let wasTorn: Bool
    private let path: String
    private let descriptor: Int32
    private var size: Int

    /// Opens or creates the ledger of a state folder, and locks it.
    ///
    /// Throws `ledger` where that cannot be, somebody else keeps the lock for longer than `patience`,
    /// or the last line is none.
    init(in stateFolder: String, patience: Duration = LedgerFile.patience) throws(TranscriptError) {
        let path = Ledger.path(in: stateFolder)
        // Without O_NONBLOCK a FIFO in place of the file would hold us up.
        let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw LedgerFile.failure("open", path, explanation(of: errno))
        }
        do throws(TranscriptError) {
            guard FileLock.take(descriptor, within: patience) else {
                throw LedgerFile.failure(
                    "lock", path, "somebody else has kept it locked for too long")
            }
            let end = try LedgerFile.end(of: descriptor, path)
            (last, size, wasTorn) = (end.last, end.size, end.isTorn)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The head of all lines so far; nil before the first.
    var head: String? { last?.head }

    /// Appends a line; where the disk does not take it, the ledger is as it was.
    ///
    /// Throws `full` where it has no room, else `ledger`.
    mutating func append(
        _ event: LedgerLine.Event, of run: RunID, sha256: String?
    ) throws(TranscriptError) -> LedgerLine {
        let line = LedgerLine(after: last, run: run, sha256: sha256, event: event)
        let bytes = Array("\(line.text)\n".utf8)
        let (written, errorNumber) = bytes.withUnsafeBytes { writeFully($0, to: descriptor) }
        guard errorNumber == 0 else {
            // What stays all the same is a torn line, which the next one to open it cuts.
            if written > 0 { _ = ftruncate(descriptor, off_t(size)) }
            throw LedgerFile.failure(
                "write", path, explanation(of: errorNumber),
                [ENOSPC, EDQUOT].contains(errorNumber) ? .full : .ledger)
        }
        size += bytes.count
        last = line
        return line
    }

    /// Takes the last line back, as what it tells of has not happened after all.
    mutating func takeBack(_ line: LedgerLine, before: LedgerLine?) {
        let shorter = size - line.text.utf8.count - 1
        guard last == line, ftruncate(descriptor, off_t(shorter)) == 0 else { return }
        (size, last) = (shorter, before)
    }

    // MARK: - Private

    /// Longer than any line.
    private static let longestLine = 512

    /// The last line and the size of what is whole; what is torn goes.
    private static func end(
        of descriptor: Int32, _ path: String
    ) throws(TranscriptError) -> (last: LedgerLine?, size: Int, isTorn: Bool) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw failure("read", path, explanation(of: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure("open", path, "it is not a file")
        }
        let size = Int(status.st_size)
        let start = max(0, size - 2 * longestLine)
        let bytes = readAll(descriptor, from: start, count: size - start)
        guard let lineFeed = bytes.lastIndex(of: 0x0a) else {
            guard start == 0 else { throw failure("use", path, "its last line is none of ours") }
            try cut(descriptor, to: 0, of: size, path)
            return (nil, 0, size > 0)
        }
        let whole = start + lineFeed + 1
        let before = bytes[..<lineFeed].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        guard let last = LedgerLine(String(decoding: bytes[before..<lineFeed], as: UTF8.self))
        else {
            throw failure("use", path, "its last line is none of ours")
        }
        try cut(descriptor, to: whole, of: size, path)
        return (last, whole, whole < size)
    }

    private static func cut(
        _ descriptor: Int32, to whole: Int, of size: Int, _ path: String
    ) throws(TranscriptError) {
        guard whole < size else { return }
        guard ftruncate(descriptor, off_t(whole)) == 0 else {
            throw failure("repair", path, explanation(of: errno))
        }
    }

    private static func failure(
        _ verb: String, _ path: String, _ reason: String,
        _ code: TranscriptError.Code = .ledger
    ) -> TranscriptError {
        TranscriptError(
            code, attempted: "cannot \(verb) the ledger \"\(path)\"", underlying: reason,
            hint: "\"ccrun verify --all\" tells what is there")
    }
}
