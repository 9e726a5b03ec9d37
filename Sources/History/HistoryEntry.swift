package import Transcripts

/// One run as the history lists it.
package struct HistoryEntry: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case running
        case interrupted
        /// A job that went on without a connection, whose end nobody has seen yet.
        case detached
        case ended
        /// The transcript could not be read; the text says why.
        case unreadable(String)
    }

    package let run: RunID
    package let started: Timestamp

    /// `app/dep`; empty where the transcript could not be read.
    package let target: String
    package let host: String
    package let command: String
    package let title: String
    package let state: State

    /// The exit status as the shell saw it; nil unless the run has ended.
    package let status: Int?
    package let end: Ending.End?

    /// From the start to the end, or to the last event of a run that has none.
    package let duration: Duration?

    /// Output bytes that the transcript is missing.
    package let lost: Int

    /// Whether the run went on as a job without a connection.
    package let isDetached: Bool
    package let path: String

    /// Reads what a transcript's first and last lines tell about its run.
    package init(run: RunID, path: String) {
        self.run = run
        self.path = path
        do {
            let transcript = try Transcript.open(path)
            let header = transcript.header
            started = header.started
            target = "\(header.app)/\(header.dep)"
            host = header.targetHost
            command = header.command
            title = header.title
            state = State(transcript.state, isDetached: header.isDetached)
            isDetached = header.isDetached
            status = transcript.ending?.shellStatus
            end = transcript.ending?.end
            duration = transcript.lastTime
            lost = transcript.ending?.lost ?? 0
        } catch {
            started = run.started
            (target, host, command, title) = ("", "", "", "")
            state = .unreadable(error.message)
            (status, end, duration, lost) = (nil, nil, nil, 0)
            isDetached = false
        }
    }
}

extension HistoryEntry.State {
    fileprivate init(_ state: Transcript.State, isDetached: Bool) {
        switch state {
        case .running: self = .running
        case .interrupted: self = isDetached ? .detached : .interrupted
        case .ended: self = .ended
        }
    }
}
