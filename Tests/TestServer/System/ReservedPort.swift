import CTestServerShims

#if canImport(Glibc)
    import Glibc
#endif

/// A port of 127.0.0.1 that is ours for as long as this lives, with nothing listening on it.
///
/// The socket is bound with SO_REUSEADDR and never listens. Linux then lets another socket with
/// SO_REUSEADDR (sshd sets it) bind the same port and listen, while `bind` to port 0 in other
/// processes passes it over. Until someone listens, a connection to it is refused.
package final class ReservedPort: Sendable {
    package let number: Int
    private let socket: Descriptor

    package init() throws {
        socket = try boundSocket(port: 0)
        number = try localPort(of: socket)
    }

    package func release() { socket.close() }
}

/// A TCP socket bound to 127.0.0.1; port 0 lets the kernel choose.
func boundSocket(port: Int) throws -> Descriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let file = Descriptor(try retrying("cannot make a socket") { socket(AF_INET, kind, 0) })
    try setOption(file, SOL_SOCKET, SO_REUSEADDR)
    try withLoopbackAddress(port) { address, size in
        _ = try retrying("cannot bind port \(port)") { bind(file.rawValue, address, size) }
    }
    return file
}

/// A socket that listens on a free port of 127.0.0.1.
func listeningSocket(port: Int = 0) throws -> (socket: Descriptor, port: Int) {
    _ = ignoresBrokenPipes
    let file = try boundSocket(port: port)
    try retrying("cannot listen") { listen(file.rawValue, 64) }
    return (file, try localPort(of: file))
}

/// A connection to a port of 127.0.0.1, without Nagle's delay.
package func connectedSocket(port: Int) throws -> Descriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let file = Descriptor(try retrying("cannot make a socket") { socket(AF_INET, kind, 0) })
    try withLoopbackAddress(port) { address, size in
        _ = try retrying("cannot connect to port \(port)") {
            connect(file.rawValue, address, size)
        }
    }
    try setOption(file, Int32(IPPROTO_TCP), TCP_NODELAY)
    return file
}

/// The next connection of a listening socket; nil once that has been shut down.
func acceptedSocket(_ listener: Descriptor) -> Descriptor? {
    let file = try? retrying("cannot accept a connection") {
        test_server_accept(listener.rawValue)
    }
    guard let file else { return nil }
    let connection = Descriptor(file)
    try? setOption(connection, Int32(IPPROTO_TCP), TCP_NODELAY)
    return connection
}

/// Makes the next `close` of a socket send a reset (RST) and drop what is unsent.
func resetOnClose(_ file: Descriptor) {
    var option = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    _ = setsockopt(file.rawValue, SOL_SOCKET, SO_LINGER, &option, size)
}

private func setOption(_ file: Descriptor, _ level: Int32, _ name: Int32) throws {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    try retrying("cannot set a socket option") {
        setsockopt(file.rawValue, level, name, &on, size)
    }
}

private func localPort(of file: Descriptor) throws -> Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try retrying("cannot read a socket's port") {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(file.rawValue, $0, &size)
            }
        }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}

private func withLoopbackAddress<Result>(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return try withUnsafePointer(to: &address) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
