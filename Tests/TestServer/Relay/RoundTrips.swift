/// How often a client had to wait for its server, by cause and by clock.
///
/// *By cause.* Every piece of data has a depth. What a server sends has the depth of the deepest
/// client data that had been delivered to it before; its banner, sent unasked, has depth 0. What a
/// client sends has 1 plus the depth of the deepest server data that had been delivered to it
/// before. So depth counts the flights in the longest chain in which each could have been caused
/// by the one before, and unasked messages (a window adjustment, a host-key announcement) add
/// nothing of their own.
///
/// The count is exact when a delay is set that is long against the computing on both ends: all that
/// a client sends without waiting then leaves before any answer to its first part arrives. With
/// no delay it is an upper bound.
package struct RoundTrips: Sendable, Equatable {
    /// The depth of the deepest client data delivered to the server: flights sent.
    package internal(set) var flights = 0
    /// The depth of the deepest server data delivered to the client: flights sent and answered.
    ///
    /// This is the number of round trips since the TCP connect until the last answer.
    package internal(set) var count = 0
    package internal(set) var bytesToServer = 0
    package internal(set) var bytesToClient = 0
    /// From the TCP connect to the last delivery to the client.
    package internal(set) var elapsed = Duration.zero
    /// When each depth was first delivered to the client, since the TCP connect; the index is the
    /// depth.
    package internal(set) var arrivals: [Duration] = []
    /// Whether the connection is over.
    package internal(set) var hasEnded = false

    package init() {}

    /// How many round trips of this length fit into the time until the last delivery.
    ///
    /// This counts by clock. It is a little more than `count`, by the time that both ends compute.
    package func byClock(roundTrip: Duration) -> Double { elapsed / roundTrip }

    mutating func delivered(toClient bytes: Int, depth: Int, after time: Duration) {
        bytesToClient += bytes
        elapsed = time
        while arrivals.count <= depth { arrivals.append(time) }
        count = max(count, depth)
    }

    mutating func delivered(toServer bytes: Int, depth: Int) {
        bytesToServer += bytes
        flights = max(flights, depth)
    }
}
