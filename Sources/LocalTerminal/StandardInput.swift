#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Our standard input, as long as nobody reads it.
package enum StandardInput {
    /// The bytes that are there to be read, of a file or of what a pipe holds at this moment.
    package static var unreadCount: Int {
        var count: CInt = 0
        return ioctl(STDIN_FILENO, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
}
