internal import Crypto

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The file of a transcript while it is written: whole lines go in, or nothing does.
///
/// All writing goes through one place, which knows what to do about short writes and a full disk.
struct RecordingFile: ~Copyable {
    struct Failure: Error {
        let attempted: String
        let errorNumber: Int32

        var message: String {
            "\(attempted): \(explanation(of: errorNumber))"
        }
    }

    let path: String
    private(set) var size = 0
    private let descriptor: Int32
    private var sync: BackgroundSync?
    private var hasher = SHA256()
    private var hasTornLine = false
    private var lastRequest: ContinuousClock.Instant
    /// The size when a sync was last asked for.
    private var requestedSize = 0
    private let syncDelay: Duration

    /// Creates the file of a run, and the folders above it that are missing; all for the user alone.
    init(
        of run: RunID, in stateFolder: String, syncDelay: Duration
    ) throws(Failure) {
        let folder = StateFolder.folder(of: run, in: stateFolder)
        let made = makeFolders(folder)
        guard made == 0 else {
            throw Failure(attempted: "cannot create \"\(folder)\"", errorNumber: made)
        }
        let path = "\(folder)/\(run).cast"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else {
            throw Failure(attempted: "cannot create \"\(path)\"", errorNumber: errno)
        }
        self.path = path
        self.descriptor = descriptor
        self.syncDelay = syncDelay
        lastRequest = .now
        RecordingFile.lock(descriptor)
    }

    /// Opens a file that still lacks its end; what it has behind its header goes.
    ///
    /// Throws EWOULDBLOCK where somebody else records into it, EEXIST where its end is there, EINVAL
    /// where it has no whole header, and what open(2) says where there is none.
    init(completing path: String, syncDelay: Duration) throws(Failure) {
        let descriptor = open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(attempted: "cannot open \"\(path)\"", errorNumber: errno)
        }
        let (header, errorNumber) = RecordingFile.claim(descriptor)
        guard errorNumber == 0 else {
            close(descriptor)
            throw Failure(attempted: "cannot complete \"\(path)\"", errorNumber: errorNumber)
        }
        self.path = path
        self.descriptor = descriptor
        self.syncDelay = syncDelay
        lastRequest = .now
        hasher.update(data: header)
        size = header.count
    }

    deinit {
        // A program that is just being started has a copy of the descriptor, which keeps the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// SHA-256 of every byte in the file, in hexadecimal.
    var sha256: String {
        hasher.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Appends whole lines.
    ///
    /// Where not all of them fit, the file is cut back to the units that did; `kept` is then their
    /// length, else it is that of the batch.
    mutating func append(_ batch: borrowing EventBatch, kept: inout Int) throws(Failure) {
        kept = 0
        try cutTornLine()
        let (written, errorNumber) = batch.withBytes { writeFully($0, to: descriptor) }
        let whole = errorNumber == 0 ? written : batch.wholeUnits(within: written)
        batch.withBytes {
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0.prefix(whole)))
        }
        kept = whole
        size += kept
        guard errorNumber == 0 else {
            hasTornLine = written > kept
            let failure = Failure(
                attempted: "cannot write \"\(path)\"", errorNumber: errorNumber)
            // The write's own failure is the one to tell; a torn line is cut at the next attempt.
            try? cutTornLine()
            throw failure
        }
    }

    /// Whether the file was deleted while it was recorded: what is written goes nowhere.
    var isGone: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    // MARK: - The disk

    /// After so many bytes there is a sync ahead of time, lest the one at the end take long.
    private static let syncStep = 8 << 20

    /// Starts to bring what was written so far, and the folder, to the disk.
    mutating func startSync() {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        sync = BackgroundSync(
            file: descriptor, folder: folderDescriptor, delay: Int32(syncDelay / .milliseconds(1)))
        if sync == nil && folderDescriptor >= 0 { close(folderDescriptor) }
        lastRequest = .now
    }

    /// Waits until the header is on the disk; false if that did not work.
    mutating func waitUntilHeaderIsDurable() -> Bool {
        sync?.waitForHeader() ?? (synchronize(descriptor) == 0)
    }

    /// Has what was just written brought to the disk within the delay, off this thread.
    mutating func syncSoon(now: ContinuousClock.Instant) throws(Failure) {
        let isMuch = sync != nil && size - requestedSize >= RecordingFile.syncStep
        guard isMuch || now - lastRequest >= syncDelay else { return }
        lastRequest = now
        requestedSize = size
        let result = sync?.request(atOnce: isMuch) ?? synchronize(descriptor)
        guard result == 0 else {
            throw Failure(attempted: "cannot save \"\(path)\"", errorNumber: result)
        }
    }

    /// Brings everything to the disk before it returns.
    func syncNow() throws(Failure) {
        let result = synchronize(descriptor)
        guard result == 0 else {
            throw Failure(attempted: "cannot save \"\(path)\"", errorNumber: result)
        }
    }

    /// Has the thread that syncs end, if there is one; it has when the file is closed.
    mutating func stopSync() {
        sync?.stop()
    }

    // MARK: - Private

    private mutating func cutTornLine() throws(Failure) {
        guard hasTornLine else { return }
        while ftruncate(descriptor, off_t(size)) != 0 {
            guard errno == EINTR else {
                throw Failure(attempted: "cannot cut \"\(path)\"", errorNumber: errno)
            }
        }
        hasTornLine = false
    }

    /// Says that this file is being recorded; readers tell a running run from a crashed one by it.
    ///
    /// False where somebody else has the lock.
    @discardableResult
    private static func lock(_ descriptor: Int32) -> Bool {
        FileLock.take(descriptor, within: .milliseconds(20))
    }

    /// Locks a file without an end, and cuts it behind its first line, which it returns.
    private static func claim(_ descriptor: Int32) -> (header: [UInt8], errorNumber: Int32) {
        guard lock(descriptor) else { return ([], EWOULDBLOCK) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return ([], errno) }
        let size = Int(status.st_size)
        if TranscriptEnd(descriptor: descriptor, size: size).ending != nil { return ([], EEXIST) }
        var bytes = [UInt8](repeating: 0, count: min(size, LineReader.longestLine))
        let count = bytes.withUnsafeMutableBytes { readOnce(descriptor, into: $0, at: 0) }
        guard let lineFeed = bytes.prefix(count).firstIndex(of: 0x0a) else { return ([], EINVAL) }
        while ftruncate(descriptor, off_t(lineFeed + 1)) != 0 {
            guard errno == EINTR else { return ([], errno) }
        }
        return (Array(bytes[...lineFeed]), 0)
    }
}
