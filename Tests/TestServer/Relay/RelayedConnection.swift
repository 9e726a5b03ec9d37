/// One connection of a `DelayingRelay`.
final class RelayedConnection: Sendable {
    private let number: Int
    private let client: Descriptor
    private let server: Descriptor
    private let wakeUp: (read: Descriptor, write: Descriptor)
    private let orders: Watched<DelayingRelay.Orders>
    private let start = ContinuousClock.now

    init(
        number: Int, client: Descriptor, server: Descriptor,
        wakeUp: (read: Descriptor, write: Descriptor), orders: Watched<DelayingRelay.Orders>
    ) {
        self.number = number
        self.client = client
        self.server = server
        self.wakeUp = wakeUp
        self.orders = orders
    }

    /// Makes the thread look at its orders.
    func wake() { try? wakeUp.write.write([0]) }

    /// Relays until both sides have ended or the connection is cut.
    func run() {
        var toServer = RelayLane(from: client, to: server)
        var toClient = RelayLane(from: server, to: client)
        do {
            try [client, server, wakeUp.read].forEach { try $0.setNonBlocking() }
            while !toServer.isDone || !toClient.isDone {
                let cut = currentCut
                if cut == .reset { throw TestServerError(.connectionEnded, "relay", "cut") }
                if cut == .end { break }
                try wait(toServer, toClient, isSilent: cut == .silence)
                if beginsRelaying() {
                    defer { orders.withLock { $0.relaying -= 1 } }
                    try relay(&toServer, &toClient)
                }
            }
        } catch {
            // A cut, or one side has reset, which the other is to see as well.
            [client, server].forEach(resetOnClose)
        }
        client.close()
        server.close()
        orders.withLock { $0.measures[number].hasEnded = true }
    }

    private var currentCut: DelayingRelay.Cut? { orders.withLock(cut) }

    private func cut(_ orders: inout DelayingRelay.Orders) -> DelayingRelay.Cut? {
        let delivered = orders.measures[number].bytesToClient
        let later = orders.cutAfter.flatMap { delivered >= $0.bytes ? $0.cut : nil }
        return orders.cut ?? later
    }

    /// Whether nothing is cut; `orders.relaying` counts it in from the same moment.
    private func beginsRelaying() -> Bool {
        orders.withLock { orders in
            guard cut(&orders) == nil else { return false }
            orders.relaying += 1
            return true
        }
    }

    /// Waits until there is something to read or deliver, or an order.
    private func wait(_ toServer: RelayLane, _ toClient: RelayLane, isSilent: Bool) throws {
        let lanes = isSilent ? [] : [toServer, toClient]
        let due = lanes.compactMap(\.due).min()
        // Rounded up, or the last fraction of a millisecond would be spent in a busy loop.
        let milliseconds = due.map { instant in
            Int32(max(0, ((instant - ContinuousClock.now).inSeconds * 1000).rounded(.up)))
        }
        _ = try ready(
            reading: lanes.filter(\.canRead).map(\.source.rawValue) + [wakeUp.read.rawValue],
            writing: lanes.filter(\.isBlocked).map(\.target.rawValue),
            milliseconds: milliseconds ?? -1)
        // Orders that were waited for together are looked at together.
        while (try? wakeUp.read.read())?.isEmpty == false {}
    }

    /// Reads from both sides before it delivers to either: see `DelayingRelay`.
    private func relay(_ toServer: inout RelayLane, _ toClient: inout RelayLane) throws {
        let (measure, conditions, limit) = orders.withLock { orders in
            let measure = orders.measures[number]
            let limit = orders.cutAfter.map { $0.bytes - measure.bytesToClient }
            return (measure, orders.conditions, limit ?? .max)
        }
        try toServer.read(depth: measure.count + 1, delay: conditions.toServer)
        try toClient.read(depth: measure.flights, delay: conditions.toClient)
        let rate = conditions.bytesPerSecond
        try toServer.deliver(bytesPerSecond: rate, limit: .max) { bytes, depth in
            orders.withLock { $0.measures[number].delivered(toServer: bytes, depth: depth) }
        }
        try toClient.deliver(bytesPerSecond: rate, limit: limit) { bytes, depth in
            let time = ContinuousClock.now - start
            orders.withLock {
                $0.measures[number].delivered(toClient: bytes, depth: depth, after: time)
            }
        }
    }
}
