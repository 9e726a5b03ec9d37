import Glibc
import TestServer
import Testing

@testable import SSH

/// Connecting to one of several addresses, some of which are dead.
@Suite struct TransportDialerTests {
    private static func dialer(
        _ listeners: Listeners, limit: Duration = generous, interrupt: Interrupt? = nil
    ) -> Dialer {
        Dialer(host: "test", port: listeners.port, deadline: .after(limit), interrupt: interrupt)
    }

    /// The error that a dialer ends with.
    private static func error(_ dialer: Dialer, _ listeners: Listeners) throws -> SSHError? {
        let addresses = try listeners.addresses()
        return sshError { _ = try dialer.dial(addresses) }
    }

    @Test func `a port where nobody listens is refused`() throws {
        let port = try ReservedPort()
        defer { port.release() }
        let number = UInt16(clamping: port.number)
        let error = sshError {
            _ = try Dialer(
                host: "127.0.0.1", port: number, deadline: .after(generous), interrupt: nil
            ).dial()
        }
        #expect(error?.code == .connect)
        #expect(
            error?.message == "cannot connect to \"127.0.0.1\" port \(number): connection refused")
        #expect(error?.hint != nil)
        #expect(error?.details == [])
    }

    @Test func `an address of another family is not tried`() throws {
        let listeners = try Listeners([.answering])
        let error = sshError {
            _ = try Dialer(
                host: "127.0.0.2", port: listeners.port, terms: Dialer.Terms(family: AF_INET6),
                deadline: .after(generous), interrupt: nil
            ).dial()
        }
        #expect(error?.code == .nameLookup)
        #expect(error?.underlying == "none is of the family that AddressFamily asks for")
    }

    @Test(
        arguments: [
            ("192.0.2.7", "cannot assign requested address"), ("::1", "it is of another family"),
        ])
    func `an address here that cannot be used is named`(address: String, reason: String) throws {
        let listeners = try Listeners([.answering])
        let error = sshError {
            _ = try Dialer(
                host: "127.0.0.2", port: listeners.port,
                terms: Dialer.Terms(bindAddress: address), deadline: .after(generous),
                interrupt: nil
            ).dial()
        }
        #expect(error?.code == .connect)
        #expect(error?.underlying == "cannot use the BindAddress \"\(address)\": \(reason)")
    }

    @Test func `the first address that answers is taken`() throws {
        let listeners = try Listeners([.answering, .answering])
        let transport = try Self.dialer(listeners).dial(listeners.addresses())
        #expect(transport.address == "127.0.0.2")
        #expect(!transport.carrier.hasEnded)
    }

    @Test func `a refused address costs nothing`() throws {
        let listeners = try Listeners([.refusing, .refusing, .answering])
        let transport = try Self.dialer(listeners).dial(listeners.addresses())
        #expect(transport.address == "127.0.0.4")
    }

    @Test func `a silent address costs little`() throws {
        let listeners = try Listeners([.silent, .answering])
        let addresses = try listeners.addresses()
        let start = ContinuousClock.now
        let transport = try Self.dialer(listeners).dial(addresses)
        let duration = ContinuousClock.now - start
        #expect(transport.address == "127.0.0.3")
        #expect(duration >= Dialer.attemptDelay)
        // TCP itself would try for two minutes; a busy machine may make a quarter second longer.
        #expect(duration < .seconds(90))
    }

    @Test func `silent and refused addresses in any order lead to the one that answers`() throws {
        let listeners = try Listeners([.refusing, .silent, .refusing, .answering])
        let transport = try Self.dialer(listeners).dial(listeners.addresses())
        #expect(transport.address == "127.0.0.5")
    }

    @Test func `when all refuse, each is named`() throws {
        let listeners = try Listeners([.refusing, .refusing])
        let error = try Self.error(Self.dialer(listeners), listeners)
        #expect(error?.code == .connect)
        #expect(error?.underlying == "connection refused")
        #expect(
            error?.details == [
                "tried 127.0.0.2: connection refused", "tried 127.0.0.3: connection refused",
            ])
    }

    @Test func `silence ends with the deadline, and names the silent`() throws {
        let listeners = try Listeners([.silent, .refusing])
        let error = try Self.error(Self.dialer(listeners, limit: .milliseconds(700)), listeners)
        #expect(error?.code == .timeout)
        #expect(error?.underlying == "no answer from 127.0.0.2 in time")
    }

    @Test func `a deadline that has passed connects to nobody who is silent`() throws {
        let listeners = try Listeners([.silent])
        let error = try Self.error(Self.dialer(listeners, limit: .zero), listeners)
        #expect(error?.code == .timeout)
    }

    @Test func `an interrupt ends it`() throws {
        let listeners = try Listeners([.silent])
        let pipe = try InterruptPipe()
        try pipe.trigger()
        let dialer = Self.dialer(listeners, interrupt: pipe.interrupt)
        let error = try Self.error(dialer, listeners)
        #expect(error?.code == .interrupted)
    }

    @Test func `an interrupt that comes later ends it as well`() throws {
        let listeners = try Listeners([.silent])
        let pipe = try InterruptPipe()
        let interrupt = pipe.interrupt
        let port = listeners.port
        let addresses = try listeners.addresses()
        let code = Watched<SSHError.Code?>(nil)
        let started = Watched(false)
        let worker = Worker("dialer") {
            let dialer = Dialer(
                host: "test", port: port, deadline: .after(generous), interrupt: interrupt)
            started.withLock { $0 = true }
            let error = sshError { _ = try dialer.dial(addresses) }
            code.withLock { $0 = error?.code }
        }
        _ = started.wait { $0 ? true : nil }
        try pipe.trigger()
        #expect(worker.join(generous))
        #expect(code.withLock { $0 } == .interrupted)
    }

    @Test func `a name without addresses is refused with that reason`() throws {
        let dialer = Dialer(host: "te\u{7}st", port: 1, deadline: .never, interrupt: nil)
        let error = sshError { _ = try dialer.dial([]) }
        #expect(error?.code == .connect)
        #expect(error?.message == "cannot connect to \"test\" port 1: the name has no address")
    }

    @Test(.enabled(if: hasIPv6Loopback, "there is no ::1 here"))
    func `an IPv6 address is connected to`() throws {
        let listener = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        let port = try #require(boundToIPv6Loopback(listener))
        listen(listener, 4)
        let transport = try Dialer(
            host: "::1", port: port, deadline: .after(generous), interrupt: nil
        ).dial()
        #expect(transport.address == "::1")
    }
}

private let hasIPv6Loopback: Bool = {
    let probe = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return boundToIPv6Loopback(probe) != nil
}()

/// Binds a socket to a free port of ::1; nil where that cannot be.
private func boundToIPv6Loopback(_ listener: CInt) -> UInt16? {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
        }
    }
    return isBound ? UInt16(bigEndian: address.sin6_port) : nil
}
