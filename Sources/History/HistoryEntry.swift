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
    package var target: String { app.isEmpty && deployment.isEmpty ? "" : "\(app)/\(deployment)" }
    package let app: String
    package let deployment: String

    /// The task or process type that was run by its name.
    package let task: String?

    /// Who ran it, and on which machine: local names.
    package let user: String
    package let userHost: String

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

    /// The names of a release's steps, once it has ended.
    package let steps: [String]

    /// Whether the run went on as a job without a connection.
    package let isDetached: Bool

    /// Whether the run is to be kept, however old it grows.
    package let isPinned: Bool
    package let path: String
}

extension HistoryEntry {
    /// Reads what a transcript's first and last lines tell about its run.
    package init(run: RunID, path: String) {
        self.init(run: run, path: path, isPinned: Pin.isSet(beside: path))
    }

    init(run: RunID, path: String, isPinned: Bool) {
        do {
            self.init(run: run, try Transcript.open(path), isPinned: isPinned)
        } catch {
            self.init(
                run: run, started: run.started, app: "", deployment: "", task: nil, user: "",
                userHost: "", host: "", command: "", title: "", state: .unreadable(error.message),
                status: nil, end: nil, duration: nil, lost: 0, steps: [], isDetached: false,
                isPinned: isPinned, path: path)
        }
    }

    private init(run: RunID, _ transcript: Transcript, isPinned: Bool) {
        let header = transcript.header
        let ending = transcript.ending
        self.init(
            run: run, started: header.started, app: header.app, deployment: header.dep,
            task: header.task, user: header.actorUser, userHost: header.actorHost,
            host: header.targetHost, command: header.command, title: header.title,
            state: State(transcript.state, isDetached: header.isDetached),
            status: ending?.shellStatus, end: ending?.end, duration: transcript.lastTime,
            lost: ending?.lost ?? 0, steps: ending?.steps.map(\.name) ?? [],
            isDetached: header.isDetached, isPinned: isPinned, path: transcript.path)
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
