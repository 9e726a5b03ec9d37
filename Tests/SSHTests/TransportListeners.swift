import Glibc
import TestServer

@testable import SSH

/// Sockets on addresses of 127.0.0.0/8 that answer, refuse, or stay silent, all on one port.
final class Listeners {
    enum Manner {
        case answering
        /// Bound, but not listening: a connection is refused.
        case refusing
        /// Listening with a full queue: Linux drops further SYNs, so nobody answers.
        case silent
    }

    let port: UInt16
    private let count: Int
    private var sockets: [CInt] = []

    /// One socket for each manner: the first on 127.0.0.2, the next on 127.0.0.3, and so on.
    init(_ manners: [Manner]) throws {
        var found: (port: UInt16, sockets: [CInt])?
        // The port is free on the first address; that it is taken on another is rare.
        for _ in 0..<100 where found == nil { found = try Self.bound(manners.count) }
        guard let found else { throw TransportProblem("no port is free on all addresses") }
        (port, sockets) = found
        count = manners.count
        for (index, manner) in manners.enumerated() {
            switch manner {
            case .refusing: continue
            case .answering: listen(sockets[index], 16)
            case .silent:
                listen(sockets[index], 0)
                try fill(Self.address(index, port))
            }
        }
    }

    deinit {
        for socket in sockets { close(socket) }
    }

    /// The addresses in the form the dialer takes them, in order.
    func addresses() throws -> [SocketAddress] {
        try (0..<count).flatMap { index in
            try NameLookup.addresses(
                of: "127.0.0.\(index + 2)", port: port, until: .after(generous), interrupt: nil)
        }
    }

    /// Connects until the queue is full, which is after the first connection.
    private func fill(_ address: sockaddr_in) throws {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let client = socket(AF_INET, kind, 0)
        sockets.append(client)
        guard Self.withAddress(address, { connect(client, $0, $1) }) == 0 else {
            throw TransportProblem("cannot fill a queue")
        }
    }

    private static func bound(_ count: Int) throws -> (port: UInt16, sockets: [CInt])? {
        var port: UInt16 = 0
        var sockets: [CInt] = []
        for index in 0..<count {
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            let listener = socket(AF_INET, kind, 0)
            sockets.append(listener)
            guard withAddress(address(index, port), { bind(listener, $0, $1) }) == 0 else {
                for socket in sockets { close(socket) }
                return nil
            }
            if index == 0 { port = boundPort(listener) }
        }
        return (port, sockets)
    }

    private static func boundPort(_ listener: CInt) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(listener, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func address(_ index: Int, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0002 + UInt32(index)).bigEndian
        return address
    }

    private static func withAddress(
        _ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
