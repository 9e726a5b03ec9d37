#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A Unix socket that is written and read in full, every wait under a deadline.
struct AgentSocket: ~Copyable {
    enum Problem: Error {
        case interrupted
        case other(String)
    }

    #if canImport(Darwin)
        /// SIGPIPE is ignored in the whole process.
        private static let withoutSignal: CInt = 0
    #else
        private static let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif

    private let descriptor: CInt

    /// Connects; throws where nobody listens there, or the listener's queue stays full.
    static func connected(
        to path: String, until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) -> AgentSocket {
        guard let address = address(path) else {
            throw .other("the path is longer than a socket's may be")
        }
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw .other(describe(errno: errno)) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let socket = AgentSocket(descriptor: descriptor)
        try socket.reach(address, until: deadline, interrupt: interrupt)
        return socket
    }

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    func sendAll(
        _ bytes: [UInt8], until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) {
        var sent = 0
        while sent < bytes.count {
            let count = retryingInterrupts {
                bytes[sent...].withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Self.withoutSignal)
                }
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                try waitFor(POLLOUT, until: deadline, interrupt: interrupt)
            } else {
                throw .other(describe(errno: errno))
            }
        }
    }

    /// Receives exactly `count` bytes; throws where the stream ends earlier.
    func receive(
        exactly count: Int, until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = retryingInterrupts {
                bytes.withUnsafeMutableBytes { room in
                    recv(descriptor, room.baseAddress?.advanced(by: received), count - received, 0)
                }
            }
            if more > 0 {
                received += more
            } else if more == 0 {
                throw .other("it closed the connection")
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                try waitFor(POLLIN, until: deadline, interrupt: interrupt)
            } else {
                throw .other(describe(errno: errno))
            }
        }
        return bytes
    }

    private func reach(
        _ address: sockaddr_un, until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) {
        var address = address
        while true {
            let result = withUnsafeBytes(of: &address) { bytes -> CInt in
                guard let base = bytes.baseAddress else { return -1 }
                return connect(
                    descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
            if result == 0 || errno == EISCONN { return }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // A full queue (unix(7)); no event tells when it has room, so it is tried again.
                let pause = deadline.earlier(.after(.milliseconds(20)))
                try waitFor(0, until: pause, interrupt: interrupt)
                if deadline.hasPassed { throw .other("no answer in time") }
            case let error:
                throw .other(describe(errno: error))
            }
        }
    }

    /// Waits for an event; throws when the deadline passes first, or the user wants out.
    private func waitFor(
        _ events: CInt, until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) {
        // A negative descriptor is passed over by poll(2).
        var entries = [
            pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0),
            pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let isReady = wait(for: &entries, until: deadline)
        if entries[1].revents != 0 { throw .interrupted }
        if !isReady, events != 0 { throw .other("no answer in time") }
    }

    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            // One byte stays for the zero at the end.
            guard bytes.count < room.count, !bytes.contains(0) else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        return fits ? address : nil
    }
}
