internal import Runs

/// How a run came out, told to people and to programs.
struct StatusReport {
    private let report: Run.Report

    init(_ report: Run.Report) {
        self.report = report
    }

    /// Says on stderr's last line where a status came from, and writes the file that was asked for.
    func deliver(to file: StatusFile?, asJSON: Bool, _ notices: Notices) {
        let outcome = report.outcome
        if let problem = file?.write(fields) {
            notices.warning("cannot write the status file \(problem)")
        }
        if asJSON {
            Notices.toStandardError(fields.json + "\n")
        } else if outcome.status != 0, outcome.signal != "PIPE" || outcome.origin != .ccrun {
            notices.note(outcome.explanation)
        }
    }

    /// What programs are told.
    var fields: StatusFields { StatusFields(report) }
}
