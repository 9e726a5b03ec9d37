#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The bytes of a file that has to be read as a whole.
enum FileBytes {
    /// Reads a file; nil where there is none.
    static func read(_ path: String) throws(TranscriptError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else {
            throw TranscriptError(
                .unreadable, attempted: "cannot open \"\(path)\"",
                underlying: explanation(of: errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TranscriptError(
                .unreadable, attempted: "cannot read \"\(path)\"", underlying: "it is not a file")
        }
        return readAll(descriptor, from: 0, count: Int(status.st_size))
    }
}

/// Reads so many bytes, fewer where the file ends before.
func readAll(_ descriptor: Int32, from start: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
        let room = UnsafeMutableRawBufferPointer(buffer)
        while initialized < count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: room[initialized...])
            let result = readOnce(descriptor, into: rest, at: start + initialized)
            guard result > 0 else { break }
            initialized += result
        }
    }
}
