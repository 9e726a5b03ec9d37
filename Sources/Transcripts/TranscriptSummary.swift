/// What a transcript tells about its run, in words; none of them is cleaned.
package struct TranscriptSummary: Sendable {
    /// What became of the run.
    package enum Verdict: String, Sendable {
        case succeeded
        case failed
        case running
        case interrupted
        case detached
    }

    private let transcript: Transcript

    package init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    /// `shop/default: migrate`.
    package var title: String {
        let header = transcript.header
        return "\(header.app)/\(header.dep): \(command)"
    }

    package var command: String {
        let command = transcript.header.command
        return command.isEmpty ? "(login shell)" : command
    }

    /// `ana@laptop`.
    package var actor: String {
        "\(transcript.header.actorUser)@\(transcript.header.actorHost)"
    }

    /// `deploy@web1.example.com`, with the port where it is not 22.
    package var target: String {
        let header = transcript.header
        let user = header.targetUser.map { "\($0)@" } ?? ""
        let port = header.targetPort.flatMap { $0 == 22 ? nil : ":\($0)" } ?? ""
        return user + header.targetHost + port
    }

    /// When it began, by the reader's own clock.
    package var started: String { LocalTime.text(transcript.header.started) }

    package var duration: String { transcript.lastTime?.short ?? "0.0s" }

    package var verdict: Verdict {
        switch transcript.state {
        case .running: .running
        case .interrupted: transcript.header.isDetached ? .detached : .interrupted
        case .ended: transcript.ending?.shellStatus == 0 ? .succeeded : .failed
        }
    }

    /// How it ended: `exit status 3`, `killed by SIGTERM`, `still running`.
    package var outcome: String {
        switch verdict {
        case .running: return "still running"
        case .interrupted: return "interrupted: the end was never recorded"
        case .detached: return "detached: its end was not seen yet"
        case .succeeded, .failed: break
        }
        guard let ending = transcript.ending else { return "" }
        let reason = ending.reason.map { ": \($0)" } ?? ""
        switch ending.end {
        case .exit: return "exit status \(ending.status ?? ending.shellStatus)\(reason)"
        case .signal: return "killed by SIG\(ending.signal ?? "?")\(reason)"
        case .disconnect: return "disconnected\(reason)"
        case .timeout: return "timed out\(reason)"
        case .cancelled: return "cancelled\(reason)"
        case .recorderError: return "not wholly recorded\(reason)"
        }
    }

    /// How much output is missing; nil where all of it is there.
    package var loss: String? {
        guard let lost = transcript.ending?.lost, lost > 0 else { return nil }
        return "\(lost) bytes of output are missing"
    }
}

extension Duration {
    /// Since the start of a run: `0:04.2`, `1:02:03.4`.
    package var elapsed: String {
        let tenths = Int(max(.zero, self) / .milliseconds(100))
        let (seconds, minutes) = (tenths / 10 % 60, tenths / 600)
        let tail = "\(seconds < 10 ? "0" : "")\(seconds).\(tenths % 10)"
        if minutes < 60 { return "\(minutes):\(tail)" }
        return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):\(tail)"
    }
}
