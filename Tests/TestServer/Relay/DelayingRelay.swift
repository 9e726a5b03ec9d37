import Foundation

/// A TCP relay on a port of 127.0.0.1 that delays, counts round trips, throttles and cuts.
///
/// One thread serves one connection. It reads from both sides before it delivers anything, so that
/// what a side had sent is never taken for an answer to what was delivered afterwards, however late
/// the thread is.
package final class DelayingRelay: Sendable {
    /// How long bytes take, and how many a second may pass.
    package struct Conditions: Sendable {
        package var toServer: Duration
        package var toClient: Duration
        /// In each direction; nil is no limit.
        package var bytesPerSecond: Int?

        package init(
            toServer: Duration = .zero, toClient: Duration = .zero, bytesPerSecond: Int? = nil
        ) {
            self.toServer = toServer
            self.toClient = toClient
            self.bytesPerSecond = bytesPerSecond
        }
    }

    /// A way to lose a connection.
    package enum Cut: Sendable {
        /// RST to both sides.
        case reset
        /// FIN to both sides.
        case end
        /// Nothing passes any more, and nobody is told, as when a cable is pulled.
        case silence
    }

    package let port: Int
    let orders: Watched<Orders>
    private let listener: Descriptor
    private let target: Int
    private let connections = Watched<[Int: RelayedConnection]>([:])

    struct Orders {
        var conditions: Conditions
        var cut: Cut?
        /// Carried out once this many bytes were delivered to a client.
        var cutAfter: (bytes: Int, cut: Cut)?
        var measures: [RoundTrips] = []
        var running = 0
        /// How many connections deliver something just now.
        var relaying = 0
    }

    /// Relays to the port `target` of 127.0.0.1; bytes take `delay` in each direction.
    package convenience init(to target: Int, delay: Duration = .zero) throws {
        try self.init(to: target, Conditions(toServer: delay, toClient: delay))
    }

    package init(to target: Int, _ conditions: Conditions) throws {
        self.target = target
        orders = Watched(Orders(conditions: conditions))
        (listener, port) = try listeningSocket()
        acceptInBackground()
    }

    deinit { stop() }

    // MARK: - What it saw

    /// How many connections there were.
    package var count: Int { orders.withLock(\.measures.count) }

    /// The measure of one connection; 0 is the first.
    package func measure(_ connection: Int = 0) -> RoundTrips {
        orders.withLock {
            $0.measures.indices.contains(connection) ? $0.measures[connection] : RoundTrips()
        }
    }

    /// Waits until a connection's measure is as wanted, and returns it.
    @discardableResult
    package func waitFor(
        _ awaited: String, connection: Int = 0, timeout: Duration = .seconds(60),
        _ matches: (RoundTrips) -> Bool
    ) throws -> RoundTrips {
        let found = orders.wait(timeout) { orders in
            orders.measures.indices.contains(connection)
                ? [orders.measures[connection]].first(where: matches) : nil
        }
        guard let found else {
            throw TestServerError.deadline(awaited, after: timeout, seen: "\(measure(connection))")
        }
        return found
    }

    // MARK: - What it does

    /// Changes delay and throughput for the bytes that come from now on.
    package func change(_ conditions: Conditions) {
        orders.withLock { $0.conditions = conditions }
        wakeAll()
    }

    /// Cuts every connection there is; nothing passes once this returns.
    ///
    /// Later ones are relayed, unless the cut is a silence, which goes on until `heal()`.
    package func cut(_ cut: Cut) {
        orders.withLock { $0.cut = cut }
        wakeAll()
        if cut == .silence {
            _ = orders.wait { $0.relaying == 0 ? true : nil }
        } else {
            _ = orders.wait { $0.running == 0 ? true : nil }
            heal()
        }
    }

    /// Cuts each connection once this many bytes were delivered to its client.
    package func cut(_ cut: Cut, afterBytesToClient bytes: Int) {
        orders.withLock { $0.cutAfter = (bytes, cut) }
    }

    /// Ends a silence: what was sent meanwhile arrives, as after an outage TCP has survived.
    package func heal() {
        orders.withLock { $0.cut = nil }
        wakeAll()
    }

    /// Ends every connection and waits for their threads.
    package func stop() {
        listener.shutDown()
        orders.withLock { $0.cut = .end }
        wakeAll()
        _ = orders.wait { $0.running == 0 ? true : nil }
        listener.close()
    }

    private func wakeAll() {
        for connection in connections.withLock({ Array($0.values) }) { connection.wake() }
    }

    private func acceptInBackground() {
        _ = Worker("relay") { [listener, target, orders, connections] in
            while let client = acceptedSocket(listener) {
                // Refused there is refused here: the client sees its connection end at once.
                guard let server = try? connectedSocket(port: target),
                    let ends = try? Descriptor.pipe()
                else { continue }
                let number = orders.withLock { orders in
                    orders.measures.append(RoundTrips())
                    orders.running += 1
                    return orders.measures.count - 1
                }
                let connection = RelayedConnection(
                    number: number, client: client, server: server, wakeUp: ends, orders: orders)
                connections.withLock { $0[number] = connection }
                _ = Worker("relay \(number)") {
                    connection.run()
                    connections.withLock { $0[number] = nil }
                    orders.withLock { $0.running -= 1 }
                }
            }
        }
    }
}

/// Gives `body` a relay, ended afterwards.
package func withRelay<Result>(
    to target: Int, delay: Duration = .zero, _ body: (DelayingRelay) throws -> Result
) throws -> Result {
    let relay = try DelayingRelay(to: target, delay: delay)
    defer { relay.stop() }
    return try body(relay)
}
