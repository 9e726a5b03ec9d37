#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one owner of a terminal's raw mode: entered on demand, left on every way out.
///
/// `leave` may be called as often as one likes; `deinit` calls it, so a throw restores the terminal
/// before anything is explained.
package final class RawMode {
    private let terminal: Terminal
    private let saved: termios
    private var isRaw = false

    /// Returns nil when the descriptor is no terminal.
    package init?(_ terminal: Terminal) {
        guard let modes = terminal.modes else { return nil }
        self.terminal = terminal
        self.saved = modes
    }

    deinit {
        leave()
    }

    /// Every key reaches the remote side as a byte, and output passes unprocessed (OpenSSH's sshtty.c).
    ///
    /// Entering again makes raw what somebody else, a shell after a stop, has set meanwhile.
    package func enter() {
        var raw = saved
        raw.c_iflag |= tcflag_t(IGNPAR)
        raw.c_iflag &= ~tcflag_t(ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXANY | IXOFF)
        raw.c_lflag &= ~tcflag_t(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN)
        raw.c_oflag &= ~tcflag_t(OPOST)
        withUnsafeMutableBytes(of: &raw.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
        }
        if terminal.setModes(raw) { isRaw = true }
    }

    /// The modes are again what they were before the first `enter`.
    package func leave() {
        guard isRaw else { return }
        isRaw = false
        terminal.setModes(saved)
    }

    /// The terminal is somebody else's now: `leave` does not touch it until the next `enter`.
    package func giveUp() {
        isRaw = false
    }
}
