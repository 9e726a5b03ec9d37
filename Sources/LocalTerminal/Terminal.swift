#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// A descriptor that may be a terminal of this machine: its size, its modes.
package struct Terminal: Sendable {
    package let descriptor: CInt

    package static let standardInput = Terminal(descriptor: STDIN_FILENO)
    package static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    package static let standardError = Terminal(descriptor: STDERR_FILENO)

    /// The control character that means none, _POSIX_VDISABLE (termios(3)).
    #if os(Linux)
        static let disabledCharacter: UInt8 = 0
    #else
        static let disabledCharacter: UInt8 = 0xff
    #endif

    package init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// A window's size in character cells and pixels; pixels are 0 where the terminal does not say.
    package struct Size: Sendable, Equatable {
        package var columns: Int
        package var rows: Int
        package var pixelWidth: Int
        package var pixelHeight: Int

        package init(columns: Int, rows: Int, pixelWidth: Int = 0, pixelHeight: Int = 0) {
            self.columns = columns
            self.rows = rows
            self.pixelWidth = pixelWidth
            self.pixelHeight = pixelHeight
        }
    }

    /// The window's size, or nil when there is no terminal or it does not know (tty_ioctl(4)).
    package var size: Size? {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
            window.ws_row > 0
        else { return nil }
        return Size(
            columns: Int(window.ws_col), rows: Int(window.ws_row),
            pixelWidth: Int(window.ws_xpixel), pixelHeight: Int(window.ws_ypixel))
    }

    /// The current modes (termios(3)), or nil when there is no terminal.
    package var modes: termios? {
        var modes = termios()
        return tcgetattr(descriptor, &modes) == 0 ? modes : nil
    }

    /// Sets the modes once output has drained, even from the background.
    ///
    /// `discardingInput`: what was typed before is gone. Returns false when there is no terminal
    /// (any more).
    @discardableResult
    package func setModes(_ modes: termios, discardingInput: Bool = false) -> Bool {
        // A background process that sets modes is stopped by SIGTTOU unless it is ignored; here the
        // modes being set are the user's own, so going on is right.
        let previous = signal(SIGTTOU, SIG_IGN)
        defer { signal(SIGTTOU, previous) }
        var modes = modes
        let action = discardingInput ? TCSAFLUSH : TCSADRAIN
        while true {
            if tcsetattr(descriptor, action, &modes) == 0 { return true }
            if errno != EINTR { return false }
        }
    }

    /// True when this process may read from and set the terminal without being stopped.
    ///
    /// A terminal that is not the controlling one knows no background (tcgetpgrp(3): ENOTTY).
    package var isInForeground: Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }
}
