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
    private let interruptDescriptor: CInt?

    /// `interruptDescriptor`: turns readable when the user wants out (not read here).
    package init(_ prompt: String, echoes: Bool, interruptDescriptor: CInt?) {
        self.prompt = prompt
        self.echoes = echoes
        self.interruptDescriptor = interruptDescriptor
    }

    /// True when there is a terminal to ask on.
    package static var canAsk: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// Asks, and waits for a line; the terminal's modes are afterwards what they were.
    package func ask() -> Answer {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return .none }
        defer { close(descriptor) }
        let terminal = Terminal(descriptor: descriptor)
        guard let saved = terminal.modes else { return .none }
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
        terminal.setModes(asking)
        defer { terminal.setModes(saved) }
        show(prompt, on: descriptor)
        let answer = readLine(from: descriptor)
        if answer == .interrupted { show("\n", on: descriptor) }
        return answer
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

    private func readLine(from descriptor: CInt) -> Answer {
        var line: [UInt8] = []
        var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        if let interruptDescriptor {
            entries.append(pollfd(fd: interruptDescriptor, events: Int16(POLLIN), revents: 0))
        }
        while line.count < 4096 {
            if poll(&entries, nfds_t(entries.count), -1) < 0 {
                if errno == EINTR { continue }
                return .none
            }
            if entries.count > 1, entries[1].revents != 0 { return .interrupted }
            var byte: UInt8 = 0
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return .none }
            if byte == UInt8(ascii: "\n") { return .line(line) }
            line.append(byte)
        }
        return .line(line)
    }
}
