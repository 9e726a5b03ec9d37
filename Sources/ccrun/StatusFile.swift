internal import Deployments
internal import Foundation
internal import Runs
internal import SSH
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The fields of `--json` and `--status-file`; every field is there, null where nothing is known.
struct StatusFields: Encodable {
    let run: String?
    let target: String
    let host: String?
    let origin: String
    let status: Int32
    let signal: String?
    let reason: String?
    let started: String?
    let seconds: Double
    let transcript: String?

    init(_ report: Run.Report) {
        run = report.plan.run.description
        target = "\(report.plan.deployment.name)"
        host = report.plan.endpoint.alias
        origin = report.outcome.origin.rawValue
        status = report.outcome.status
        signal = report.outcome.signal
        reason = report.outcome.reason
        started = report.started.description
        seconds = report.duration.rounded
        transcript = report.transcript
    }

    init(_ report: ReleaseReport) {
        run = report.plan.run.description
        target = "\(report.plan.deployment.name)"
        host =
            report.failed.flatMap(\.step.host)
            ?? report.plan.destinations[0].destination.endpoint.alias
        origin = report.outcome.origin.rawValue
        status = report.outcome.status
        signal = report.outcome.signal
        reason = report.outcome.reason
        started = report.started.description
        seconds = report.duration.rounded
        transcript = report.transcript
    }

    /// What came of a job, as far as it is known.
    init(
        _ outcome: Outcome, run: String?, target: String, host: String?, started: String?,
        duration: Duration, transcript: String?
    ) {
        self.run = run
        self.target = target
        self.host = host
        origin = outcome.origin.rawValue
        status = outcome.status
        signal = outcome.signal
        reason = outcome.reason
        self.started = started
        seconds = duration.rounded
        self.transcript = transcript
    }

    /// Nothing was run, because ccrun was misused or not confirmed.
    init(target: String, misuse: String, status: CInt = CCRun.misuse) {
        run = nil
        self.target = target
        host = nil
        origin = Outcome.Origin.ccrun.rawValue
        self.status = status
        signal = nil
        reason = misuse
        started = nil
        seconds = 0
        transcript = nil
    }

    /// All of it on one line.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and finite numbers: there is nothing that could not be encoded.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    // Written out because the compiler's own leaves out what is nil; here every field is there.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(run, forKey: .run)
        try fields.encode(target, forKey: .target)
        try fields.encode(host, forKey: .host)
        try fields.encode(origin, forKey: .origin)
        try fields.encode(status, forKey: .status)
        try fields.encode(signal, forKey: .signal)
        try fields.encode(reason, forKey: .reason)
        try fields.encode(started, forKey: .started)
        try fields.encode(seconds, forKey: .seconds)
        try fields.encode(transcript, forKey: .transcript)
    }

    private enum CodingKeys: String, CodingKey {
        case run, target, host, origin, status, signal, reason, started, seconds, transcript
    }
}

extension Duration {
    /// In seconds, with milliseconds behind the point.
    var rounded: Double {
        let (seconds, attoseconds) = components
        return Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000) / 1000
    }
}

/// The file of `--status-file`: one JSON object, mode 0600, about this run and no earlier one.
struct StatusFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Empties a file that an earlier run left; one that is not there stays so.
    func discard() {
        let file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        if file >= 0 { close(file) }
    }

    /// Writes the object; returns why it could not, or nil.
    @discardableResult
    func write(_ fields: StatusFields) -> String? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, let file = fdopen(descriptor, "w") else { return problem }
        let text = Array((fields.json + "\n").utf8)
        let count = fwrite(text, 1, text.count, file)
        let isClosed = fclose(file) == 0
        return count == text.count && isClosed ? nil : problem
    }

    private var problem: String { "\"\(path)\": \(describe(errno: errno))" }
}
