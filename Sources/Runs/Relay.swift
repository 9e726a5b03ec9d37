#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import LocalTerminal
internal import SSH
internal import Transcripts

/// The running command: one poll(2) over the socket, stdin, the outputs and the signals.
///
/// Bytes go to the terminal first and untouched; the recorder gets a copy.
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
    private var outputs: OutputSinks
    private let recorder: Recorder
    private let signals: SignalPipe
    private var keyboard: Keyboard
    /// Sees each chunk of output after it was passed on.
    var observe: (UnsafeRawBufferPointer, Channel.Stream) -> Void = { _, _ in }
    /// Whether a command that has ended is over only when its output has been read on this side.
    var waitsForReaders = true
    var attendants: [any Attendant] = []
    /// The agent here that programs over there may use.
    var agent: AgentForwarding?
    /// Looks for questions in the output, where somebody wants them answered or noticed.
    var prompts: PromptWatcher?
    /// Says what the user asks of ccrun while the command runs.
    var notices: Notices?
    private var deadline = Deadline.never
    private var readyMark: ReadyMark?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var loss: String?
    private var silence: SilenceWatch
    private var eager = EagerWait()

    /// `observersOutput`: what `observe` writes to, to be waited for as the outputs are.
    init(
        channel: Channel, input: InputSource, outputs: [Channel.Stream: OutputSink],
        observersOutput: OutputSink? = nil, recorder: Recorder, signals: SignalPipe,
        terminal: RawTerminal?, readyMark: ReadyMark?
    ) {
        self.channel = channel
        self.input = input
        self.outputs = OutputSinks(outputs, observers: observersOutput)
        self.recorder = recorder
        self.signals = signals
        keyboard = Keyboard(signals: signals, terminal: terminal)
        self.readyMark = readyMark
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
            if let failure = outputs.takeFailure() { return .outputClosed(failure) }
            if isDrained, isOver { return flushed(.remoteEnded) }
            if isDrained, let loss { return flushed(.lost(loss)) }
            sendInput()
            serveAgent()
            sendSize()
            channel.session.flush()
            if let end = sleep(isDrained: isDrained) { return end }
        }
    }

    // MARK: - From the server

    /// Takes what has come, as far as the outputs have room; true when nothing is left.
    private func drain() -> Bool {
        while outputs.hasRoom {
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
            showRemainder()
            return true
        }
        return false
    }

    /// One read of a stream; true when there were bytes.
    private func read(_ stream: Channel.Stream) -> Bool {
        if loss != nil {
            let count = channel.readRemainder(stream, into: buffer)
            if count > 0 { show(UnsafeRawBufferPointer(rebasing: buffer[..<count]), stream) }
            return count > 0
        }
        do {
            guard case .bytes(let count) = try channel.read(stream, into: buffer) else {
                return false
            }
            show(UnsafeRawBufferPointer(rebasing: buffer[..<count]), stream)
            return true
        } catch {
            // What came before the loss is still to be read.
            loss = error.underlying ?? error.message
            return true
        }
    }

    private func show(_ bytes: UnsafeRawBufferPointer, _ stream: Channel.Stream) {
        guard readyMark != nil, stream == .standardOutput else { return pass(bytes, stream) }
        let shown = readyMark?.filter(bytes) ?? []
        shown.withUnsafeBytes { pass($0, stream) }
        guard readyMark?.wasSeen == true else { return }
        readyMark = nil
        input.isHeld = false
    }

    private func showRemainder() {
        guard isOver || loss != nil, let held = readyMark?.remainder() else { return }
        held.withUnsafeBytes { pass($0, .standardOutput) }
    }

    private func pass(_ bytes: UnsafeRawBufferPointer, _ stream: Channel.Stream) {
        guard bytes.count > 0 else { return }
        outputs.write(bytes, of: stream)
        eager.noteAnswer()
        recorder.record(bytes, from: stream == .standardOutput ? .standardOutput : .standardError)
        observe(bytes, stream)
        guard prompts != nil else { return }
        for reply in prompts?.see(bytes, at: .now) ?? [] {
            reply.bytes.withBytes { input.insert($0) }
        }
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
            outputs.flush()
            if end == .remoteEnded, let failure = outputs.takeFailure() {
                return .outputClosed(failure)
            }
            var entries = outputs.pollEntries
            if entries.isEmpty || limit.hasPassed { return end }
            entries.append(
                pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0))
            wait(for: &entries, until: limit.earlier(attendants.nextTurn))
            if entries.last?.revents != 0 { return end }
            attendants.attend()
        }
    }

    // MARK: - To the server

    private func sendInput() {
        guard loss == nil else { return }
        channel.allow(nil)
        do {
            if try input.send(to: channel), channel.session.isInteractive { eager.noteSent() }
        } catch {
            loss = error.underlying ?? error.message
        }
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
        recorder.resize(columns: size.columns, rows: size.rows)
    }

    // MARK: - Waiting

    /// One poll(2) over everything; the end it brought, if any.
    private func sleep(isDrained: Bool) -> End? {
        // What is typed is not to wait for a disk, nor its echo: between two keys there is time for that.
        if !eager.isExpecting { recorder.flushIfDue(early: eager.takeAnswer()) }
        var entries = [
            pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.changeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        let inputEntry = input.pollEntry(channel)
        entries.append(inputEntry ?? pollfd(fd: -1, events: 0, revents: 0))
        entries += outputs.pollEntries
        let forwarded = entries.count
        entries += agent?.pollEntries ?? []
        let network = entries.count
        entries += channel.session.pollEntries
        let recording = Deadline(instant: recorder.flushDeadline)
        // The time limit is the command's: once it has ended, a slow reader has all the time it wants.
        let waitsForReader = waitsForReaders && !isDrained
        let limit = channel.facts.hasVerdict && waitsForReader ? Deadline.never : deadline
        let prompt = Deadline(instant: prompts?.deadline)
        wait(
            for: &entries,
            until: limit.earlier(recording).earlier(prompt).earlier(attendants.nextTurn)
                .earlier(silence.nextTurn).earlier(agent?.nextTurn ?? .never),
            awakeUntil: eager.deadline)

        if entries[0].revents != 0 {
            // Where the command has ended already, the interrupt is for what comes after it.
            if channel.facts.hasVerdict { return .remoteEnded }
            if let number = signals.interrupt() { return .interrupted(number) }
        }
        if entries[1].revents != 0 { keyboard.react(to: signals.changes()) }
        loss = loss ?? silence.transfer(entries[network...])
        agent?.note(entries[forwarded..<network])
        if entries[2].revents != 0 {
            let lines = input.read()
            // Ahead of all else: how soon a key is on its way is what somebody feels of our speed. But
            // sending has libssh2 look at all that has come, which would blur the streams' order.
            if channel.unreadCount == 0 {
                sendInput()
                channel.session.flush()
            }
            if let lines { prompts?.noteInputSent(lines: lines) }
            if let keys = obeyCommands() { return .dropped(keys) }
        }
        attendants.attend()
        outputs.flush()
        if prompt.hasPassed, !channel.facts.hasVerdict, let prompts {
            return .unanswered(prompts.quotedPrompt)
        }
        if !isDrained, !waitsForReaders, lookAhead() { return .remoteEnded }
        guard limit.hasPassed else { return nil }
        if waitsForReader, lookAhead() { return nil }
        return channel.facts.hasVerdict ? .remoteEnded : .timedOut
    }

    /// Does what was typed for ccrun; the keys that drop the connection, where those were among it.
    private func obeyCommands() -> String? {
        for command in input.takeCommands() {
            guard let escapes = input.escapes, let notices else { continue }
            if case .dropped(let keys) = keyboard.obey(command, escapes, on: channel, notices) {
                return keys
            }
        }
        return nil
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
