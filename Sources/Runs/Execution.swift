internal import Deployments
internal import LocalTerminal
internal import SSH
internal import Transcripts

/// One command on a connection, from its start to its outcome.
final class Execution {
    /// Where the command's bytes come from and go to on this side.
    struct Streams {
        /// Local stdin; nil leaves the command's input empty.
        var input: CInt?
        /// Sees each chunk of local stdin.
        var observeInput: (UnsafeRawBufferPointer) -> Void = { _ in }
        var outputs: [Channel.Stream: OutputSink] = [:]
        /// What `observeOutput` writes to, to be waited for as the outputs are.
        var observersSink: OutputSink?
        /// Sees each chunk of output after it was passed on.
        var observeOutput: (UnsafeRawBufferPointer, Channel.Stream) -> Void = { _, _ in }
    }

    private let command: PlannedCommand
    private let connection: Connection
    private let channel: Channel
    private let recorder: Recorder
    private let signals: SignalPipe
    private let notices: Notices
    var attendants: [any Attendant] = []
    private var sentPreamble = 0
    private(set) var hasTerminal = false
    /// Whether the server may have started the command.
    private(set) var mayBeStarted = false
    /// Whether our own output has come to an end before the command.
    private(set) var hasClosedOutput = false

    init(
        _ command: PlannedCommand, on connection: Connection, recorder: Recorder,
        signals: SignalPipe, notices: Notices
    ) throws(SSHError) {
        self.command = command
        self.connection = connection
        self.recorder = recorder
        self.signals = signals
        self.notices = notices
        channel = try connection.channel()
    }

    /// Asks for the terminal alone, where the command is to have one; the command is not started yet.
    func obtainTerminal() throws(SSHError) {
        guard let terminal = command.pseudoTerminal else { return }
        hasTerminal = try channel.obtain(terminal, until: connection.phase)
    }

    /// Starts the command, with the terminal unless that was asked for before.
    func start() throws(SSHError) {
        var startup = command.startup
        if hasTerminal { startup.pseudoTerminal = nil }
        startup.agent = connection.agent
        mayBeStarted = true
        do {
            let start = try channel.start(
                startup, pipelined: connection.isPipelining, until: connection.phase)
            sentPreamble = start.preambleCount
            hasTerminal = hasTerminal || start.hasPseudoTerminal
            if start.isAgentRefused { notices.detail("the server refuses to forward the agent") }
        } catch {
            mayBeStarted = error.code != .requestRefused
            throw error
        }
    }

    /// Relays until the command has ended, or has been ended.
    func finish(_ streams: Streams) -> Outcome {
        let terminal = hasTerminal && streams.input != nil ? RawTerminal(signals: signals) : nil
        terminal?.enter()
        let input = input(streams)
        // What comes out of a pipe is data, whatever it begins a line with.
        if terminal != nil, case .byte(let character) = command.escape {
            input.escapes = EscapeFilter(character)
        }
        let output = CommandOutput(
            to: streams.outputs, observersSink: streams.observersSink, recorder: recorder,
            readyMark: command.remote.handshake.map(ReadyMark.init))
        var head = HeadFailure()
        output.observe = { bytes, stream in
            head.take(bytes)
            streams.observeOutput(bytes, stream)
        }
        output.prompts = command.prompts.watcher(onTerminal: hasTerminal)
        let relay = Relay(
            channel, input: input, output: output, signals: signals, terminal: terminal)
        relay.attendants = attendants
        relay.agent = connection.agent
        relay.notices = notices
        let end = relay.run(until: command.timeout.map { .after($0) } ?? .never)
        let outcome = outcome(of: end, relay, head)
        terminal?.leave()
        channel.close()
        return outcome
    }

    private func input(_ streams: Streams) -> InputSource {
        InputSource(
            streams.input, ahead: Array(command.remote.preamble.dropFirst(sentPreamble)),
            isHeld: command.remote.handshake != nil, staysOpen: command.prompts.areAnswered,
            observe: streams.observeInput)
    }

    // MARK: - Ends

    private func outcome(of end: Relay.End, _ relay: Relay, _ head: HeadFailure) -> Outcome {
        switch end {
        case .remoteEnded
        where channel.facts.exitStatus == HeadFailure.status && head.reason != nil:
            // The line itself has been read already.
            return Outcome(
                .ccrun, status: CInt(HeadFailure.status), reason: head.reason,
                hint: "look at \"directory\" and \"env_file\" in the inventory", wasTold: true)
        case .remoteEnded: return Outcome(channel.facts)
        case .interrupted(let number):
            relay.waitsForReaders = false
            return .interrupted(by: number, fate(relay))
        case .timedOut:
            let limit = command.timeout.map { DurationText.format($0) } ?? "the time limit"
            return .timedOut("the time limit of \(limit) ran out", fate(relay))
        case .unanswered(let prompt):
            // A prompt may quote what was entered before.
            let shown = recorder.withoutSecrets(prompt)
            return .timedOut("nobody answered the prompt \"\(shown)\"", fate(relay))
        case .outputClosed(let number):
            hasClosedOutput = true
            relay.waitsForReaders = false
            return .outputClosed(number, fate(relay))
        case .dropped(let keys):
            return Outcome(
                .transport, status: 255,
                reason: "the connection was dropped (\(keys)); the command may still be running",
                hint: RemoteEnding.hint(command), mayBeRunning: true)
        case .lost(let reason):
            // With a status but no end of the output, some of that may be missing: no success.
            let rest =
                channel.facts.hasVerdict
                ? "the command had ended, but its output may be incomplete"
                : "the command may still be running"
            return Outcome(
                .transport, status: 255, reason: "the connection was lost (\(reason)); \(rest)",
                hint: channel.facts.hasVerdict ? nil : RemoteEnding.hint(command),
                mayBeRunning: !channel.facts.hasVerdict)
        }
    }

    /// A login shell's end is that of its terminal; everything else is told to end.
    private func fate(_ relay: Relay) -> RemoteEnding.Fate {
        if channel.facts.hasVerdict || command.isLoginShell && hasTerminal { return .ended(nil) }
        return RemoteEnding(
            connection: connection, command: command, relay: relay, signals: signals,
            notices: notices
        ).perform()
    }
}
