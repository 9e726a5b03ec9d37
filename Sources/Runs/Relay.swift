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
    /// How long the answer to a sign of life that was asked for may take once the relay has stopped.
    private static let lastAnswer = Duration.seconds(5)
    /// Where local stdin is among the entries of poll(2).
    private static let inputEntry = 2

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
    private let intake: Intake
    private var silence: SilenceWatch
    /// Whether a key was sent that nothing has answered.
    private var awaitsEcho = false

    init(
        _ channel: Channel, input: InputSource, output: CommandOutput, signals: SignalPipe,
        terminal: RawTerminal? = nil
    ) {
        self.channel = channel
        self.input = input
        self.output = output
        self.signals = signals
        keyboard = Keyboard(signals: signals, terminal: terminal)
        intake = Intake(channel, input: input, output: output)
        silence = SilenceWatch(channel)
    }

    /// Moves bytes until the command has ended, one way or the other; may be called again to go on.
    func run(until deadline: Deadline) -> End {
        self.deadline = deadline
        silence.restart()
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
            let isDrained = intake.drain()
            if let failure = output.takeFailure() { return .outputClosed(failure) }
            if isDrained, intake.isOver { return flushed(.remoteEnded) }
            if isDrained, let loss = intake.loss { return flushed(.lost(loss)) }
            silence.settle()
            sendInput()
            serveAgent()
            sendSize()
            channel.session.send()
            if let end = sleep(isDrained: isDrained) { return end }
        }
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
    @discardableResult
    private func sendInput() -> Bool {
        guard intake.loss == nil else { return false }
        channel.allow(nil)
        do {
            return try input.send(to: channel)
        } catch {
            intake.noteLoss(error)
            return false
        }
    }

    private func serveAgent() {
        guard intake.loss == nil, let agent else { return }
        do {
            try agent.exchange()
        } catch {
            intake.noteLoss(error)
        }
    }

    private func sendSize() {
        guard let size = keyboard.newSize, channel.resize(to: size) else { return }
        keyboard.newSize = nil
        output.noteSize(size)
    }

    // MARK: - Waiting

    /// Waits for everything at once; the end it brought, if any.
    private func sleep(isDrained: Bool) -> End? {
        output.saveRecordingIfDue(early: takePause())
        var entries = [
            pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.changeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        entries.append(input.pollEntry(channel) ?? pollfd(fd: -1, events: 0, revents: 0))
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
        let end = limit.earlier(prompt).earlier(turn)
        wait(for: &entries, until: end)
        // Ahead of all else: how soon a key is on its way is what somebody feels of our speed.
        if Self.isInputAlone(entries), let keys = sendKey(&entries, until: end) {
            return .dropped(keys)
        }
        if entries[0].revents != 0 {
            // Where the command has ended already, the interrupt is for what comes after it.
            if channel.facts.hasVerdict { return .remoteEnded }
            if let number = signals.interrupt() { return .interrupted(number) }
        }
        if entries[1].revents != 0 { keyboard.react(to: signals.changes()) }
        if entries[Self.inputEntry].revents != 0 {
            if let keys = takeInput() { return .dropped(keys) }
            // What has come before is no answer to what was typed.
            if entries[network...].contains(where: { $0.revents != 0 }) { awaitsEcho = false }
        }
        if let reason = silence.transfer(entries[network...]) { intake.noteLoss(reason) }
        // At once, and not in the next turn: an echo may be among it.
        let isDrained = intake.drain()
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

    /// Takes input that came alone, and waits on at once where nothing but an echo is to be expected.
    ///
    /// Returns the keys that drop the connection, where those were among it.
    private func sendKey(_ entries: inout [pollfd], until end: Deadline) -> String? {
        let hadUnsaved = output.hasUnsavedRecording
        if let keys = takeInput() { return keys }
        entries[Self.inputEntry].revents = 0
        if awaitsEcho, isAtRest, hadUnsaved || !output.hasUnsavedRecording {
            wait(for: &entries, until: end)
        }
        return nil
    }

    private static func isInputAlone(_ entries: [pollfd]) -> Bool {
        // By hand: this is on the way of each key, where a closure costs as much as all of it.
        for index in 0..<entries.count {
            guard (entries[index].revents != 0) == (index == inputEntry) else { return false }
        }
        return true
    }

    /// Whether a key has left nothing to be done here, and nothing to be sent.
    private var isAtRest: Bool {
        intake.loss == nil && keyboard.newSize == nil && output.prompts == nil
            && channel.session.hasSentAll && input.pollEntry(channel) != nil
    }

    /// Reads what was typed; the keys that drop the connection, where those were among it.
    private func takeInput() -> String? {
        let typed = input.read()
        awaitsEcho = false
        // Sending has libssh2 look at all that has come, which would blur the streams' order.
        if channel.unreadCount == 0 {
            awaitsEcho = sendInput() && channel.session.isInteractive
            channel.session.send()
        }
        if let typed {
            let lines = input.noteRead(typed)
            output.prompts?.noteInputSent(lines: lines)
        }
        return obeyCommands()
    }

    /// Whether an echo has just been shown: until the next key there is time for a disk.
    private func takePause() -> Bool {
        guard intake.takeShown(), awaitsEcho else { return false }
        awaitsEcho = false
        return true
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
        if isDrained, intake.isOver { return nil }
        if !isDrained {
            if !waitsForReaders, intake.lookAhead() { return .remoteEnded }
            if waitsForReaders, limit.hasPassed, intake.lookAhead() { return nil }
        }
        guard limit.hasPassed else { return nil }
        return channel.facts.hasVerdict ? .remoteEnded : .timedOut
    }
}
