#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH

/// What goes to the remote program: bytes of ours first, then local stdin until its end.
final class InputSource {
    private static let readSize = 32 << 10

    /// nil when there is nothing (more) to read.
    private var descriptor: CInt?
    /// The same terminal, opened by us, where it is one; nil else.
    private let own: CInt?
    private var pending: [UInt8]
    private var pendingStart = 0
    private var hasSentEnd = false
    /// Nothing is read or sent before the far side is ready for it.
    var isHeld: Bool
    /// Whether the end of local stdin is kept from the program, since more may be inserted.
    private let staysOpen: Bool
    /// Takes commands to ccrun out of what is typed; nil where all of it is the program's.
    var escapes: EscapeFilter?
    private var commands: [EscapeFilter.Command] = []
    /// Sees each chunk of stdin once, before it is sent.
    private let observe: (UnsafeRawBufferPointer) -> Void

    init(
        _ descriptor: CInt?, ahead: [UInt8], isHeld: Bool, staysOpen: Bool = false,
        observe: @escaping (UnsafeRawBufferPointer) -> Void
    ) {
        own = descriptor.flatMap(Self.reopened)
        self.descriptor = own ?? descriptor
        self.pending = ahead
        self.isHeld = isHeld
        self.staysOpen = staysOpen
        self.observe = observe
    }

    deinit {
        if let own { close(own) }
    }

    private var hasPending: Bool { pending.count > pendingStart }

    /// What poll(2) is to watch; nil while there is something left to send first.
    func pollEntry(_ channel: Channel) -> pollfd? {
        guard let descriptor, !isHeld, !hasPending, channel.hasRoom else { return nil }
        return pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }

    /// Reads once; called when poll(2) said there is something, or the end.
    ///
    /// Returns how many lines that makes, one at least, or nil when nothing came.
    @discardableResult
    func read() -> Int? {
        guard let descriptor else { return nil }
        pendingStart = 0
        pending = [UInt8](unsafeUninitializedCapacity: Self.readSize) { buffer, count in
            let received = readBytes(descriptor, buffer.baseAddress, buffer.count)
            count = max(0, received)
            // EIO is a terminal that has gone; like the end, it is no reason to stop the command.
            if received == 0 || (received < 0 && errno != EINTR && errno != EAGAIN) {
                self.descriptor = nil
            }
        }
        if let (bytes, commands) = escapes?.filter(pending) {
            pending = bytes
            self.commands += commands
        }
        guard !pending.isEmpty else { return nil }
        pending.withUnsafeBytes(observe)
        let ends = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        return max(1, pending.count { ends.contains($0) })
    }

    /// The commands to ccrun that were typed since the last call.
    func takeCommands() -> [EscapeFilter.Command] {
        defer { commands = [] }
        return commands
    }

    /// Sends these bytes after those that wait, as if they had been typed.
    func insert(_ bytes: UnsafeRawBufferPointer) {
        pending.removeFirst(pendingStart)
        pendingStart = 0
        pending += bytes
    }

    /// Sends what waits, as far as window and queue have room, and the end after the last byte.
    func send(to channel: Channel) throws(SSHError) {
        if isHeld { return }
        while hasPending {
            let written = try channel.write(pending[pendingStart...])
            if written == 0 { return }
            pendingStart += written
        }
        if descriptor == nil, !staysOpen, !hasSentEnd { hasSentEnd = channel.sendEndOfInput() }
    }

    /// Opens a terminal once more, for a read(2) that never blocks.
    ///
    /// One from the background stops us (SIGTTIN), and would wait for a whole line once we are
    /// continued in the foreground, before we could set raw mode.
    private static func reopened(_ descriptor: CInt) -> CInt? {
        guard isatty(descriptor) == 1 else { return nil }
        let own = open("/dev/fd/\(descriptor)", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        return own >= 0 ? own : nil
    }
}

/// read(2), under a name that no method of ours has.
private func readBytes(
    _ descriptor: CInt, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> Int {
    read(descriptor, buffer, count)
}
