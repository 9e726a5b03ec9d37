#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A connected, non-blocking TCP socket that moves bytes between a wire and the network.
final class Socket: Carrier {
    /// One read takes at most this much; larger reads only make the two streams' order coarser.
    static let readSize = 64 << 10

    let descriptor: CInt
    /// The numeric address of the peer, without the port.
    let address: String
    /// Why no more bytes come: nil while they may, an empty text for an orderly end.
    private(set) var endReason: String?
    /// How many bytes the kernel was given to send.
    private var sentCount = 0
    /// Why nothing can be sent any more; what the peer sent before may still be there to read.
    private var sendProblem: String?

    init(descriptor: CInt, address: String) {
        self.descriptor = descriptor
        self.address = address
        setOption(IPPROTO_TCP, TCP_NODELAY, 1)
        noticeDeadPeers()
    }

    /// A peer that has gone without a word is noticed within 15 s: the kernel asks after 5 s of silence,
    /// and gives up when what it sent stays unacknowledged for 15 s (tcp(7)).
    private func noticeDeadPeers() {
        setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
        #if os(Linux)
            setOption(IPPROTO_TCP, TCP_KEEPIDLE, 5)
            setOption(IPPROTO_TCP, TCP_KEEPINTVL, 5)
            setOption(IPPROTO_TCP, TCP_KEEPCNT, 2)
            setOption(IPPROTO_TCP, TCP_USER_TIMEOUT, 15_000)
        #endif
    }

    deinit {
        close(descriptor)
    }

    var numericAddress: String? { address }

    func pollEntries(wantsInput: Bool, hasOutput: Bool) -> [pollfd] {
        guard !hasEnded else { return [] }
        let events = (wantsInput ? POLLIN : 0) | (hasOutput ? POLLOUT : 0)
        return [pollfd(fd: descriptor, events: Int16(events), revents: 0)]
    }

    func transfer(_ entries: ArraySlice<pollfd>, _ wire: Wire) {
        guard let events = entries.first.map({ CInt($0.revents) }) else { return }
        if events & CInt(POLLOUT) != 0 { flush(wire) }
        if events & CInt(POLLIN | POLLHUP | POLLERR) != 0, !hasEnded { fill(wire) }
    }

    /// poll(2) tells all there is.
    func refill(_ wire: Wire) -> Bool { false }

    /// Asks for immediate acknowledgements: sshd waits for them (Nagle), and a delayed one costs 40 ms.
    ///
    /// Linux drops the setting by itself, so it is armed again before every wait (tcp(7)).
    func acknowledgeQuickly() {
        #if os(Linux)
            setOption(IPPROTO_TCP, TCP_QUICKACK, 1)
        #endif
    }

    /// Sends what waits, as far as the network takes it without blocking.
    func flush(_ wire: Wire) {
        while wire.outgoingCount > 0 {
            let sent = wire.send { bytes in
                retryingInterrupts { Self.send(descriptor, bytes.baseAddress, bytes.count) }
            }
            if sent > 0 {
                sentCount += sent
                continue
            }
            if sent < 0, errno != EAGAIN, errno != EWOULDBLOCK {
                sendProblem = sendProblem ?? describe(errno: errno)
            }
            return
        }
    }

    var acknowledgedCount: Int? {
        #if os(Linux)
            var waiting: CInt = 0
            // SIOCOUTQ (tcp(7)) by its other name.
            guard ioctl(descriptor, UInt(TIOCOUTQ), &waiting) == 0 else { return nil }
            return sentCount - Int(waiting)
        #else
            return nil
        #endif
    }

    var unacknowledgedCount: Int { acknowledgedCount.map { sentCount - $0 } ?? 0 }

    /// Reads what is there, once; notes the end of the stream or the error that ended it.
    func fill(_ wire: Wire) {
        let received = wire.receive(upTo: Self.readSize) { room in
            retryingInterrupts { recv(descriptor, room, Self.readSize, 0) }
        }
        if received > 0 { return }
        if received == 0 {
            endReason = endReason ?? sendProblem ?? ""
        } else if errno != EAGAIN, errno != EWOULDBLOCK {
            endReason = describe(errno: errno)
        }
    }

    /// Drops the connection both ways; reads of the peer end, ours report the end.
    func shutDown() {
        shutdown(descriptor, CInt(SHUT_RDWR))
    }

    private static func send(_ socket: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if os(Linux)
            sendBytes(socket, bytes, count, CInt(MSG_NOSIGNAL))
        #else
            sendBytes(socket, bytes, count, 0)
        #endif
    }

    private func setOption(_ level: some BinaryInteger, _ name: CInt, _ value: CInt) {
        var value = value
        setsockopt(descriptor, CInt(level), name, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}

/// send(2), under a name that no method of ours has.
private func sendBytes(
    _ socket: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt
) -> Int {
    send(socket, bytes, count, flags)
}
