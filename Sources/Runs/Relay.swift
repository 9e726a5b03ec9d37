#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import LocalTerminal
internal import SSH

/// The running command: one poll(2) over the socket, stdin, the outputs and the signals.
final class Relay {
    /// How much of the network's bytes libssh2 takes before both streams are drained: a small batch
    /// keeps their order nearly as the server sent it.
    private static let batch = 16 << 10
    /// How long the answer to a sign of life that was asked for may take once the relay has stopped.
    private static let lastAnswer = Duration.seconds(5)

    /// Why the relay stopped.
    enum End: Equatable {
        /// The server has said how the command ended, or closed the channel.
        case remoteEnded
        case timedOut
        /// A prompt, as it is to be quoted, stood there for too long.
        case unanswered(String)
        /// INT, TERM, HUP or QUIT came, by its number.
        case interrupted(CInt)
        /// Our standard output takes no more: EPIPE where nobody reads it.
        case outputClosed(CInt)
        /// The user has dropped the connection, by these keys.
        case dropped(String)
        /// The connection is gone, and why.
        case lost(String)
    }

    private let channel: Channel
    private let input: InputSource
    private let output: CommandOutput
    private let signals: SignalPipe
    private var keyboard: Keyboard
    /// Whether a command that has ended is over only when its output has been read on this side.
    var waitsForReaders = true
    var attendants: [any Attendant] = []
    /// The agent here that programs over there may use.
    var agent: AgentForwarding?
    /// Says what the user asks of ccrun while the command runs.
    var notices: Notices?
    private var deadline = Deadline.never
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var loss: String?
    private var silence: SilenceWatch
    private var eager = EagerWait()

    init(
        _ channel: Channel, input: InputSource, output: CommandOutput, signals: SignalPipe,
        terminal: RawTerminal? = nil
    ) {
        self.channel = channel
        self.input = input
        self.output = output
        self.signals = signals
        keyboard = Keyboard(signals: signals, terminal: terminal)
        silence = SilenceWatch(channel)
    }

    deinit {
        buffer.deallocate()
    }

    /// Moves bytes until the command has ended, one way or the other; may be called again to go on.
    func run(until deadline: Deadline) -> End {
        self.deadline = deadline
        let end = relay()
        // Whoever talks to the server next must not get the answer; where nobody will, nobody waits.
        switch end {
        case .lost, .dropped: break
        default: channel.settlePing(until: .after(Self.lastAnswer))
        }
        return end
    }

    private func relay() -> End {
        while true {
            let isDrained = drain()
            if let failure = output.takeFailure() { return .outputClosed(failure) }
            if isDrained, isOver { return flushed(.remoteEnded) }
            if isDrained, let loss { return flushed(.lost(loss)) }
            silence.settle()
            let hasSent = sendInput()
            serveAgent()
            sendSize()
            channel.session.send()
            if hasSent { noteSent() }
            if let end = sleep(isDrained: isDrained) { return end }
        }
    }

    // MARK: - From the server

