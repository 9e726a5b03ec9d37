#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One connection of a program over there to the agent here: a channel, and a socket of ours.
///
/// Either direction holds one piece at a time, and takes the next when that is gone: a side that does not
/// read is not read from either.
final class AgentConnection {
    /// In bytes; the longest message of the protocol takes four of them.
    private static let piece = 64 << 10
    /// How long an agent may let nobody in.
    private static let patience = Duration.seconds(10)
    /// After which it is tried again, since no event tells.
    static let pause = Duration.milliseconds(20)

    let channel: Channel
    private let socket: UnixSocket
    private let address: sockaddr_un
    private let limit = Deadline.after(patience)
    /// Whether the agent has yet to let us in.
    private(set) var isWaiting = true
    /// Whether poll(2) has said something of the socket.
    var mayHaveNews = false
    private var toAgent: ArraySlice<UInt8> = []
    private var toServer: ArraySlice<UInt8> = []
    private var serverHasEnded = false
    private var agentHasEnded = false
    /// Whether the agent takes in no more, though it may have something to say.
    private var agentIsDeaf = false

    init(_ channel: Channel, _ socket: UnixSocket, _ address: sockaddr_un) {
        self.channel = channel
        self.socket = socket
        self.address = address
    }

    var pollEntry: pollfd {
        var events: CInt = 0
        if toServer.isEmpty { events |= POLLIN }
        if !toAgent.isEmpty { events |= POLLOUT }
        // A hang-up is told whether one asks for it or not, and again and again.
        let isWatched = !isWaiting && !agentHasEnded && events != 0
        return pollfd(fd: isWatched ? socket.descriptor : -1, events: Int16(events), revents: 0)
    }

    /// Moves what can be moved; false once the connection is over, and its channel is to be closed.
    ///
    /// Throws what ends the session.
    func exchange() throws(SSHError) -> Bool {
        guard reach() else { return false }
        guard !isWaiting else { return true }
        try takeFromServer()
        if mayHaveNews { takeFromAgent() }
        mayHaveNews = false
        try giveToServer()
        let isDelivered = serverHasEnded && toAgent.isEmpty
        return !(agentHasEnded && toServer.isEmpty || channel.facts.isClosed && isDelivered)
    }

    /// Connects to the agent; false where nobody is there, or lets us in.
    private func reach() -> Bool {
        guard isWaiting else { return true }
        switch socket.reach(address) {
        case 0: isWaiting = false
        case EAGAIN: return !limit.hasPassed
        default: return false
        }
        return true
    }

    // MARK: - From the server to the agent

    private func takeFromServer() throws(SSHError) {
        giveToAgent()
        while toAgent.isEmpty, !serverHasEnded {
            var reading = Channel.Reading.nothingYet
            toAgent = try Self.filled { room throws(SSHError) in
                reading = try channel.read(.standardOutput, into: room)
                if case .bytes(let count) = reading { return count }
                return 0
            }
            if reading == .nothingYet { return }
            giveToAgent()
            guard reading == .end else { continue }
            serverHasEnded = true
            socket.endSending()
        }
    }

    private func giveToAgent() {
        while !toAgent.isEmpty, !agentIsDeaf {
            let count = toAgent.withUnsafeBytes { socket.put($0) }
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return }
            if count < 0 { agentIsDeaf = true } else { toAgent = toAgent.dropFirst(count) }
        }
        if agentIsDeaf { toAgent = [] }
    }

    // MARK: - From the agent to the server

    private func takeFromAgent() {
        guard toServer.isEmpty, !agentHasEnded else { return }
        toServer = Self.filled { room in
            let count = socket.take(into: room)
            let hasNothingYet = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
            agentHasEnded = count <= 0 && !hasNothingYet
            return max(count, 0)
        }
    }

    private func giveToServer() throws(SSHError) {
        if channel.facts.isClosed { toServer = [] }
        while !toServer.isEmpty {
            let count = try channel.write(toServer)
            if count == 0 { return }
            toServer = toServer.dropFirst(count)
        }
    }

    /// A piece of what `fill` puts into the room it is given; it returns how much that is.
    private static func filled<Failure>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> ArraySlice<UInt8> {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: piece, alignment: 16)
        defer { room.deallocate() }
        let count = try fill(room)
        return Array(room[..<count])[...]
    }
}
