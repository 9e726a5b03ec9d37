#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH

/// Where a remote stream goes: a local descriptor that is written to without ever blocking the relay.
///
/// The user's descriptor is shared with other processes, so it is not made non-blocking itself: a
/// pipe or terminal is opened once more, which gives an open file description of our own.
final class OutputSink {
    /// More than this waiting means: take no more from the server.
    static let highWater = 64 << 10

    private let descriptor: CInt
    private let ownsDescriptor: Bool
    /// How much one write may carry without blocking where the descriptor can block: PIPE_BUF.
    private let writeLimit: Int
    private var pending: [UInt8] = []
    private var pendingStart = 0
    /// Why bytes go nowhere any more: EPIPE where nobody reads, ENOSPC on a full disk; nil while they do.
    private(set) var failure: CInt?
    private let isSocket: Bool

    init(_ descriptor: CInt) {
        var status = stat()
        let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        let canBlock = kind == S_IFIFO || kind == S_IFCHR
        let own = canBlock ? Self.reopened(descriptor) : nil
        self.descriptor = own ?? descriptor
        ownsDescriptor = own != nil
        isSocket = kind == S_IFSOCK
        writeLimit = canBlock && own == nil ? Int(PIPE_BUF) : Int.max
    }

    /// The sinks of our own stdout and stderr.
    static var ofThisProcess: [Channel.Stream: OutputSink] {
        [.standardOutput: OutputSink(STDOUT_FILENO), .standardError: OutputSink(STDERR_FILENO)]
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    var isBroken: Bool { failure != nil }
    var hasRoom: Bool { pending.count - pendingStart < Self.highWater }
    var hasPending: Bool { pending.count > pendingStart }

    /// What poll(2) is to watch; nil while nothing waits.
    var pollEntry: pollfd? {
        hasPending ? pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0) : nil
    }

    /// Writes as much as goes now and keeps the rest.
    func write(_ bytes: UnsafeRawBufferPointer) {
        if isBroken { return }
        guard !hasPending else {
            pending += bytes
            return
        }
        let written = writeNow(bytes)
        if written < bytes.count, !isBroken { pending += bytes[written...] }
    }

    /// Writes what waits, as far as it goes.
    func flush() {
        guard hasPending else { return }
        let written = pending.withUnsafeBytes { bytes in
            writeNow(UnsafeRawBufferPointer(rebasing: bytes[pendingStart...]))
        }
        pendingStart += written
        if !hasPending || isBroken {
            pending.removeAll(keepingCapacity: true)
            pendingStart = 0
        } else if pendingStart >= Self.highWater {
            // A reader that is always a little behind never empties it.
            pending.removeFirst(pendingStart)
            pendingStart = 0
        }
    }

    private func writeNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        var written = 0
        while written < bytes.count {
            // A shared descriptor that can block is asked first, and given no more than fits for sure.
            if writeLimit != Int.max, !isReady { break }
            let size = min(bytes.count - written, writeLimit)
            let count = put(bytes.baseAddress?.advanced(by: written), size)
            if count > 0 {
                written += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                if count < 0, errno != EAGAIN, errno != EWOULDBLOCK { failure = errno }
                break
            }
        }
        return written
    }

    /// One write(2); a socket takes it without blocking whatever its mode.
    private func put(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if os(Linux)
            if isSocket { return send(descriptor, bytes, count, CInt(MSG_DONTWAIT)) }
        #endif
        return writeBytes(descriptor, bytes, count)
    }

    private var isReady: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    private static func reopened(_ descriptor: CInt) -> CInt? {
        let own = open("/dev/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        return own >= 0 ? own : nil
    }
}

/// write(2), under a name that no method of ours has.
private func writeBytes(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
