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
    /// More than anybody types ahead, in bytes.
    private static let mostTypedAhead = 32 << 10
    /// ^C and ^\, which a terminal takes out of their turn (INTR and QUIT of termios(3)).
    private static let urgentKeys: Set<UInt8> = [0x03, 0x1C]

    /// nil when there is nothing (more) to read.
    private var descriptor: CInt?
    /// The same terminal, opened by us, where it is one; nil else.
    private let own: CInt?
    private var pending: [UInt8]
    private var pendingStart = 0
    /// What was just read and is to be sent, in `buffer`; while there is some nothing is pending.
    private var fresh = UnsafeRawBufferPointer(start: nil, count: 0)
    private var hasSentEnd = false
    /// Nothing is sent before the far side is ready for it, and nothing read but what somebody types.
    var isHeld: Bool {
        didSet { release() }
    }
    /// What was typed while it was held.
    private var typedAhead: [UInt8] = []
    /// A key typed meanwhile that is to end what keeps the far side from getting ready.
    private var urgent: [UInt8] = []
    /// Whether the end of local stdin is kept from the program, since more may be inserted.
    private let staysOpen: Bool
    /// Takes commands to ccrun out of what is typed; nil where all of it is the program's.
    var escapes: EscapeFilter?
    private var commands: [EscapeFilter.Command] = []
    /// Sees each chunk of stdin once.
    private let observe: (UnsafeRawBufferPointer) -> Void
    /// With room for an escape character that is the remote side's after all.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: readSize + 1, alignment: 16)

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
        buffer.deallocate()
        if let own { close(own) }
    }

    private var hasPending: Bool { pending.count > pendingStart || !fresh.isEmpty }

    /// What poll(2) is to watch; nil while there is something left to send first.
    func pollEntry(_ channel: Channel) -> pollfd? {
        guard let descriptor, isHeld ? mayTypeAhead : !hasPending, channel.hasRoom else {
            return nil
        }
        return pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }

    /// Reads once; called when poll(2) said there is something, or the end.
    ///
    /// Returns what is the remote side's of it, for `noteRead` once that was tried to be sent, and gone
    /// with the next read; nil when nothing came.
    func read() -> UnsafeRawBufferPointer? {
        guard let descriptor else { return nil }
        assert(isHeld || !hasPending, "what was read before would be lost")
        let received = readBytes(descriptor, buffer.baseAddress, Self.readSize)
        // EIO is a terminal that has gone; like the end, it is no reason to stop the command.
        if received == 0 || (received < 0 && errno != EINTR && errno != EAGAIN) {
            self.descriptor = nil
        }
        guard received > 0 else { return nil }
        let typed = UnsafeRawBufferPointer(rebasing: buffer[..<filtered(received)])
        guard !typed.isEmpty else { return nil }
        if isHeld { hold(Array(typed)) } else { fresh = typed }
        return typed
    }

    /// Has what was read observed; returns how many lines it makes, one at least.
    func noteRead(_ typed: UnsafeRawBufferPointer) -> Int {
        observe(typed)
        return max(1, typed.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    }

    /// Takes the commands out of so many bytes of the buffer; returns how many are left there.
    private func filtered(_ count: Int) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        guard var filter = escapes else { return count }
        defer { escapes = filter }
        if filter.passes(bytes) { return count }
        let (passed, commands) = filter.filter(bytes)
        self.commands += commands
        buffer.copyBytes(from: passed)
        return passed.count
    }

    private func hold(_ typed: [UInt8]) {
        if let key = typed.lastIndex(where: Self.urgentKeys.contains) {
            // A terminal forgets what was typed ahead of such a key, too.
            urgent = [typed[key]]
            typedAhead = Array(typed[(key + 1)...])
        } else {
            typedAhead += typed
        }
    }

    private var mayTypeAhead: Bool { own != nil && typedAhead.count < Self.mostTypedAhead }

    private func release() {
        if isHeld || typedAhead.isEmpty { return }
        pending += typedAhead
        typedAhead = []
    }

    /// The commands to ccrun that were typed since the last call.
    func takeCommands() -> [EscapeFilter.Command] {
        defer { commands = [] }
        return commands
    }

    /// Sends these bytes after those that wait, as if they had been typed.
    func insert(_ bytes: UnsafeRawBufferPointer) {
        setAside()
        pending.removeFirst(pendingStart)
        pendingStart = 0
        pending += bytes
    }

    /// Keeps what was read where the next read does not overwrite it.
    private func setAside() {
        guard !fresh.isEmpty else { return }
        pending = Array(fresh)
        pendingStart = 0
        fresh = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Sends what waits, as far as window and queue have room, and the end after the last byte.
    @discardableResult
    func send(to channel: Channel) throws(SSHError) -> Bool {
        var count = 0
        while !urgent.isEmpty {
            let written = try channel.write(urgent[...])
            if written == 0 { return count > 0 }
            urgent.removeFirst(written)
            count += written
        }
        if isHeld { return count > 0 }
        while !fresh.isEmpty {
            let written = try channel.write(fresh)
            if written == 0 { break }
            fresh = UnsafeRawBufferPointer(rebasing: fresh[written...])
            count += written
        }
        setAside()
        while hasPending {
            let written = try channel.write(pending[pendingStart...])
            if written == 0 { return count > 0 }
            pendingStart += written
            count += written
        }
        if descriptor == nil, !staysOpen, !hasSentEnd { hasSentEnd = channel.sendEndOfInput() }
        return count > 0
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
    _ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
    read(descriptor, buffer, count)
}
