internal import GRDB
internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The file of the index: for the user alone, and gone when it is broken.
struct IndexFile {
    let path: String
    private let folder: String

    init(stateFolder: String) {
        folder = stateFolder
        path = "\(stateFolder)/history.sqlite"
    }

    /// Creates the file where it is missing; SQLite's own files beside it take over its mode.
    func prepare() throws(HistoryError) {
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw unusable(explanation(of: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unusable("it is no file")
        }
        if status.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
    }

    /// Whether an error says that the file is no index of ours, or a broken one.
    static func isBroken(_ error: any Error) -> Bool {
        if error is HistoryIndex.OtherVersion { return true }
        guard let error = error as? DatabaseError else { return false }
        let codes: [ResultCode] = [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA]
        return codes.contains(error.resultCode.primaryResultCode)
    }

    /// Removes the file, unless somebody else has just done so and made it anew.
    ///
    /// One at a time, by a lock on the folder. A process that has the old file open may take away the
    /// new one's log when it ends; what that breaks is made anew in its turn.
    func discard() throws(HistoryError) {
        let broken = inode
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unusable("its folder cannot be opened") }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw unusable("it is broken, and somebody else makes it anew")
        }
        guard inode == broken else { return }
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw unusable("it is broken, and cannot be removed")
        }
    }

    private var inode: UInt64? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private func unusable(_ reason: String) -> HistoryError {
        HistoryError(
            .noIndex, attempted: "cannot use the index \"\(path)\"", underlying: reason,
            hint: "nothing is lost: the transcripts are read instead")
    }
}
