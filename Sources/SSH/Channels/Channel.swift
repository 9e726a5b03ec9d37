internal import CLibSSH2
internal import CLibSSH2Shims

/// A session channel: one remote program, its two output streams, its input.
///
/// One thread owns it, the session's. It is closed and forgotten with its last reference; libssh2's
/// memory for it goes then, or with the session.
package final class Channel {
    /// The remote program's output streams, by libssh2's stream numbers.
    package enum Stream: CInt, Sendable, CaseIterable {
        case standardOutput = 0
        case standardError = 1
    }

    /// What a read came to.
    package enum Reading: Equatable {
        case bytes(Int)
        /// Nothing now; more may come.
        case nothingYet
        /// Nothing now, and nothing will come.
        case end
    }

    /// What a server may send unread to a terminal, in bytes: what a ^C leaves to scroll by.
    private static let interactiveWindow: UInt32 = 256 << 10

    package let session: Session
    let raw: OpaquePointer
    package let number: Int
    /// Whether the server has been asked for a sign of life that has not come.
    package internal(set) var pingIsOut = false
    /// Whether what is asked for a sign of life is the second request for an agent.
    var agentRequestIsOut = false

    /// Opens a channel, or collects the answer to an open that was sent ahead.
    ///
    /// Throws `channel` when the server refuses, or what `Session.complete` throws.
    package init(
        _ opening: Opening = .session, on session: Session, until deadline: Deadline
    ) throws(SSHError) {
        let attempted = opening.attempted(at: session.address)
        while true {
            if let raw = Self.request(opening, on: session) {
                self.session = session
                self.raw = raw
                self.number = session.takeChannelNumber()
                guard ccr_watch_channel(session.wire.raw, UInt32(number)) else {
                    throw SSHError(.channel, attempted, underlying: "too many are open")
                }
                return
            }
            let code = libssh2_session_last_errno(session.raw)
            if code != LIBSSH2_ERROR_EAGAIN {
                // libssh2 has counted the one that was refused as well.
                _ = session.takeChannelNumber()
                var error = session.error(code, attempted)
                if code == LIBSSH2_ERROR_CHANNEL_FAILURE { opening.explain(&error, session.wire) }
                throw error
            }
            try session.turn(attempted, until: deadline)
        }
    }

    /// Takes over a channel that the server has opened, which libssh2 has confirmed.
    init(taking raw: OpaquePointer, number: Int, on session: Session) {
        self.session = session
        self.raw = raw
        self.number = number
    }

    deinit {
        close()
        ccr_forget_channel(session.wire.raw, UInt32(number))
        // Once the server has agreed to the end there is nothing that could be waited for.
        session.wire.withGateClosed { _ = libssh2_channel_free(raw) }
    }

    /// Sends the request for the first channel without waiting for its answer; `init` collects that.
    static func sendOpenAhead(on session: Session) {
        session.wire.withGateClosed { _ = request(session.firstChannel, on: session) }
    }

    private static func request(_ opening: Opening, on session: Session) -> OpaquePointer? {
        session.numberChannel()
        let message = opening.message
        return message.withUnsafeBytes { bytes in
            libssh2_channel_open_ex(
                session.raw, opening.type, CUnsignedInt(opening.type.utf8.count),
                session.isInteractive ? interactiveWindow : ccr_default_window() * 2,
                ccr_default_packet(),
                message.isEmpty ? nil : bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                CUnsignedInt(bytes.count))
        }
    }

    // MARK: - Bytes

    /// Reads what is there of one stream, without waiting.
    ///
    /// Throws `connectionLost` or `protocolError`; bytes that came before that are still there for
    /// `readRemainder`.
    package func read(
        _ stream: Stream, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SSHError) -> Reading {
        let count = rawRead(stream, buffer)
        try session.expectSameHostKey("the connection to \(session.address) was lost")
        if count > 0 { return .bytes(count) }
        if count == 0 { return libssh2_channel_eof(raw) == 1 ? .end : .nothingYet }
        if count == Int(LIBSSH2_ERROR_EAGAIN) { return .nothingYet }
        throw session.error(CInt(count), "the connection to \(session.address) was lost")
    }

    /// Reads what came before the connection was lost, which libssh2 holds but no longer offers.
    package func readRemainder(
        _ stream: Stream, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        let count = session.wire.withGateClosed { rawRead(stream, buffer) }
        if count > 0 { return count }
        return session.wire.takeData(ofChannel: number, stream: stream.rawValue, into: buffer)
    }

    func rawRead(_ stream: Stream, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = libssh2_channel_read_ex(
            raw, stream.rawValue, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
            buffer.count)
        if count > 0 {
            session.wire.countRead(count, ofChannel: number, stream: stream.rawValue)
        }
        return count
    }

    /// Sends input, as much as the remote window and our own queue have room for; 0 when they have none.
    package func write(_ bytes: ArraySlice<UInt8>) throws(SSHError) -> Int {
        guard !bytes.isEmpty, hasRoom else { return 0 }
        return try taken(rawWrite(bytes))
    }

    /// The same for bytes that are in no array.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SSHError) -> Int {
        guard !bytes.isEmpty, hasRoom else { return 0 }
        return try taken(rawWrite(bytes))
    }

    private func taken(_ written: Int) throws(SSHError) -> Int {
        if written >= 0 { return written }
        if written == Int(LIBSSH2_ERROR_EAGAIN) { return 0 }
        throw session.error(CInt(written), "the connection to \(session.address) was lost")
    }

    /// One call of libssh2: how much it took, or its error.
    func rawWrite(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { rawWrite($0) }
    }

    func rawWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
        libssh2_channel_write_ex(
            raw, 0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// False while so much waits to be sent that more would only fill our memory.
    package var hasRoom: Bool { session.wire.outgoingCount < Wire.highWater }

    /// Tells the remote program that no more input comes; its output goes on.
    ///
    /// Returns false when it could not be sent yet, as in the middle of a key exchange.
    package func sendEndOfInput() -> Bool {
        session.wire.withGateClosed { libssh2_channel_send_eof(raw) } != LIBSSH2_ERROR_EAGAIN
    }

    /// Tells the remote terminal its new size (RFC 4254, 6.7).
    ///
    /// Returns false when it could not be sent yet, as in the middle of a key exchange.
    package func resize(to size: WindowSize) -> Bool {
        session.wire.withGateClosed {
            libssh2_channel_request_pty_size_ex(
                raw, CInt(clamping: size.columns), CInt(clamping: size.rows),
                CInt(clamping: size.pixelWidth), CInt(clamping: size.pixelHeight))
        } != LIBSSH2_ERROR_EAGAIN
    }

    // MARK: - The end

    /// What the server has said of the program's end.
    package var facts: ChannelFacts { session.wire.facts(ofChannel: number) }

    /// True once no more output comes: the server said so, and all that came was read.
    package var hasEnded: Bool { libssh2_channel_eof(raw) == 1 }

    /// How many bytes libssh2 may take from the network before `read` is called again; nil for all.
    ///
    /// A small batch keeps the order of the two streams nearly as the server sent it.
    package func allow(_ count: Int?) {
        session.wire.allowance = count
    }

    /// How many bytes have arrived that libssh2 has not looked at.
    package var unreadCount: Int { session.wire.incomingCount }

    /// How many bytes have arrived on the session so far.
    package var arrivedCount: Int { session.wire.arrivedCount }

    /// True once the network has ended, orderly or not.
    package var networkHasEnded: Bool { session.carrier.hasEnded }

    /// Lets libssh2 see that the network has ended, once all that came is read.
    package func declareNetworkEnd() {
        session.wire.hasEnded = true
    }

    /// Closes the channel without waiting for the server's agreement; true once that is there.
    @discardableResult
    package func close() -> Bool {
        session.wire.withGateClosed { libssh2_channel_close(raw) } != LIBSSH2_ERROR_EAGAIN
    }
}
