#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a process may be started with and cannot work with.
enum Launch {
    /// Opens /dev/null in place of every standard descriptor that is closed, as ssh does.
    ///
    /// Its number would go to the next file else: the remote program's output into the socket.
    static func fillStandardDescriptors() {
        var file = open("/dev/null", O_RDWR)
        while (0...STDERR_FILENO).contains(file) { file = open("/dev/null", O_RDWR) }
        if file >= 0 { close(file) }
    }

    /// The words behind the program's name; nil when one is not UTF-8, and would arrive altered.
    static var arguments: [String]? {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: bytes) else { return nil }
            words.append(word)
        }
        return words
    }
}
