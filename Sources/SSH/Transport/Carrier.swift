#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What carries a session's bytes: a socket, a program's pipes, or a channel of another session.
///
/// It never waits. The session polls what `pollEntries` names and hands the answers to `transfer`.
protocol Carrier: AnyObject {
    /// What messages call the other end.
    var address: String { get }
    /// The other end's numeric address, where it was found out here.
    var numericAddress: String? { get }
    /// Why no more bytes come: nil while they may, an empty text for an orderly end.
    var endReason: String? { get }
    /// What to do where it ends before anybody has answered; nil for the usual.
    var earlyEndHint: String? { get }
    /// A non-blocking descriptor, for libssh2 to look at; it neither reads nor writes it.
    var descriptor: CInt { get }

    /// What poll(2) is to watch; nothing once the carrier has ended.
    func pollEntries(wantsInput: Bool, hasOutput: Bool) -> [pollfd]
    /// Moves bytes as poll(2) said it can be done about those entries.
    func transfer(_ entries: ArraySlice<pollfd>, _ wire: Wire)
    /// Sends what waits, as far as it goes without blocking.
    func flush(_ wire: Wire)
    /// Takes what has come already and what poll(2) says nothing of; true when there were bytes.
    func refill(_ wire: Wire) -> Bool
    /// Asks for immediate acknowledgements, before a wait.
    func acknowledgeQuickly()
    /// How many bytes the machine at the other end has acknowledged; nil where that cannot be known.
    var acknowledgedCount: Int? { get }
    /// How many bytes of the wire's were taken over and are not acknowledged, as far as that is known.
    var unacknowledgedCount: Int { get }
    /// Whether it holds bytes of the wire's that the network has not taken.
    var hasUnsent: Bool { get }
    /// Drops the connection both ways.
    func shutDown()
}

extension Carrier {
    var earlyEndHint: String? { nil }
    var acknowledgedCount: Int? { nil }
    var unacknowledgedCount: Int { 0 }
    var hasUnsent: Bool { false }
    var hasEnded: Bool { endReason != nil }
}

/// A connection that no session speaks on yet.
package struct Transport {
    let carrier: any Carrier

    init(_ carrier: any Carrier) {
        self.carrier = carrier
    }

    /// The numeric address that answered; nil where others looked up the name.
    package var address: String? { carrier.numericAddress }
}
