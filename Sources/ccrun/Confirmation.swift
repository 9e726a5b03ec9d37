internal import Deployments
internal import LocalTerminal
internal import Runs

/// Asks before anything runs on a protected deployment: its name has to be typed.
struct Confirmation {
    let notices: Notices
    let signals: SignalPipe

    /// Throws `ExitStatus` 125 when it is not confirmed, 128+n when interrupted.
    func ask(_ deployment: Deployment, isConfirmed: Bool) throws {
        guard deployment.protected, !isConfirmed else { return }
        let name = "\(deployment.name)"
        let question = TerminalQuestion(
            "\(name) is protected. Type its name to go on: ", echoes: true,
            signals: signals)
        switch question.ask() {
        case .line(let line) where String(decoding: line, as: UTF8.self) == name:
            return
        case .line:
            throw ExitStatus.misuse(
                "\"\(name)\" is protected, and another name was typed; nothing was run", notices)
        case .interrupted:
            throw ExitStatus(
                value: 128 + (signals.interrupt() ?? 2), reason: "interrupted at a question")
        case .none:
            throw ExitStatus.misuse(
                "\"\(name)\" is protected, and there is no terminal to ask on; nothing was run",
                hint: "pass --yes where nobody can be asked", notices)
        }
    }
}
