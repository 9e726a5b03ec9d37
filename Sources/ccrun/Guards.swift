internal import Deployments
internal import LocalTerminal
internal import Runs

/// What stands between a slip and a deployment: names to be typed, commands that are denied.
struct Guards {
    let notices: Notices
    let signals: SignalPipe
    /// `--yes`.
    let isConfirmed: Bool
    /// `--override-deny`.
    let overridesDeny: Bool

    /// Returns the rules that were overridden.
    ///
    /// Throws `ExitStatus` 125 for a command that is denied or not confirmed, 128+n when interrupted.
    func check(_ request: RemoteCommand.Request, on deployment: Deployment) throws -> [String] {
        let rule = deployment.denial(of: request)
        if let rule { try deny(rule, request.title, deployment) }
        try confirm(deployment)
        return rule.map { ["\($0)"] } ?? []
    }

    /// The same for every step of a release, and for questions that nobody could be asked.
    func check(_ plan: ReleasePlan, on deployment: Deployment) throws -> [String] {
        let denials = plan.denied(by: deployment.deny)
        for denial in denials { try deny(denial.rule, denial.step.request.title, deployment) }
        let questions = plan.steps.filter { $0.skipped == nil && $0.step.confirmation != nil }
        if let first = questions.first, !isConfirmed, !TerminalQuestion.canAsk {
            throw ExitStatus.misuse(
                "step \"\(first.name)\" wants to be confirmed, and there is no terminal to ask on; "
                    + "nothing was run", hint: "pass --yes where nobody can be asked", notices)
        }
        try confirm(deployment)
        return denials.map { "\($0.rule)" }
    }

    /// Asks a step's question; yes without asking where everything is confirmed.
    func confirm(_ question: String, turn: @escaping () -> CInt) -> StepAnswer {
        if isConfirmed { return .yes }
        var asked = TerminalQuestion(
            "\(question) (yes/no) ", echoes: true,
            signals: signals)
        asked.turn = turn
        switch asked.ask() {
        case .line(let line):
            let text = String(decoding: line, as: UTF8.self).lowercased()
            return ["yes", "y"].contains(text) ? .yes : .no
        case .interrupted: return .interrupted(signals.interrupt() ?? 2)
        case .none: return .no
        }
    }

    private func deny(_ rule: DenyRule, _ command: String, _ deployment: Deployment) throws {
        guard !overridesDeny else {
            notices.warning("\"\(command)\" is denied by \"\(rule)\", and overridden")
            return
        }
        throw ExitStatus.misuse(
            "\"\(deployment.name)\" denies \"\(command)\" by its rule \"\(rule)\"; nothing was run",
            hint: "if it has to be, pass --override-deny, which is recorded", notices)
    }

    private func confirm(_ deployment: Deployment) throws {
        try Confirmation(notices: notices, signals: signals).ask(
            deployment, isConfirmed: isConfirmed)
    }
}
