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

    private let socket: UnixSocket

    /// Connects; throws where nobody listens there, or the listener's queue stays full.
    static func connected(
        to path: String, until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) -> AgentSocket {
        guard let address = UnixSocket.address(path) else {
            throw .other("the path is longer than a socket's may be")
        }
        guard let unconnected = UnixSocket() else { throw .other(describe(errno: errno)) }
        let socket = AgentSocket(socket: unconnected)
        try socket.reach(address, until: deadline, interrupt: interrupt)
        return socket
    }

    private init(socket: UnixSocket) {
        self.socket = socket
    }

    func sendAll(
        _ bytes: [UInt8], until deadline: Deadline, interrupt: Interrupt?
    ) throws(Problem) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { socket.put($0) }
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
            let more = bytes.withUnsafeMutableBytes { room in
                socket.take(into: UnsafeMutableRawBufferPointer(rebasing: room[received...]))
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
        while true {
            switch socket.reach(address) {
            case 0: return
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
            pollfd(fd: events == 0 ? -1 : socket.descriptor, events: Int16(events), revents: 0),
            pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let isReady = wait(for: &entries, until: deadline)
        if entries[1].revents != 0 { throw .interrupted }
        if !isReady, events != 0 { throw .other("no answer in time") }
    }
}