    /// Takes what has come, as far as the outputs have room; true when nothing is left.
    private func drain() -> Bool {
        while output.hasRoom {
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
            return true
        }
        return false
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
            return true
        } catch {
            // What came before the loss is still to be read.
            loss = error.underlying ?? error.message
            return true
        }
    }

    private func show(_ count: Int, of stream: Channel.Stream) {
        let demands = output.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), of: stream)
        if let shown = demands.shown { eager.noteAnswer(at: shown) }
        for reply in demands.replies { reply.bytes.withBytes { input.insert($0) } }
        if demands.isReady { input.isHeld = false }
    }

    /// The streams have ended and the server has said how, or that it will not.
    private var isOver: Bool {
        let facts = channel.facts
        if facts.isClosed { return true }
        return channel.hasEnded && facts.hasVerdict
    }

    /// Waits until the outputs have taken the rest; an interrupt gives up on them, never on the status.
    private func flushed(_ end: End) -> End {
        let limit = waitsForReaders ? Deadline.never : deadline
        while true {
            output.flush()
            if end == .remoteEnded, let failure = output.takeFailure() {
                return .outputClosed(failure)
            }
            var entries = output.pollEntries
            if entries.isEmpty || limit.hasPassed { return end }
            entries.append(
                pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0))
            wait(for: &entries, until: limit.earlier(attendants.nextTurn))
            if entries.last?.revents != 0 { return end }
            attendants.attend()
        }
    }

    // MARK: - To the server

    /// Hands libssh2 what waits to be sent; true where it took some.
    private func sendInput() -> Bool {
        guard loss == nil else { return false }
        channel.allow(nil)
        do {
            return try input.send(to: channel)
        } catch {
            loss = error.underlying ?? error.message
            return false
        }
    }

    private func noteSent() {
        guard channel.session.isInteractive else { return }
        eager.noteSent()
        eager.giveWay()
    }

    private func serveAgent() {
        guard loss == nil, let agent else { return }
        do {
            try agent.exchange()
        } catch {
            loss = error.underlying ?? error.message
        }
    }

    private func sendSize() {
        guard let size = keyboard.newSize, channel.resize(to: size) else { return }
        keyboard.newSize = nil
        output.noteSize(size)
    }

    // MARK: - Waiting

    /// One poll(2) over everything; the end it brought, if any.
    private func sleep(isDrained: Bool) -> End? {
        // What is typed is not to wait for a disk, nor its echo: between two keys there is time for that.
        if !eager.isExpecting { output.saveRecordingIfDue(early: eager.takeAnswer()) }
        var entries = [
            pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.changeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        let inputEntry = input.pollEntry(channel)
        entries.append(inputEntry ?? pollfd(fd: -1, events: 0, revents: 0))
        entries += output.pollEntries
        let forwarded = entries.count
        entries += agent?.pollEntries ?? []
        let network = entries.count
        entries += channel.session.pollEntries
        // The time limit is the command's: once it has ended, a slow reader has all the time it wants.
        let hasTime = channel.facts.hasVerdict && waitsForReaders && !isDrained
        let limit = hasTime ? .never : deadline
        let prompt = Deadline(instant: output.prompts?.deadline)
        let turn = output.recordingDeadline.earlier(attendants.nextTurn)
            .earlier(silence.nextTurn).earlier(agent?.nextTurn ?? .never)
        wait(
            for: &entries, until: limit.earlier(prompt).earlier(turn),
            awakeUntil: eager.deadline)

        if entries[0].revents != 0 {
            // Where the command has ended already, the interrupt is for what comes after it.
            if channel.facts.hasVerdict { return .remoteEnded }
            if let number = signals.interrupt() { return .interrupted(number) }
        }
        if entries[1].revents != 0 { keyboard.react(to: signals.changes()) }
        // Ahead of all else: how soon a key is on its way is what somebody feels of our speed.
        if entries[2].revents != 0 {
            if let keys = takeInput() { return .dropped(keys) }
            // What has come before is no answer to what was typed.
            if entries[network...].contains(where: { $0.revents != 0 }) { eager.forgetKey() }
        }
        loss = loss ?? silence.transfer(entries[network...])
        // At once, and not in the next turn: an echo may be among it.
        let isDrained = drain()
        agent?.note(entries[forwarded..<network])
        attendants.attend()
        output.flush()
        if let prompts = output.prompts, Deadline(instant: prompts.deadline).hasPassed,
            !channel.facts.hasVerdict
        {
            return .unanswered(prompts.quotedPrompt)
        }
        return endInBacklog(isDrained: isDrained, limit)
    }

    /// Reads what was typed; the keys that drop the connection, where those were among it.
    private func takeInput() -> String? {
        let typed = input.read()
        // Sending has libssh2 look at all that has come, which would blur the streams' order.
        if channel.unreadCount == 0 {
            let hasSent = sendInput()
            channel.session.send()
            if hasSent { noteSent() }
        }
        if let typed {
            let lines = input.noteRead(typed)
            output.prompts?.noteInputSent(lines: lines)
        }
        return obeyCommands()
    }

    private func obeyCommands() -> String? {
        for command in input.takeCommands() {
            guard let escapes = input.escapes, let notices else { continue }
            if case .dropped(let keys) = keyboard.obey(command, escapes, on: channel, notices) {
                return keys
            }
        }
        return nil
    }

    /// The end by the time limit, or the command's own where output that nobody takes stands before it.
    private func endInBacklog(isDrained: Bool, _ limit: Deadline) -> End? {
        // It is over, limit or not, and the next turn waits for those who read it.
        if isDrained, isOver { return nil }
        if !isDrained {
            if !waitsForReaders, lookAhead() { return .remoteEnded }
            if waitsForReaders, limit.hasPassed, lookAhead() { return nil }
        }
        guard limit.hasPassed else { return nil }
        return channel.facts.hasVerdict ? .remoteEnded : .timedOut
    }

    /// Whether the command has ended according to what stands behind output that nobody takes yet.
    private func lookAhead() -> Bool {
        channel.allow(nil)
        do {
            // Nothing is taken, and libssh2 sees all that has come.
            let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            _ = try channel.read(.standardOutput, into: nothing)
        } catch {
            loss = error.underlying ?? error.message
        }
        return channel.facts.hasVerdict
    }
}
