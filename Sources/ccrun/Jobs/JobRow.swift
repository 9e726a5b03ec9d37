internal import Deployments
internal import Foundation
internal import History
internal import Transcripts

/// A job as `ccrun jobs` lists it.
struct JobRow: Encodable {
    enum State: String, Encodable {
        case running
        case ended
        case lost
        /// It was started from here, and its host knows nothing of it any more.
        case gone
    }

    let run: String
    let target: String
    let host: String
    let state: State
    @Nullable var status: Int?
    @Nullable var signal: String?
    /// When it was started, by the host's clock if that tells.
    @Nullable var started: Timestamp?
    @Nullable var ended: Timestamp?
    let title: String
    @Nullable var transcript: String?

    /// A job that its host has told of.
    init(_ entry: RemoteJob.Entry, target: String, host: String, transcript: String?) {
        run = entry.run
        self.target = target
        self.host = host
        (state, status, signal) = Self.end(entry.verdict)
        started = Self.moment(entry.started) ?? RunID(entry.run)?.started
        ended = Self.moment(entry.ended)
        title = entry.title
        self.transcript = transcript
    }

    /// A job that only its transcript tells of.
    init(gone job: KnownJob, host: String) {
        let header = job.transcript.header
        run = job.run
        target = "\(job.name)"
        self.host = host
        (state, status, signal) = (.gone, nil, nil)
        (started, ended) = (header.started, nil)
        title = header.command
        transcript = job.transcript.path
    }

    private static func end(_ verdict: RemoteJob.Verdict) -> (State, Int?, String?) {
        switch verdict {
        case .exited(let status): (.ended, status, nil)
        case .signalled(let status, let name): (.ended, status, name.isEmpty ? nil : name)
        case .running: (.running, nil, nil)
        case .lost: (.lost, verdict.exitStatus, nil)
        case .absent: (.gone, nil, nil)
        }
    }

    private static func moment(_ seconds: Int?) -> Timestamp? {
        seconds.map { Timestamp(milliseconds: Int64(clamping: $0) &* 1000) }
    }

    // MARK: - As text

    /// The rows as a table: id, when, deployment where there are several, host, state, status, title.
    static func table(_ rows: [JobRow], showsTargets: Bool, width: Int?) -> TextTable {
        let idLength = HistoryTable.idLength(rows.compactMap { RunID($0.run) }, width: width)
        let cells = rows.map { row -> [String] in
            let when = row.started.map { LocalTime.text($0, isShort: (width ?? .max) < 80) } ?? ""
            let status = [row.status.map(String.init), row.signal].compactMap(\.self)
            return [String(row.run.prefix(idLength)), when] + (showsTargets ? [row.target] : [])
                + [row.host, row.state.rawValue, status.joined(separator: " ")]
                + [CleanText.line(row.title)]
        }
        let headings =
            ["JOB", "WHEN"] + (showsTargets ? ["TARGET"] : [])
            + ["HOST", "STATE", "STATUS", "TITLE"]
        let last = headings.count - 1
        return TextTable(
            [headings] + cells, width: width,
            yielding: [(last, 8), (last - 3, 6)] + (showsTargets ? [(2, 6)] : []))
    }
}

extension Timestamp: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
