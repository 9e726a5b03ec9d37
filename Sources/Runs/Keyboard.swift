#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import LocalTerminal
internal import SSH

/// What comes to ccrun itself from the user's terminal while that belongs to the remote program: stops,
/// changes of its size, and commands behind the escape character.
struct Keyboard {
    /// What came of a command.
    enum Answer: Equatable {
        case done
        /// The user drops the connection, by these keys.
        case dropped(String)
    }

    let signals: SignalPipe
    /// The terminal in raw mode, where there is one.
    let terminal: RawTerminal?
    /// A size that the remote side does not know yet.
    var newSize: WindowSize?

    init(signals: SignalPipe, terminal: RawTerminal?) {
        self.signals = signals
        self.terminal = terminal
    }

    /// Reacts to what signals have told.
    mutating func react(to changes: [CInt]) {
        guard let terminal else { return }
        for number in changes {
            if number == SIGTSTP {
                terminal.leave()
                signals.suspend()
            }
            // After a stop the shell has had the terminal: its modes and its size may be others.
            if number != SIGWINCH { terminal.enter() }
            newSize = terminal.size ?? newSize
        }
    }

    /// Does what was typed behind the escape character.
    mutating func obey(
        _ command: EscapeFilter.Command, _ escapes: EscapeFilter, on channel: Channel,
        _ notices: Notices
    ) -> Answer {
        let echo = escapes.echo(of: command)
        notices.line(echo)
        switch command {
        case .drop: return .dropped(echo)
        case .suspend: suspend()
        case .help:
            for line in escapes.helpLines { notices.conclusion(line) }
        case .listChannels:
            notices.conclusion("the channels that are open:")
            notices.conclusion(
                "  #\(channel.number) session at \(channel.session.address), the command's")
        }
        return .done
    }

    private mutating func suspend() {
        terminal?.leave()
        signals.stop()
        // The continuation itself is no news.
        _ = signals.changes()
        terminal?.enter()
        newSize = terminal?.size ?? newSize
    }
}
