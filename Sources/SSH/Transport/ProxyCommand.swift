#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program of the user's that carries a session on its standard input and output
/// (ssh_config(5), ProxyCommand).
///
/// It shares our standard error and our terminal, as with ssh, so that it can complain and ask.
final class ProxyCommand: Carrier {
    /// How long it may take to end once it is hung up on.
    private static let patience = Duration.milliseconds(500)

    let address: String
    private(set) var endReason: String?
    /// The end of its standard output; -1 once it is closed.
    private var reader: CInt
    /// The end of its standard input; -1 once it is closed.
    private var writer: CInt
    private var process: pid_t?

    /// Starts `line` in the user's shell; `environment` is all that it finds in its own.
    ///
    /// Throws `connect` when there is no shell to start.
    init(
        _ line: String, address: String, environment: [String: String]
    ) throws(SSHError) {
        self.address = address
        let shell = environment["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
        do {
            let started = try ProxyProcess.start(
                ProxyProcess.words(line: line, shell: shell), environment: environment)
            (process, reader, writer) = (started.process, started.reader, started.writer)
        } catch {
            throw SSHError(
                .connect, "cannot run the ProxyCommand for \(address)", underlying: error.reason,
                hint: "see what \"ssh -G\" says about the host")
        }
    }

    deinit { end() }

    var numericAddress: String? { nil }
    var descriptor: CInt { reader }
    let earlyEndHint: String? =
        "see what the ProxyCommand says, and what \"ssh -G\" says about the host"

    // MARK: - Bytes

    func pollEntries(wantsInput: Bool, hasOutput: Bool) -> [pollfd] {
        guard !hasEnded else { return [] }
        // A negative descriptor is passed over; without events an end would still be told, again and
        // again.
        return [
            pollfd(fd: wantsInput ? reader : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hasOutput ? writer : -1, events: Int16(POLLOUT), revents: 0),
        ]
    }

    func transfer(_ entries: ArraySlice<pollfd>, _ wire: Wire) {
        guard !hasEnded else { return }
        if entries.last?.revents != 0 { flush(wire) }
        if entries.first?.revents != 0 { fill(wire) }
    }

    func flush(_ wire: Wire) {
        while writer >= 0, wire.outgoingCount > 0 {
            let sent = wire.send { bytes in
                retryingInterrupts { write(writer, bytes.baseAddress, bytes.count) }
            }
            if sent > 0 { continue }
            if sent < 0, errno != EAGAIN { close(&writer) }
            return
        }
    }

    private func fill(_ wire: Wire) {
        guard reader >= 0 else { return }
        let received = wire.receive(upTo: Socket.readSize) { room in
            retryingInterrupts { read(reader, room, Socket.readSize) }
        }
        if received > 0 || received < 0 && errno == EAGAIN { return }
        endReason = reasonOfEnd()
    }

    /// poll(2) tells all there is.
    func refill(_ wire: Wire) -> Bool { false }

    func acknowledgeQuickly() {}

    // MARK: - The end

    func shutDown() {
        endReason = endReason ?? ""
        end()
    }

    /// Closes its input and hangs up on it, as ssh does; one that stays is killed.
    private func end() {
        close(&writer)
        close(&reader)
        guard let process else { return }
        self.process = nil
        kill(process, SIGHUP)
        if ProxyProcess.status(of: process, within: Self.patience) != nil { return }
        kill(process, SIGKILL)
        _ = ProxyProcess.status(of: process, within: Self.patience)
    }

    /// How it ended, where its output has come to an end; it may still be about to.
    private func reasonOfEnd() -> String {
        guard let process, let status = ProxyProcess.status(of: process, within: Self.patience)
        else { return "the ProxyCommand closed its output" }
        self.process = nil
        let signal = status & 0x7F
        return signal == 0
            ? "the ProxyCommand ended with status \(status >> 8 & 0xFF)"
            : "the ProxyCommand was killed by signal \(signal)"
    }

    private func close(_ descriptor: inout CInt) {
        if descriptor >= 0 { closeDescriptor(descriptor) }
        descriptor = -1
    }
}

/// close(2), under a name that no method of ours has.
private func closeDescriptor(_ descriptor: CInt) {
    close(descriptor)
}

extension Transport {
    /// A connection by way of a ProxyCommand whose tokens are replaced.
    ///
    /// `address`: what messages call the host; `environment`: the program's; SHELL counts.
    /// Throws `connect` when there is no shell to start.
    package init(
        proxyCommand line: String, address: String, environment: [String: String]
    ) throws(SSHError) {
        self.init(try ProxyCommand(line, address: address, environment: environment))
    }
}
