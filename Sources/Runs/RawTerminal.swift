internal import LocalTerminal
internal import SSH

/// The user's terminal while it belongs to the remote program: raw, and of a size to be passed on.
final class RawTerminal {
    private let mode: RawMode
    private let signals: SignalPipe

    /// Returns nil when stdin is no terminal.
    init?(signals: SignalPipe) {
        guard let mode = RawMode(.standardInput) else { return nil }
        self.mode = mode
        self.signals = signals
    }

    deinit {
        leave()
    }

    /// Takes the terminal, again after a stop; in the background it is the shell's, and stays so.
    func enter() {
        if Terminal.standardInput.isInForeground {
            mode.enter()
            signals.watchSuspension()
        } else {
            mode.giveUp()
            signals.ignoreSuspension()
        }
    }

    func leave() {
        mode.leave()
        signals.ignoreSuspension()
    }

    /// The window's present size, or nil when the terminal does not know it.
    var size: WindowSize? { Self.size }

    /// The user's modes in SSH's terms; empty without a terminal.
    static var modes: [TerminalMode] {
        let modes = Terminal.standardInput.modes ?? Terminal.standardOutput.modes
        return modes.map { modes in
            RemoteModes.opcodes(of: modes).map { TerminalMode(opcode: $0.opcode, value: $0.value) }
        } ?? []
    }

    static var size: WindowSize? {
        (Terminal.standardInput.size ?? Terminal.standardOutput.size).map { size in
            WindowSize(
                columns: size.columns, rows: size.rows, pixelWidth: size.pixelWidth,
                pixelHeight: size.pixelHeight)
        }
    }
}
