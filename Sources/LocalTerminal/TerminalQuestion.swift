#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A question asked on the controlling terminal, whatever stdin and stdout are.
package struct TerminalQuestion {
    /// What came of it.
    package enum Answer: Equatable {
        case line([UInt8])
        /// The interrupt turned readable before the line was complete.
        case interrupted
        /// The user ended the input, or there is no terminal to ask on.
        case none
    }

    private let prompt: String
    private let echoes: Bool
    private let signals: SignalPipe?
    /// Called before each wait; how long that may be, in milliseconds, -1 for as long as it takes.
    package var turn: () -> CInt = { -1 }

    /// `signals`: an interrupt ends the question, and is left to be read; a stop is made up for.
    package init(_ prompt: String, echoes: Bool, signals: SignalPipe?) {
        self.prompt = prompt
        self.echoes = echoes
        self.signals = signals
    }

    /// True when there is a terminal to ask on.
    package static var canAsk: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// Asks, and waits for a line; the terminal's modes are afterwards what they were.
    ///
    /// What was typed before the question stood there was not meant for it, and is discarded.
    package func ask() -> Answer {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return .none }
        defer { close(descriptor) }
        let terminal = Terminal(descriptor: descriptor)
        guard let saved = terminal.modes else { return .none }
        _ = signals?.changes()
        signals?.watchSuspension()
        defer {
            if terminal.isInForeground { terminal.setModes(saved) }
            signals?.ignoreSuspension()
        }
        let asking = modes(from: saved)
        while true {
            put(on: terminal, asking)
            guard let answer = readLine(from: terminal, restoring: saved) else { continue }
            if answer == .interrupted { show("\n", on: descriptor) }
            return answer
        }
    }

    private func modes(from saved: termios) -> termios {
        var asking = saved
        asking.c_lflag |= tcflag_t(ICANON | ISIG)
        if !echoes {
            asking.c_lflag &= ~tcflag_t(ECHO)
            asking.c_lflag |= tcflag_t(ECHONL)
        }
        // Stopping or dying here would leave the shell with a terminal that does not echo.
        withUnsafeMutableBytes(of: &asking.c_cc) { characters in
            characters[Int(VSUSP)] = Terminal.disabledCharacter
            characters[Int(VQUIT)] = Terminal.disabledCharacter
        }
        return asking
    }

    /// In the background the terminal is the shell's: the job stops there until it is continued.
    private func put(on terminal: Terminal, _ asking: termios) {
        guard terminal.isInForeground else {
            raise(SIGTTOU)
            return
        }
        terminal.setModes(asking, discardingInput: true)
        show(prompt, on: terminal.descriptor)
    }

    private func show(_ text: String, on descriptor: CInt) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The line; nil when the question has to be put again, after a stop.
    private func readLine(from terminal: Terminal, restoring saved: termios) -> Answer? {
        var line: [UInt8] = []
        // A negative descriptor is skipped.
        let interrupts = signals?.interruptDescriptor ?? -1
        let changes = signals?.changeDescriptor ?? -1
        var entries = [terminal.descriptor, interrupts, changes].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while line.count < 4096 {
            let count = poll(&entries, nfds_t(entries.count), turn())
            if count == 0 { continue }
            if count < 0 {
                if errno == EINTR { continue }
                return Answer.none
            }
            if entries[1].revents != 0 { return .interrupted }
            if entries[2].revents != 0, hasBeenStopped(terminal, restoring: saved) { return nil }
            guard entries[0].revents != 0 else { continue }
            var byte: UInt8 = 0
            let length = read(terminal.descriptor, &byte, 1)
            if length < 0, errno == EINTR { continue }
            if length <= 0 { return Answer.none }
            if byte == UInt8(ascii: "\n") { return .line(line) }
            line.append(byte)
        }
        return .line(line)
    }

    /// Stops where that is asked for; true when a shell has had the terminal meanwhile.
    private func hasBeenStopped(_ terminal: Terminal, restoring saved: termios) -> Bool {
        guard let signals else { return false }
        let changes = signals.changes()
        if changes.contains(SIGTSTP) {
            if terminal.isInForeground { terminal.setModes(saved) }
            signals.suspend()
            // The continuation itself is no news.
            _ = signals.changes()
            return true
        }
        return changes.contains(SIGCONT)
    }
}
