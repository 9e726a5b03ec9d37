internal import LocalTerminal
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The user's terminal while a replay obeys its keys: raw, and given back on every way out.
final class ReplayTerminal {
    private let mode: RawMode
    private let signals: SignalPipe

    /// Returns nil unless stdin and stdout are a terminal, and it is ours.
    init?(_ signals: SignalPipe) {
        guard Terminal.standardInput.isTerminal, Terminal.standardOutput.isTerminal,
            Terminal.standardInput.isInForeground, let mode = RawMode(.standardInput)
        else { return nil }
        self.mode = mode
        self.signals = signals
        enter()
    }

    deinit {
        leave()
    }

    /// What a player has to know of it.
    var console: PlayerConsole {
        PlayerConsole(
            keys: STDIN_FILENO, changes: signals.changeDescriptor, change: change, suspend: suspend,
            size: { Terminal.standardOutput.size.map { ($0.columns, $0.rows) } })
    }

    func leave() {
        mode.leave()
        signals.ignoreSuspension()
    }

    private func enter() {
        guard Terminal.standardInput.isInForeground else { return mode.giveUp() }
        mode.enter()
        signals.watchSuspension()
    }

    private func change() -> PlayerConsole.Change {
        let changes = signals.changes()
        if changes.contains(SIGTSTP) { return .suspension }
        if changes.contains(SIGCONT) { enter() }
        return changes.isEmpty ? .nothing : .appearance
    }

    private func suspend() {
        leave()
        signals.suspend()
        enter()
    }
}
