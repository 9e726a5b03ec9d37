internal import Deployments
internal import LocalTerminal
internal import SSH

/// Ends the remote command of a run that is over on this side: TERM to its process groups, and KILL
/// once the grace period is over.
struct RemoteEnding {
    /// What became of the command.
    enum Fate: Equatable {
        /// It ended, after this signal or before any was sent (nil).
        case ended(RemoteSignal.Signal?)
        /// It may still be running; the text says how to look.
        case unknown(hint: String)

        var hint: String? {
            if case .unknown(let hint) = self { hint } else { nil }
        }
    }

    private enum Reply {
        case answer(RemoteSignal.Answer)
        /// The user would not wait for one.
        case interrupted
        case none
    }

    /// How long a command of our own may take to find and signal the processes.
    private static let patience = Duration.seconds(20)
    /// How long the end may take to arrive once nothing keeps it.
    private static let lastMoment = Duration.seconds(10)

    let connection: Connection
    let command: PlannedCommand
    let relay: Relay
    let signals: SignalPipe
    let notices: Notices

    /// Sends the signals, relays what the command still says, and tells what became of it.
    ///
    /// An interrupt meanwhile ends the grace period.
    func perform() -> Fate {
        var session: Int?
        for (signal, patience) in [
            (RemoteSignal.Signal.term, command.grace), (.kill, Self.lastMoment),
        ] {
            switch send(signal, to: session) {
            case .answer(.signalled(let found, _)):
                session = found
                notices.detail("sent \(signal.rawValue) to the remote command")
                if relay.run(until: .after(patience)) == .remoteEnded { return .ended(signal) }
            case .answer(.gone):
                let hasEnded = relay.run(until: .after(Self.lastMoment)) == .remoteEnded
                return hasEnded ? .ended(session == nil ? nil : .term) : unknown
            case .interrupted: continue
            case .answer(.refused), .answer(.unknown), .none: return unknown
            }
        }
        return unknown
    }

    private var unknown: Fate { .unknown(hint: Self.hint(command)) }

    /// How to look for a command that may still be running.
    static func hint(_ command: PlannedCommand) -> String {
        "look for it with: "
            + RemoteSignal.hint(
                target: "\(command.deployment.name)", options: command.reach, run: command.run)
    }

    /// Asks the far side to send a signal, inside the container where there is one.
    private func send(_ signal: RemoteSignal.Signal, to session: Int?) -> Reply {
        let script = RemoteSignal.script(
            run: command.run, step: command.step, signal: signal, session: session)
        guard
            let line = RemoteCommand.auxiliary(
                script, on: command.deployment, insideContainer: true)
        else { return .none }
        do {
            let output = try connection.answer(to: line, until: .after(Self.patience)).output
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
            return lines.lazy.compactMap { RemoteSignal.Answer.parse($0) }.first
                .map { .answer($0) } ?? .none
        } catch {
            guard error.code == .interrupted else { return .none }
            _ = signals.interrupt()
            return .interrupted
        }
    }
}
