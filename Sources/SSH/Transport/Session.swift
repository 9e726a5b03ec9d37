internal import CLibSSH2
internal import CLibSSH2Shims

#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// One SSH connection: libssh2 over a wire, what carries it, and the one funnel for its errors.
///
/// One thread owns a session. Every call that waits has a deadline and watches the interrupt.
package final class Session {
    /// Frees libssh2's memory exactly once, and before the wire it refers to.
    private struct Handle: ~Copyable {
        let raw: OpaquePointer
        private let wire: Wire

        init?(_ wire: Wire) {
            libraryIsReady
            guard let raw = ccr_session_create(wire.raw) else { return nil }
            self.raw = raw
            self.wire = wire
        }

        deinit {
            // Cannot block: the wire has ended, so libssh2 has nothing to wait for.
            wire.hasEnded = true
            wire.allowance = nil
            ccr_session_free(wire.raw)
        }
    }

    /// More than a server may send into the one channel's window, its packets' overhead included.
    ///
    /// So the end of a command is here in time, however slowly somebody reads its output.
    static let mostUnread = 6 << 20

    let wire = Wire()
    let carrier: any Carrier
    let interrupt: Interrupt?
    /// The local number of the channel that is asked for.
    private var askedNumber: Int?
    /// What the handshake offers, and what it could offer besides; nil once that is all it can.
    private(set) var offer: (plain: Algorithms, legacy: Algorithms?)?
    private let handle: Handle
    /// What can as well be done while the server checks the login, which takes it some milliseconds;
    /// done once, if at all.
    package var duringLogin: (() -> Void)?
    /// The channel that is asked for together with the login, where requests are sent ahead.
    package var firstChannel = Channel.Opening.session

    /// Whether little is to be on its way at a time, so that a key soon shows what it does.
    package var isInteractive = false
    /// How long the server may say nothing while a command runs.
    package var silence = Silence()

    /// Throws `protocolError` when libssh2 has no memory.
    package init(over transport: Transport, interrupt: Interrupt?) throws(SSHError) {
        guard let handle = Handle(wire) else {
            throw SSHError(
                .protocolError, "cannot start an SSH session", underlying: "out of memory")
        }
        self.handle = handle
        carrier = transport.carrier
        self.interrupt = interrupt
    }

    var raw: OpaquePointer { handle.raw }

    /// Numbers the channel that is asked for, as libssh2 does with the first request for it.
    func numberChannel() {
        askedNumber = askedNumber ?? Int(ccr_next_channel(wire.raw))
    }

    /// The local number of the channel that libssh2 has just opened, or has been refused.
    func takeChannelNumber() -> Int {
        numberChannel()
        defer { askedNumber = nil }
        return askedNumber ?? 0
    }

    /// The version of the libssh2 that is loaded.
    package static var libraryVersion: LibraryVersion {
        LibraryVersion(libssh2_version(0).map { String(cString: $0) } ?? "0")
    }

    /// The address of the server as messages have it: a number, or a name and the way to it.
    package var address: String { carrier.address }

    /// The server's login banner, cleaned of control characters.
    package var banner: String? { wire.banner }

    /// The server's identification, cleaned: `SSH-2.0-OpenSSH_9.2p1`.
    package var serverIdentification: String? {
        libssh2_session_banner_get(raw).map { text in
            cleaned(UnsafeRawBufferPointer(start: text, count: strlen(text)), limit: 255)
        }
    }

    // MARK: - Handshake

    /// Exchanges versions and keys; afterwards `hostKey` is there, and nothing has been trusted yet.
    package func handshake(
        preferringKeyTypes knownTypes: [String], allowsLegacy: Bool,
        within limits: AlgorithmLimits = AlgorithmLimits(), until deadline: Deadline
    ) throws(SSHError) {
        let attempted = "cannot agree with the SSH server at \(address)"
        let algorithms = try limits.applied(
            to: Algorithms(
                knownTypes: knownTypes, version: Self.libraryVersion, allowsLegacy: allowsLegacy),
            attempted)
        offer = (
            algorithms,
            allowsLegacy
                ? nil
                : Algorithms(
                    knownTypes: knownTypes, version: Self.libraryVersion, allowsLegacy: true)
        )
        for (method, names) in [
            (LIBSSH2_METHOD_KEX, algorithms.keyExchange),
            (LIBSSH2_METHOD_HOSTKEY, algorithms.hostKeys),
            (LIBSSH2_METHOD_CRYPT_CS, algorithms.ciphers),
            (LIBSSH2_METHOD_CRYPT_SC, algorithms.ciphers),
            (LIBSSH2_METHOD_MAC_CS, algorithms.codes),
            (LIBSSH2_METHOD_MAC_SC, algorithms.codes),
            (LIBSSH2_METHOD_COMP_CS, ["none"]),
            (LIBSSH2_METHOD_COMP_SC, ["none"]),
        ] {
            try complete(attempted, until: deadline) {
                libssh2_session_method_pref(raw, method, names.joined(separator: ","))
            }
        }
        do throws(SSHError) {
            try complete(attempted, until: deadline) {
                libssh2_session_handshake(raw, carrier.descriptor)
            }
        } catch {
            guard error.code == .connectionLost, error.hint == nil else { throw error }
            var error = error
            error.hint =
                carrier.earlyEndHint
                ?? "try again: a server may limit new connections or refuse this address, and its log "
                + "tells; or the port is not an SSH server's"
            throw error
        }
        wire.opening = nil
        guard ccr_keep_host_key(wire.raw) else {
            throw SSHError(.protocolError, attempted, underlying: "no host key came")
        }
    }

    /// The key the server proved to hold; nil before the handshake.
    package var hostKey: HostKey? {
        var length = 0
        var type: CInt = 0
        guard let bytes = libssh2_session_hostkey(raw, &length, &type) else { return nil }
        return HostKey(blob: Array(UnsafeRawBufferPointer(start: bytes, count: length)))
    }

    // MARK: - The funnel

    /// Repeats a call of libssh2 until it is done; waits for the network in between.
    ///
    /// `attempted`: the first half of the message, should it not work.
    /// Throws `timeout`, `interrupted`, `connectionLost`, or what `error` makes of libssh2's code.
    @discardableResult
    func complete(
        _ attempted: @autoclosure () -> String, until deadline: Deadline, _ call: () -> CInt
    ) throws(SSHError) -> CInt {
        while true {
            let code = call()
            try expectSameHostKey(attempted())
            if code >= 0 { return code }
            if code != LIBSSH2_ERROR_EAGAIN { throw error(code, attempted()) }
            try turn(attempted(), until: deadline)
        }
    }

    /// Throws `hostKeyChanged` where a renewal of the keys has brought another host key.
    ///
    /// ssh ends there as well: whoever holds it was not the one that was verified.
    func expectSameHostKey(_ attempted: @autoclosure () -> String) throws(SSHError) {
        guard !ccr_host_key_holds(wire.raw) else { return }
        throw SSHError(
            .hostKeyChanged, attempted(),
            underlying: "the host key changed in the middle of the session")
    }

    /// One wait: sends what is queued, then sleeps until the network has something or time is up.
    ///
    /// Throws `timeout` or `interrupted`.
    package func turn(
        _ attempted: @autoclosure () -> String, until deadline: Deadline
    ) throws(SSHError) {
        flush()
        // What the carrier holds already needs no wait, only a look at the interrupt.
        let isFresh = carrier.refill(wire)
        var entries = pollEntries
        let count = entries.count
        if let interrupt {
            entries.append(pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let ready = wait(for: &entries, until: isFresh ? .after(.zero) : deadline)
        if entries.count > count, entries[count].revents != 0 {
            throw SSHError(.interrupted, attempted(), underlying: "interrupted")
        }
        if !ready, !isFresh { throw timedOut(attempted()) }
        transfer(entries[..<count])
        if carrier.hasEnded { wire.hasEnded = true }
        // A server that keeps talking without getting anywhere has no more time than a silent one.
        if deadline.hasPassed { throw timedOut(attempted()) }
    }

    private func timedOut(_ attempted: String) -> SSHError {
        SSHError(
            .timeout, attempted, underlying: "no answer from the server in time",
            hint: "check the server's load and log, or allow more with --connect-timeout")
    }

    /// What poll(2) should watch for this session.
    package var pollEntries: [pollfd] {
        carrier.pollEntries(
            wantsInput: wire.incomingCount < Self.mostUnread, hasOutput: wire.outgoingCount > 0)
    }

    /// Moves bytes between the network and the wire, as poll(2) said of `pollEntries`.
    package func transfer(_ entries: ArraySlice<pollfd>) {
        carrier.transfer(entries, wire)
    }

    /// Whether what carries it has come to an end.
    package var hasEnded: Bool { carrier.hasEnded }

    /// Takes what has come already and no poll(2) tells of; true when there was something.
    package func refill() -> Bool { carrier.refill(wire) }

    /// How many bytes are to be sent, and acknowledged, before anything that is sent from now on.
    var backlog: Int { wire.outgoingCount + carrier.unacknowledgedCount }

    /// Moves what can be moved now, for a session that nobody waits on.
    package func exchange() {
        var entries = pollEntries
        if wait(for: &entries, until: .after(.zero)) { transfer(entries[...]) }
    }

    /// Sends what is queued, as far as it goes without waiting, and asks for quick acknowledgements.
    package func flush() {
        carrier.flush(wire)
        carrier.acknowledgeQuickly()
    }

    /// Sends what is queued while a command runs.
    ///
    /// Once a program runs sshd waits for no acknowledgement (it sets TCP_NODELAY), and what an early
    /// one takes is added to a key's echo. A server that does wait is as slow as it is with ssh.
    package func send() {
        carrier.flush(wire)
        if !isInteractive { carrier.acknowledgeQuickly() }
    }

    /// Whether the network has taken all that was to be sent.
    package var hasSentAll: Bool { wire.outgoingCount == 0 && !carrier.hasUnsent }

    /// Does what is to be done during the login, once what the server is to work on is on its way.
    func useTheWait() {
        guard let work = duringLogin.take() else { return }
        flush()
        work()
    }

    // MARK: - The end

    /// Says goodbye as far as it goes without waiting, and drops the connection.
    package func disconnect() {
        wire.withGateClosed {
            _ = libssh2_session_disconnect_ex(raw, SSH_DISCONNECT_BY_APPLICATION, "done", "")
        }
        carrier.flush(wire)
        carrier.shutDown()
        wire.hasEnded = true
    }
}

/// libssh2's global state, made ready once and never torn down: other sessions may still run.
private let libraryIsReady: Void = {
    _ = libssh2_init(0)
    ccr_take_padding_in_portions()
}()
