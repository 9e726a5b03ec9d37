#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A non-blocking stream socket of the machine's own (unix(7)), closed with its last reference.
///
/// Calls return what the system's do: -1 with `errno`, EAGAIN where one would have to wait.
final class UnixSocket {
    #if canImport(Darwin)
        /// SIGPIPE is ignored in the whole process.
        private static let withoutSignal: CInt = 0
    #else
        private static let withoutSignal = CInt(MSG_NOSIGNAL)
    #endif

    let descriptor: CInt

    /// A socket that is not connected; nil, with `errno`, where there can be none.
    init?() {
        #if canImport(Glibc)
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The address of a path; nil where it is too long for one.
    static func address(_ path: String) -> sockaddr_un? {
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

    /// Connects; returns 0, or the error's number.
    ///
    /// EAGAIN is a full queue of who listens there, and no event tells when it has room.
    func reach(_ address: sockaddr_un) -> CInt {
        var address = address
        let result = withUnsafeBytes(of: &address) { bytes -> CInt in
            guard let base = bytes.baseAddress else { return -1 }
            let pointer = base.assumingMemoryBound(to: sockaddr.self)
            return retryingInterrupts { connect(descriptor, pointer, socklen_t(bytes.count)) }
        }
        return result == 0 || errno == EISCONN ? 0 : errno
    }

    /// Sends some of the bytes, and returns how many.
    func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        retryingInterrupts { send(descriptor, bytes.baseAddress, bytes.count, Self.withoutSignal) }
    }

    /// Receives what there is, and returns how much; 0 is the end of what the other side sends.
    func take(into room: UnsafeMutableRawBufferPointer) -> Int {
        retryingInterrupts { recv(descriptor, room.baseAddress, room.count, 0) }
    }

    /// Tells the other side that no more comes; it may still send.
    func endSending() {
        shutdown(descriptor, CInt(SHUT_WR))
    }
}
