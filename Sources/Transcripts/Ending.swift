/// How a run really ended, as the `z` line of its transcript tells it.
package struct Ending: Sendable, Equatable {
    package enum End: String, Sendable, CaseIterable {
        case exit
        case signal
        case disconnect
        case timeout
        case cancelled
        case recorderError = "recorder-error"
    }

    package var end: End

    /// The exit status that the server sent; nil if it never sent one.
    package var status: Int?

    /// The signal that ended the remote command, without `SIG`: `TERM`.
    package var signal: String?

    /// One line on why, where the end alone does not say it.
    package var reason: String?

    /// The status that the shell sees: the caller's, or what follows from the rest.
    package var shellStatus: Int

    /// How the steps of a release ended, in the order in which they were run; empty for a single command.
    package var steps: [Step] = []

    /// A step of a release on one host.
    package struct Step: Sendable, Equatable {
        package var name: String
        package var host: String
        /// As the shell would see it: 128+n for a signal, 124 for a time limit, 255 for none.
        package var status: Int
        /// From its beginning, in milliseconds.
        package var milliseconds: Int

        package init(name: String, host: String, status: Int, milliseconds: Int) {
            self.name = name
            self.host = host
            self.status = status
            self.milliseconds = milliseconds
        }
    }

    /// Bytes as they were received, before anything was lost; only in what was read from a file.
    package var received: [OutputStream: Int] = [:]

    /// Output bytes that are missing from the file; only in what was read from a file.
    package var lost = 0

    package init(
        _ end: End, status: Int? = nil, signal: String? = nil, reason: String? = nil,
        shellStatus: Int? = nil
    ) {
        self.end = end
        self.status = status
        self.signal = signal
        self.reason = reason
        self.shellStatus =
            shellStatus ?? Ending.shellStatus(end: end, status: status, signal: signal)
    }

    /// The same without values that may not be recorded: a reason quotes a prompt, a step has a name.
    func without(_ redactions: [Redaction]) -> Ending {
        guard !redactions.isEmpty else { return self }
        var ending = self
        ending.reason = reason.map { Redactor.text($0, without: redactions) }
        ending.signal = signal.map { Redactor.text($0, without: redactions) }
        for index in steps.indices {
            ending.steps[index].name = Redactor.text(steps[index].name, without: redactions)
            ending.steps[index].host = Redactor.text(steps[index].host, without: redactions)
        }
        return ending
    }

    /// The status table of ccrun: 128+n for a signal, 124 for a timeout, 130 for an interruption.
    ///
    /// An interruption by HUP, TERM or QUIT is 129, 143 or 131, by the signal given. 255 is everything that
    /// left no status.
    private static func shellStatus(end: End, status: Int?, signal: String?) -> Int {
        let signalled = signal.flatMap { numbers[$0] }.map { 128 + $0 }
        return switch end {
        case .exit: status ?? 255
        case .signal: signalled ?? 255
        case .timeout: 124
        case .cancelled: signalled ?? 130
        case .disconnect, .recorderError: 255
        }
    }

    /// The signal names of RFC 4254 section 6.10 with the numbers that Linux and macOS share.
    ///
    /// USR1 and USR2 differ between the two; Linux's are taken, as servers mostly run it.
    private static let numbers = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "BUS": 7,
    ]
}
