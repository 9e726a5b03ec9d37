#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file read whole, of bounded size, without ever blocking on a pipe or a device.
struct SmallFile {
    enum Problem: Error, Equatable {
        case missing
        case unreadable(reason: String)
    }

    let bytes: [UInt8]
    /// The permission bits, the lowest nine of `st_mode`.
    let permissions: UInt32
    let owner: UInt32

    /// Reads a regular file, or a character device: `/dev/null` stands for an empty one.
    init(_ path: String, limit: Int) throws(Problem) {
        let descriptor = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            // ENOTDIR: a folder of the path is a file, so there is no such file either.
            if errno == ENOENT || errno == ENOTDIR { throw .missing }
            throw .unreadable(reason: describe(errno: errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(reason: describe(errno: errno))
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { throw .unreadable(reason: describe(errno: EISDIR)) }
        guard kind == S_IFREG || kind == S_IFCHR else {
            throw .unreadable(reason: "not a regular file")
        }
        permissions = UInt32(status.st_mode & 0o777)
        owner = UInt32(status.st_uid)
        bytes = try Self.contents(of: descriptor, limit: limit)
    }

    private static func contents(of descriptor: CInt, limit: Int) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = retryingInterrupts { read(descriptor, &piece, piece.count) }
            guard count >= 0 else { throw .unreadable(reason: describe(errno: errno)) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else {
                throw .unreadable(reason: "larger than \(limit >> 10) KiB")
            }
        }
    }
}
