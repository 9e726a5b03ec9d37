package import Deployments
package import Transcripts

internal import LocalTerminal
internal import SSH

/// What ends a question about a job before its answer.
package struct JobFailure: Error {
    package let outcome: Outcome

    package init(outcome: Outcome) {
        self.outcome = outcome
    }
}

extension Outcome {
    /// How a job ended; nil where it has not ended, or there is none.
    package init?(_ verdict: RemoteJob.Verdict) {
        switch verdict {
        case .exited(let status): self.init(.remote, status: CInt(status))
        case .signalled(let status, let name):
            self.init(.signal, status: CInt(status), signal: name.isEmpty ? nil : name)
        case .lost:
            self.init(
                .transport, status: 255,
                reason: "the job is lost: its host was started anew, or what watched it was killed")
        case .running, .absent: return nil
        }
    }

    /// How a job ended according to its transcript.
    package init(_ ending: Ending) {
        let status = CInt(clamping: ending.shellStatus)
        switch ending.end {
        case .exit: self.init(.remote, status: status)
        case .signal: self.init(.signal, status: status, signal: ending.signal)
        default: self.init(.transport, status: status, reason: ending.reason)
        }
    }
}
