import CTestServerShims

#if canImport(Glibc)
    import Glibc
#endif

/// An open file of this process, closed once: by `close()`, or with its last reference.
///
/// All are opened close-on-exec, so that no child of a parallel test holds the end of another's pipe.
package final class Descriptor: Sendable {
    private let number: Watched<Int32>

    /// Takes over an open descriptor.
    package init(_ number: Int32) {
        self.number = Watched(number)
    }

    deinit { close() }

    /// The number, or -1 once it is closed.
    package var rawValue: Int32 { number.withLock { $0 } }

    package func close() {
        number.withLock {
            if $0 >= 0 { _ = Glibc.close($0) }
            $0 = -1
        }
    }

    /// Ends a socket in both directions, which wakes every thread that reads or writes it.
    package func shutDown() {
        number.withLock {
            if $0 >= 0 { _ = Glibc.shutdown($0, Int32(SHUT_RDWR)) }
        }
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws -> Descriptor {
        Descriptor(
            try retrying("cannot open \"\(path)\"") { Glibc.open(path, flags | O_CLOEXEC, mode) })
    }

    static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        try retrying("cannot make a pipe") { test_server_pipe(&ends) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// What there is to read, at most `limit` bytes; empty at the end of the file.
    package func read(_ limit: Int = 65_536) throws -> [UInt8] {
        let file = rawValue
        return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try retrying("cannot read") { Glibc.read(file, buffer.baseAddress, limit) }
        }
    }

    /// Writes all of the bytes, however many calls that takes.
    package func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try writeSome(rest)) }
    }

    /// Writes as much as goes in one call; 0 where a non-blocking file is full.
    func writeSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let file = rawValue
        return try bytes.withUnsafeBytes { buffer in
            do {
                return try retrying("cannot write") {
                    Glibc.write(file, buffer.baseAddress, buffer.count)
                }
            } catch let error as TestServerError where error.code == .system(EAGAIN) {
                return 0
            }
        }
    }

    func setNonBlocking() throws {
        let file = rawValue
        let flags = try retrying("cannot read file flags") { fcntl(file, F_GETFL) }
        try retrying("cannot set file flags") { fcntl(file, F_SETFL, flags | O_NONBLOCK) }
    }
}

/// Waits until one of the files is ready, or has ended; says which ones.
///
/// That takes at most so many `milliseconds`; -1 waits for ever.
func ready(
    reading: [Int32] = [], writing: [Int32] = [], milliseconds: Int32 = -1
) throws -> Set<Int32> {
    var entries = reading.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    entries += writing.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
    try retrying("cannot wait for files") {
        poll(&entries, nfds_t(entries.count), milliseconds)
    }
    return Set(entries.filter { $0.revents != 0 }.map(\.fd))
}

/// Lets a write to a closed pipe return EPIPE, in place of ending the test process.
///
/// Children do not inherit this: `SpawnedProcess` resets every signal.
let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
