internal import Runs

/// How a run came out, told to people and to programs.
struct StatusReport {
    private let outcome: Outcome
    /// What programs are told.
    let fields: StatusFields

    init(_ report: Run.Report) {
        self.init(report.outcome, StatusFields(report))
    }

    init(_ outcome: Outcome, _ fields: StatusFields) {
        self.outcome = outcome
        self.fields = fields
    }

    /// Says on stderr's last line where a status came from, and writes the file that was asked for.
    ///
    /// `-q` silences what the remote command's own status says by itself, and nothing else.
    func deliver(to file: StatusFile?, asJSON: Bool, _ notices: Notices) {
        if let problem = file?.write(fields) {
            notices.warning("cannot write the status file \(problem)")
        }
        if asJSON {
            notices.line(fields.jsonLine)
        } else if outcome.status != 0, outcome.signal != "PIPE" || outcome.origin != .ccrun {
            let isTheCommands = outcome.origin == .remote || outcome.origin == .signal
            let say = isTheCommands ? notices.note : notices.conclusion
            if let hint = outcome.hint { say("hint: \(hint)") }
            say(outcome.explanation)
        }
    }
}
