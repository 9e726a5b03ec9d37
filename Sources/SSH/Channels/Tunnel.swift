#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A channel of one session that carries another: the way through a jump host (RFC 4254, 7.2).
///
/// The outer session lives in the inner one's waits: what is polled is the outer's carrier, and each
/// transfer moves bytes between the network, the outer session and the inner wire. Where the inner
/// wire is full the channel is not read, so that its window holds the other end back.
final class Tunnel: Carrier {
    /// One read of the channel takes at most this much.
    private static let readSize = 64 << 10

    private let channel: Channel
    private let jumpHost: String
    let address: String
    private(set) var endReason: String?

    /// `jumpHost`: what messages call the host that the channel is at; `address`: the one at its other
    /// end, with the way there.
    init(_ channel: Channel, of jumpHost: String, address: String) {
        self.channel = channel
        self.jumpHost = jumpHost
        self.address = address
    }

    private var outer: Session { channel.session }

    var numericAddress: String? { nil }
    var descriptor: CInt { outer.carrier.descriptor }

    // MARK: - Bytes

    func pollEntries(wantsInput: Bool, hasOutput: Bool) -> [pollfd] {
        // The outer session's own wants count: it has to take in what opens the window for our output.
        hasEnded ? [] : outer.pollEntries
    }

    func transfer(_ entries: ArraySlice<pollfd>, _ wire: Wire) {
        outer.transfer(entries)
        _ = refill(wire)
        // What came may have opened the window, and what was read asks for more.
        flush(wire)
    }

    func flush(_ wire: Wire) {
        while !hasEnded, wire.outgoingCount > 0, channel.hasRoom {
            // A refusal is told by the next read.
            let sent = wire.send { bytes in max(channel.rawWrite(bytes), 0) }
            if sent == 0 { break }
        }
        // With quick acknowledgements: the jump host's sshd runs no program, and sets no TCP_NODELAY then.
        outer.flush()
    }

    /// The end is news as well: no descriptor tells of it again.
    func refill(_ wire: Wire) -> Bool {
        guard !hasEnded else { return false }
        var hasTaken = false
        while !hasEnded, wire.incomingCount < Session.mostUnread {
            let count = wire.receive(upTo: Self.readSize) { room in
                take(UnsafeMutableRawBufferPointer(start: room, count: Self.readSize))
            }
            guard count > 0 else { break }
            hasTaken = true
        }
        return hasTaken || hasEnded
    }

    /// Reads the channel into `room`; 0 when nothing is there, and then notes the end if it is one.
    private func take(_ room: UnsafeMutableRawBufferPointer) -> Int {
        do throws(SSHError) {
            while true {
                switch try channel.read(.standardOutput, into: room) {
                case .bytes(let count): return count
                case .end:
                    endReason = ""
                    return 0
                case .nothingYet:
                    if outer.refill() { continue }
                    guard channel.networkHasEnded, !outer.wire.hasEnded else { return 0 }
                    channel.declareNetworkEnd()
                }
            }
        } catch {
            // What came before the loss is still to be read.
            let count = channel.readRemainder(.standardOutput, into: room)
            if count == 0 {
                endReason = "jump host \(jumpHost): \(error.underlying ?? error.message)"
            }
            return count
        }
    }

    func acknowledgeQuickly() {
        outer.carrier.acknowledgeQuickly()
    }

    var acknowledgedCount: Int? { outer.carrier.acknowledgedCount }
    var unacknowledgedCount: Int { outer.backlog }
    var hasUnsent: Bool { !outer.hasSentAll }

    // MARK: - The end

    func shutDown() {
        endReason = endReason ?? ""
        channel.close()
        outer.disconnect()
    }
}

extension Transport {
    /// A connection to the host that `channel` was opened to, which ends with the session behind it.
    ///
    /// `jumpHost`: what messages call the host that the channel is at; `address`: what they call this
    /// one, with the way there.
    package init(through channel: Channel, of jumpHost: String, address: String) {
        self.init(Tunnel(channel, of: jumpHost, address: address))
    }
}
