extension RemoteJob {
    /// How a detached job stands, as far as the remote side can tell.
    package enum Verdict: Equatable, Sendable {
        /// It ended by itself, with this status.
        case exited(Int)
        /// It died of the signal of this name, as `sh` sees it: the status is 128 and its number.
        ///
        /// A program that ends itself with such a status looks the same.
        case signalled(status: Int, name: String)
        case running
        /// It had no end: the machine was started anew, or its runner was killed.
        case lost
        /// There is no such job, or no more.
        case absent

        /// The status that a run of it ends with; nil where it has not ended, or is unknown.
        package var exitStatus: Int? {
            switch self {
            case .exited(let status), .signalled(let status, _): status
            case .lost: 255
            case .running, .absent: nil
            }
        }

        /// Finds the verdict among the lines that a script printed; the last one counts.
        package init?(parsing bytes: some Sequence<UInt8>) {
            let lines = RemoteText.lines(bytes)
            let found = lines.compactMap { line -> Verdict? in
                guard line.count >= 2, line[0] == "ccrun-job" else { return nil }
                return Verdict(state: line[1], status: line.count > 2 ? line[2] : "")
            }
            guard let last = found.last else { return nil }
            self = last
        }

        /// Reads a state and, if that is an end, its status: `3` or `143 TERM`.
        init?(state: String, status: String) {
            switch state {
            case "running": self = .running
            case "lost": self = .lost
            case "absent": self = .absent
            case "exited":
                guard let status = RemoteText.number(status, upTo: 255) else { return nil }
                self = .exited(status)
            case "signalled":
                let parts = status.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, let status = RemoteText.number(parts[0], upTo: 255) else {
                    return nil
                }
                self = .signalled(
                    status: status, name: RemoteText.cleaned(String(parts[1]), limit: 20))
            default: return nil
            }
        }
    }

    /// What `start` printed.
    package struct Started: Equatable, Sendable {
        package let run: String
        /// The process that waits for the task.
        package let pid: Int

        /// Finds the line among what was printed; nil where there is none.
        package init?(parsing bytes: some Sequence<UInt8>) {
            let line = RemoteText.lines(bytes).last { $0.count == 3 && $0[0] == "started" }
            guard let line, isID(line[1]), let pid = RemoteText.number(line[2], upTo: .max) else {
                return nil
            }
            (run, self.pid) = (line[1], pid)
        }
    }

    /// What `stop` did, and how the job stands then.
    package struct Stopped: Equatable, Sendable {
        package enum Means: String, Sendable {
            /// It had ended before.
            case already
            case term = "TERM"
            /// TERM was not enough for all of its processes.
            case kill = "KILL"
            /// Nothing could be signalled.
            case none
        }

        package let means: Means
        package let verdict: Verdict

        /// Finds both among what was printed; nil where one is missing.
        package init?(parsing bytes: some Sequence<UInt8>) {
            let bytes = Array(bytes)
            let line = RemoteText.lines(bytes).last { $0.count == 2 && $0[0] == "ccrun-stop" }
            guard let line, let means = Means(rawValue: line[1]),
                let verdict = Verdict(parsing: bytes)
            else { return nil }
            (self.means, self.verdict) = (means, verdict)
        }
    }
}
