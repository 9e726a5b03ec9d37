internal import Runs
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is there as a whole, or not at all; readable for the user alone.
final class ExportFile {
    struct Failure: Error {
        let message: String
        var hint: String?
        var isClosedPipe = false
    }

    private let path: String
    private let replaces: Bool
    private let temporary: String
    private let descriptor: CInt
    private var buffer: [UInt8] = []
    private var isFinished = false

    /// Begins a file beside the one that is wanted; throws where that exists and may not be replaced.
    init(_ path: String, replacing: Bool) throws(Failure) {
        self.path = path
        replaces = replacing
        var status = stat()
        if lstat(path, &status) == 0 {
            guard replacing else { throw Self.exists(path) }
            // To rename something over a device would remove that.
            guard status.st_mode & S_IFMT == S_IFREG else { throw Self.isNoFile(path) }
        }
        temporary = "\(path).ccrun-\(getpid()).tmp"
        descriptor = open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        buffer += bytes
        if buffer.count >= 64 * 1024 { try flush() }
    }

    /// Puts the file in its place.
    func finish() throws(Failure) {
        try flush()
        guard fsync(descriptor) == 0 else { throw Self.failure(path, errno) }
        if !replaces, try linked() {
            unlink(temporary)
        } else if rename(temporary, path) != 0 {
            throw Self.failure(path, errno)
        }
        isFinished = true
    }

    /// Unlike rename(2), link(2) replaces nothing that came up meanwhile; false where the file system
    /// knows no links.
    private func linked() throws(Failure) -> Bool {
        if link(temporary, path) == 0 { return true }
        if errno == EEXIST { throw Self.exists(path) }
        guard [EPERM, ENOTSUP, ENOSYS].contains(errno) else { throw Self.failure(path, errno) }
        return false
    }

    /// Writes to stdout instead.
    static func writeToOutput(_ bytes: [UInt8]) throws(Failure) {
        let number = bytes.withUnsafeBytes { DescriptorOutput.write($0, to: STDOUT_FILENO) }
        guard let number else { return }
        throw Failure(
            message: "cannot write the export: \(explanation(of: number))",
            isClosedPipe: number == EPIPE)
    }

    private func flush() throws(Failure) {
        let number = buffer.withUnsafeBytes { DescriptorOutput.write($0, to: descriptor) }
        buffer.removeAll(keepingCapacity: true)
        if let number { throw Self.failure(path, number) }
    }

    private static func exists(_ path: String) -> Failure {
        Failure(
            message: "cannot write \"\(path)\": there is such a file",
            hint: "--force replaces it")
    }

    private static func isNoFile(_ path: String) -> Failure {
        Failure(
            message: "cannot replace \"\(path)\": it is no regular file",
            hint: "leave out -o, and send stdout there")
    }

    private static func failure(_ path: String, _ number: CInt) -> Failure {
        Failure(message: "cannot write \"\(path)\": \(explanation(of: number))")
    }
}
