#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The lock that those who record a transcript hold.
package struct TranscriptLock: ~Copyable {
    private let descriptor: Int32

    /// Throws `busy` where somebody else has it; a file system without locks has nobody who has.
    init(_ path: String) throws(TranscriptError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw TranscriptError(
                .unreadable, attempted: "cannot open \"\(path)\"",
                underlying: explanation(of: errno))
        }
        guard TranscriptLock.take(descriptor) else {
            throw TranscriptError(
                .busy, attempted: "cannot rewrite \"\(path)\"",
                underlying: "it is being recorded",
                hint: "wait for the run's end")
        }
    }

    /// Locks an open file; false where a recorder has it for longer than a second.
    package static func take(_ descriptor: Int32) -> Bool {
        FileLock.take(descriptor, within: .seconds(1))
    }

    /// Whether a recorder has it.
    static func isHeld(_ descriptor: Int32) -> Bool {
        guard take(descriptor) else { return true }
        flock(descriptor, LOCK_UN)
        return false
    }

    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Lets it go.
    consuming func release() {}
}
