internal import SSH

/// Takes what the server sends, and passes it on to those who read it here.
final class Intake {
    /// How much of the network's bytes libssh2 takes before both streams are drained: a small batch
    /// keeps their order nearly as the server sent it.
    private static let batch = 16 << 10

    private let channel: Channel
    private let input: InputSource
    private let output: CommandOutput
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// Why the connection is gone, once it is; what came before that is still to be read.
    private(set) var loss: String?
    /// How much had arrived when nothing was left of it; nil where that is not known.
    private var drainedCount: Int?
    private var hasShown = false

    /// What answers the output, as the replies to prompts do, goes into `input`.
    init(_ channel: Channel, input: InputSource, output: CommandOutput) {
        self.channel = channel
        self.input = input
        self.output = output
    }

    deinit {
        buffer.deallocate()
    }

    /// Notes what an attempt to send or to receive has ended with.
    func noteLoss(_ error: SSHError) {
        noteLoss(error.underlying ?? error.message)
    }

    /// Notes why the connection is gone; the first reason counts.
    func noteLoss(_ reason: String) {
        loss = loss ?? reason
    }

    /// The streams have ended and the server has said how, or that it will not.
    var isOver: Bool {
        let facts = channel.facts
        if facts.isClosed { return true }
        return channel.hasEnded && facts.hasVerdict
    }

    /// Whether there was output to show since the last call.
    func takeShown() -> Bool {
        defer { hasShown = false }
        return hasShown
    }

    /// Takes what has come, as far as the outputs have room; true when nothing is left.
    func drain() -> Bool {
        while output.hasRoom {
            if hasNothingNew { return true }
            let unread = channel.unreadCount
            channel.allow(Self.batch)
            var tookBytes = false
            for stream in Channel.Stream.allCases where read(stream) { tookBytes = true }
            if tookBytes || channel.unreadCount < unread { continue }
            if channel.session.refill() { continue }
            if channel.networkHasEnded, loss == nil {
                channel.declareNetworkEnd()
                continue
            }
            if isOver || loss != nil { output.takeEnd() }
            drainedCount = channel.unreadCount == 0 ? channel.arrivedCount : nil
            return true
        }
        return false
    }

    /// Nothing has happened since all was taken.
    private var hasNothingNew: Bool {
        drainedCount == channel.arrivedCount && loss == nil && !channel.networkHasEnded
            && !channel.session.refill()
    }

    /// One read of a stream; true when there were bytes.
    private func read(_ stream: Channel.Stream) -> Bool {
        if loss != nil {
            let count = channel.readRemainder(stream, into: buffer)
            if count > 0 { show(count, of: stream) }
            return count > 0
        }
        do {
            guard case .bytes(let count) = try channel.read(stream, into: buffer) else {
                return false
            }
            show(count, of: stream)
        } catch {
            noteLoss(error)
        }
        return true
    }

    private func show(_ count: Int, of stream: Channel.Stream) {
        let demands = output.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), of: stream)
        hasShown = true
        for reply in demands.replies { reply.bytes.withBytes { input.insert($0) } }
        if demands.isReady { input.isHeld = false }
    }

    /// Whether the command has ended according to what stands behind output that nobody takes yet.
    func lookAhead() -> Bool {
        channel.allow(nil)
        do {
            // Nothing is taken, and libssh2 sees all that has come.
            let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            _ = try channel.read(.standardOutput, into: nothing)
        } catch {
            noteLoss(error)
        }
        return channel.facts.hasVerdict
    }
}
