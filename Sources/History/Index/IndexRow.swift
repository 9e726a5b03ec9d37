internal import GRDB
internal import Transcripts

/// A run as a row of the index holds it.
enum IndexRow {
    /// The columns that an entry is made of, in the order of `entry(_:in:)`.
    static let columns = """
        run.run, month.name, run.started, run.app, run.dep, run.task, run.user, run.user_host, \
        run.host, run.command, run.title, run.state, run.reason, run.status, run.end, run.duration, \
        run.lost, run.steps, run.detached, run.pinned
        """

    /// The state of a run that has ended; all others are looked at again.
    static let ended = 0
    static let running = 1
    static let interrupted = 2
    static let detached = 3
    static let unreadable = 4

    /// Stands around the name of each step, so that a name is found whole.
    static let separator = "\u{1f}"

    /// Reads a row; nil where no run of ours can have left it.
    static func entry(_ row: Row, in files: RunFiles) -> HistoryEntry? {
        guard let run = RunID(text(row, 0)) else { return nil }
        return HistoryEntry(
            run: run, started: Timestamp(milliseconds: Int64(number(row, 2) ?? 0)),
            app: text(row, 3), deployment: text(row, 4), task: optionalText(row, 5),
            user: text(row, 6), userHost: text(row, 7), host: text(row, 8),
            command: text(row, 9), title: text(row, 10),
            state: state(number(row, 11), reason: text(row, 12)), status: number(row, 13),
            end: optionalText(row, 14).flatMap(Ending.End.init(rawValue:)),
            duration: number(row, 15).map { .microseconds($0) }, lost: number(row, 16) ?? 0,
            steps: text(row, 17).split(separator: separator).map(String.init),
            isDetached: number(row, 18) == 1, isPinned: number(row, 19) == 1,
            path: files.path(of: run, in: text(row, 1)))
    }

    /// Columns that are not as the tables have them count as empty, as a broken file may have such.
    static func number(_ row: Row, _ column: Int) -> Int? {
        Int.fromDatabaseValue(row[column])
    }

    static func text(_ row: Row, _ column: Int) -> String {
        optionalText(row, column) ?? ""
    }

    private static func optionalText(_ row: Row, _ column: Int) -> String? {
        String.fromDatabaseValue(row[column])
    }

    private static func state(_ number: Int?, reason: String) -> HistoryEntry.State {
        switch number {
        case ended: .ended
        case running: .running
        case interrupted: .interrupted
        case detached: .detached
        default: .unreadable(reason)
        }
    }

    // MARK: - Writing

    /// Puts a run into the table, or what it has become in the place of what it was.
    static let upsert = """
        INSERT INTO run (
            run, month, inode, size, modified, started, app, dep, task, user, user_host, host,
            command, title, state, reason, status, end, duration, lost, steps, detached, pinned
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, month) DO UPDATE SET
            inode = excluded.inode, size = excluded.size, modified = excluded.modified,
            started = excluded.started, app = excluded.app, dep = excluded.dep,
            task = excluded.task, user = excluded.user, user_host = excluded.user_host,
            host = excluded.host, command = excluded.command, title = excluded.title,
            state = excluded.state, reason = excluded.reason, status = excluded.status,
            end = excluded.end, duration = excluded.duration, lost = excluded.lost,
            steps = excluded.steps, detached = excluded.detached, pinned = excluded.pinned
        """

    static func arguments(
        _ entry: HistoryEntry, month: Int64, inode: Int64, size: Int64, modified: Int64
    ) -> StatementArguments {
        let (state, reason) = stored(entry.state)
        let steps =
            entry.steps.isEmpty
            ? "" : separator + entry.steps.joined(separator: separator) + separator
        let values: [(any DatabaseValueConvertible)?] = [
            entry.run.description, month, inode, size, modified, entry.started.milliseconds,
            entry.app, entry.deployment, entry.task, entry.user, entry.userHost, entry.host,
            entry.command, entry.title, state, reason, entry.status, entry.end?.rawValue,
            entry.duration.map { Int64($0 / .microseconds(1)) }, entry.lost, steps,
            entry.isDetached, entry.isPinned,
        ]
        return StatementArguments(values)
    }

    private static func stored(_ state: HistoryEntry.State) -> (Int, reason: String?) {
        switch state {
        case .ended: (ended, nil)
        case .running: (running, nil)
        case .interrupted: (interrupted, nil)
        case .detached: (detached, nil)
        case .unreadable(let reason): (unreadable, reason)
        }
    }
}
