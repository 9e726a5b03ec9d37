package import SSH
package import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import LocalTerminal

/// How a run came out: the status that ccrun exits with, and where it came from.
package struct Outcome: Sendable, Equatable {
    /// Who is to thank for the status.
    package enum Origin: String, Sendable {
        /// The remote command exited.
        case remote
        /// The remote command died of a signal.
        case signal
        /// No connection, or it was lost, or no status ever came.
        case transport
        /// `--timeout` ran out.
        case timeout
        /// ccrun itself: it was misused, or interrupted.
        case ccrun
    }

    package let origin: Origin
    /// What ccrun exits with, 0 to 255.
    package let status: CInt
    /// The signal's name without `SIG`.
    package let signal: String?
    /// One line, where the status alone does not tell.
    package var reason: String?

    /// What to do, where there is something to do.
    package let hint: String?
    /// Whether the user has read the reason already, with a hint.
    package let wasTold: Bool
    /// Whether the command may have been started, and its end is not known.
    package let mayBeRunning: Bool

    package init(
        _ origin: Origin, status: CInt, signal: String? = nil, reason: String? = nil,
        hint: String? = nil, wasTold: Bool = false, mayBeRunning: Bool = false
    ) {
        self.mayBeRunning = mayBeRunning
        self.hint = hint
        self.wasTold = wasTold
        self.origin = origin
        self.status = status
        self.signal = signal
        self.reason = reason
    }

    /// What the server said of the command's end; success only where it said `exit-status 0`.
    package init(_ facts: ChannelFacts) {
        if let name = facts.exitSignal {
            self = Self.died(of: name)
        } else if let status = facts.exitStatus, status <= 255 {
            self.init(.remote, status: CInt(status))
        } else if let status = facts.exitStatus {
            self.init(.remote, status: 255, reason: "the server sent \(status) as the exit status")
        } else {
            self.init(
                .transport, status: 255,
                reason: "the server ended the session without an exit status",
                mayBeRunning: true)
        }
    }

    /// A local signal ended the run before a remote status came.
    ///
    /// `fate`: what became of the remote command, nil where none was started.
    static func interrupted(by number: CInt, _ fate: RemoteEnding.Fate? = nil) -> Outcome {
        let reason = "interrupted by \(SignalNames.name(of: number) ?? "signal \(number)")"
        return Outcome(
            .ccrun, status: 128 + number, signal: SignalNames.name(of: number),
            reason: Self.reason(reason, fate), hint: fate?.hint, mayBeRunning: fate?.hint != nil)
    }

    /// Our own output takes no more, by the number of the error: EPIPE where nobody reads it.
    ///
    /// `fate` as for an interrupt.
    static func outputClosed(_ number: CInt, _ fate: RemoteEnding.Fate? = nil) -> Outcome {
        let isPipe = number == EPIPE
        let reason =
            isPipe
            ? "nobody reads the output any more"
            : "cannot write the output (\(describe(errno: number)))"
        return Outcome(
            .ccrun, status: isPipe ? 128 + SIGPIPE : 125, signal: isPipe ? "PIPE" : nil,
            reason: Self.reason(reason, fate), hint: fate?.hint, mayBeRunning: fate?.hint != nil)
    }

    /// A step of a release was not to be run.
    static let notConfirmed = Outcome(.ccrun, status: 125, reason: "it was not confirmed")

    /// A time limit ended the run.
    static func timedOut(_ reason: String, _ fate: RemoteEnding.Fate) -> Outcome {
        Outcome(
            .timeout, status: 124, reason: Self.reason(reason, fate), hint: fate.hint,
            mayBeRunning: fate.hint != nil)
    }

    private static func reason(_ reason: String, _ fate: RemoteEnding.Fate?) -> String {
        switch fate {
        case nil: reason
        case .ended(nil): "\(reason); the command has ended"
        case .ended(let signal?):
            "\(reason); the command was ended by \(signal.rawValue)"
        case .unknown: "\(reason); the command may still be running"
        }
    }

    /// What a connection that did not come about, or broke, comes to; explains it.
    init(
        explaining error: SSHError, _ notices: Notices, _ signals: SignalPipe,
        mayBeRunning: Bool = false
    ) {
        // An interrupt at a question comes out as a key that was not accepted or not unlocked.
        if let number = signals.interrupt() {
            let interrupt = Outcome.interrupted(by: number)
            self.init(
                .ccrun, status: interrupt.status, signal: interrupt.signal,
                reason: interrupt.reason, mayBeRunning: mayBeRunning)
            return
        }
        notices.error(error)
        self.init(
            .transport, status: 255, reason: error.message, wasTold: true,
            mayBeRunning: mayBeRunning)
    }

    /// Whether a local signal ended it.
    package var isInterrupt: Bool { origin == .ccrun && status > 128 && signal != "PIPE" }

    /// Whether another try could come out otherwise; two at once are none.
    var isWorthRetrying: Bool {
        !mayBeRunning && (origin == .remote || origin == .signal || origin == .timeout)
    }

    private static func died(of name: String) -> Outcome {
        guard let number = SignalNames.number(of: name) else {
            return Outcome(
                .signal, status: 255, signal: name.isEmpty ? nil : name,
                reason: "the command died of an unknown signal")
        }
        return Outcome(.signal, status: 128 + number, signal: name)
    }

    /// The same in the terms of the transcript's last lines.
    package var ending: Ending {
        let end: Ending.End =
            switch origin {
            case .remote: .exit
            case .signal: .signal
            case .transport: .disconnect
            case .timeout: .timeout
            case .ccrun: .cancelled
            }
        return Ending(
            end, status: origin == .remote ? Int(status) : nil, signal: signal, reason: reason,
            shellStatus: Int(status))
    }

    /// The line that says where a status came from that is not 0.
    package var explanation: String {
        switch origin {
        case .remote:
            reason ?? "the remote command exited with status \(status)"
        case .signal:
            "the remote command died of \(signal.map { "signal \($0)" } ?? "a signal"), status \(status)"
        case .transport where wasTold:
            "no exit status came, status \(status)"
        case .ccrun where wasTold:
            "the command was not run, status \(status)"
        case .transport, .timeout, .ccrun:
            "\(reason ?? "ccrun could not run the command"), status \(status)"
        }
    }
}
