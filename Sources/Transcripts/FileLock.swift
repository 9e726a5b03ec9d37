#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The lock of flock(2), which belongs to an open file, and to all copies of its descriptor.
///
/// A reader that asks who has it holds it for an instant, and so does a program that is just being started
/// and has a copy: hence the patience.
enum FileLock {
    /// Takes it within so long; false where somebody else keeps it.
    ///
    /// On a file system without locks nobody has it, and everybody gets it.
    static func take(_ descriptor: Int32, within patience: Duration) -> Bool {
        let limit = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { return true }
            guard ContinuousClock.now < limit else { return false }
            // There is no wait for a lock with an end.
            usleep(UInt32.random(in: 200...1500))
        }
        return true
    }

    /// Whether somebody has it at this moment; asking takes it for an instant.
    static func isHeld(_ descriptor: Int32) -> Bool {
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        return false
    }
}
