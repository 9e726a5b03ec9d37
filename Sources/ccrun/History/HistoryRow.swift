internal import Foundation
internal import History
internal import Transcripts

/// A run as `ccrun history --json` tells of it.
struct HistoryRow: Encodable {
    let run: String
    let started: Timestamp
    let target: String
    @Nullable var task: String?
    let user: String
    let userHost: String
    let host: String
    let command: String
    /// `running`, `interrupted`, `detached`, `ended` or `unreadable`.
    let state: String
    @Nullable var status: Int?
    /// How it ended, as the transcript has it: `exit`, `signal`, `timeout`….
    @Nullable var end: String?
    @Nullable var seconds: Double?
    let lost: Int
    let steps: [String]
    let detached: Bool
    let pinned: Bool
    let transcript: String
    /// Why it could not be read.
    @Nullable var reason: String?

    init(_ entry: HistoryEntry) {
        run = entry.run.description
        started = entry.started
        target = entry.target
        task = entry.task
        user = entry.user
        userHost = entry.userHost
        host = entry.host
        command = entry.command
        (state, reason) = Self.words(entry.state)
        status = entry.status
        end = entry.end?.rawValue
        seconds = entry.duration.map { ($0 / .milliseconds(1)).rounded() / 1000 }
        lost = entry.lost
        steps = entry.steps
        detached = entry.isDetached
        pinned = entry.isPinned
        transcript = entry.path
    }

    private enum CodingKeys: String, CodingKey {
        case run, started, target, task, user, host, command, state, status, end, seconds, lost
        case steps, detached, pinned, transcript, reason
        case userHost = "user_host"
    }

    private static func words(_ state: HistoryEntry.State) -> (String, reason: String?) {
        switch state {
        case .running: ("running", nil)
        case .interrupted: ("interrupted", nil)
        case .detached: ("detached", nil)
        case .ended: ("ended", nil)
        case .unreadable(let reason): ("unreadable", reason)
        }
    }
}
