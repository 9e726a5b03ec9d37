internal import CLibSSH2
internal import CLibSSH2Shims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The two byte queues between libssh2 and the network, and what the packets told on their way.
///
/// libssh2's SEND and RECV callbacks read and write these queues and nothing else, so libssh2 is a
/// state machine that never blocks and never touches a socket. One thread owns a wire.
final class Wire {
    /// More than this waiting to be sent means: hand libssh2 no more to send (backpressure).
    static let highWater = 256 << 10

    /// The most that is kept of what came first.
    private static let longestOpening = 64 << 10

    let raw: UnsafeMutablePointer<ccr_wire>
    /// What the peer sent first, for as long as the handshake may have to explain itself by it.
    var opening: [UInt8]? = []

    init() {
        guard let raw = ccr_wire_create() else { fatalError("out of memory") }
        self.raw = raw
    }

    deinit {
        ccr_wire_destroy(raw)
    }

    // MARK: - Bytes

    /// How many bytes have come from the peer so far.
    private(set) var arrivedCount = 0
    var incomingCount: Int { raw.pointee.incoming.tail - raw.pointee.incoming.head }
    var outgoingCount: Int { raw.pointee.outgoing.tail - raw.pointee.outgoing.head }

    /// Lets `body` write up to `count` bytes from the peer; it returns how many there were.
    func receive(upTo count: Int, _ body: (UnsafeMutableRawPointer) -> Int) -> Int {
        guard let room = ccr_queue_reserve(&raw.pointee.incoming, count) else { return -1 }
        let received = body(room)
        guard received > 0 else { return received }
        if let kept = opening?.count, kept < Self.longestOpening {
            opening?.append(contentsOf: UnsafeRawBufferPointer(start: room, count: received))
        }
        ccr_queue_commit(&raw.pointee.incoming, received)
        arrivedCount &+= received
        return received
    }

    /// Lets `body` send what waits; it returns how many bytes the network took.
    func send(_ body: (UnsafeRawBufferPointer) -> Int) -> Int {
        let queue = raw.pointee.outgoing
        let bytes = UnsafeRawBufferPointer(start: queue.base + queue.head, count: outgoingCount)
        let sent = body(bytes)
        if sent > 0 { ccr_queue_consume(&raw.pointee.outgoing, sent) }
        return sent
    }

    /// Forgets what waits to be sent; the connection is of no use afterwards.
    func dropOutgoing() {
        ccr_queue_consume(&raw.pointee.outgoing, outgoingCount)
    }

    // MARK: - What libssh2 may read

    /// No more bytes will come: reads report the end once the queue is empty.
    var hasEnded: Bool {
        get { raw.pointee.ended }
        set { raw.pointee.ended = newValue }
    }

    /// How many bytes libssh2 may still read; nil for no limit.
    var allowance: Int? {
        get {
            raw.pointee.allowance == Int(bitPattern: UInt.max) ? nil : Int(raw.pointee.allowance)
        }
        set { raw.pointee.allowance = newValue ?? Int(bitPattern: UInt.max) }
    }

    /// Runs `body` while reads answer "nothing yet", so that requests go out without waiting.
    func withGateClosed<Result>(_ body: () -> Result) -> Result {
        raw.pointee.gate_closed = true
        defer { raw.pointee.gate_closed = false }
        return body()
    }

    /// Takes data that came ahead of the server's disconnect, which libssh2 keeps to itself.
    func takeData(
        ofChannel number: Int, stream: CInt, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        return ccr_take_data(
            raw, UInt32(number), UInt32(stream), base.assumingMemoryBound(to: UInt8.self),
            buffer.count)
    }

    /// Counts data that libssh2 has handed out, so that `takeData` goes on where that stopped.
    func countRead(_ count: Int, ofChannel number: Int, stream: CInt) {
        ccr_count_read(raw, UInt32(number), UInt32(stream), count)
    }

    // MARK: - What the packets told

    func facts(ofChannel number: Int) -> ChannelFacts {
        guard let number = UInt32(exactly: number),
            let facts = ccr_facts_of_channel(raw, number)
        else { return ChannelFacts() }
        return ChannelFacts(facts.pointee)
    }

    /// The login banner, cleaned, or nil when none came (RFC 4252, 5.4).
    var banner: String? {
        if !raw.pointee.banner.present { ccr_watch_held(raw) }
        return text(\.banner).map { cleaned($0, limit: $0.count, keepingLines: true) }
    }

    /// The methods the server would go on with, after its last refusal (RFC 4252, 5.1).
    var acceptedMethods: [String] {
        guard let names = text(\.methods) else { return [] }
        return cleaned(names).split(separator: ",").map(String.init)
    }

    /// How many logins were refused.
    var refusalCount: Int { Int(raw.pointee.failures) }

    var hasPartialSuccess: Bool { raw.pointee.partial_success }

    /// Why the server disconnected, in its words, or nil when it did not say (RFC 4253, 11.1).
    var disconnectReason: String? {
        text(\.disconnect).map { description in
            let words = cleaned(description)
            return words.isEmpty ? "reason \(raw.pointee.disconnect_reason)" : words
        }
    }

    /// Why the server refused to open a channel, last (RFC 4254, 5.1); nil when it did not say.
    var openFailureReason: String? {
        guard let words = text(\.open_failure).map({ cleaned($0) }) else { return nil }
        let kinds = [
            1: "not allowed", 2: "connect failed", 3: "unknown type", 4: "resource shortage",
        ]
        let reason = Int(raw.pointee.open_failure_reason)
        let kind = kinds[reason] ?? "reason \(reason)"
        return words.isEmpty || words == kind ? kind : "\(kind): \(words)"
    }

    private func text(_ field: KeyPath<ccr_wire, ccr_text>) -> [UInt8]? {
        let text = raw.pointee[keyPath: field]
        guard text.present else { return nil }
        return withUnsafeBytes(of: text.bytes) { Array($0.prefix(text.length)) }
    }
}

/// How a channel ended, as far as the server has said (RFC 4254, 6.10).
package struct ChannelFacts: Sendable, Equatable {
    package var isClosed = false
    package var exitStatus: UInt32?
    /// The signal's name without `SIG`; empty when the server sent one that cannot be read.
    package var exitSignal: String?
    /// How many requests on the channel the server has refused, as far as their answers were read.
    var refusals = 0

    /// The server has said how the command ended, whatever becomes of its output.
    package var hasVerdict: Bool { exitStatus != nil || exitSignal != nil }

    init() {}

    init(_ facts: ccr_channel_facts) {
        isClosed = facts.closed
        refusals = Int(facts.refusals)
        if facts.has_exit_status { exitStatus = facts.exit_status }
        if facts.has_exit_signal {
            exitSignal = withUnsafeBytes(of: facts.exit_signal) { bytes in
                cleaned(bytes.prefix { $0 != 0 })
            }
        }
    }
}
