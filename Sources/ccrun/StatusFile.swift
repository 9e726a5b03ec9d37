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
    @Nullable var run: String?
    let target: String
    @Nullable var host: String?
    let origin: String
    let status: Int32
    @Nullable var signal: String?
    @Nullable var reason: String?
    @Nullable var started: String?
    let seconds: Double
    @Nullable var transcript: String?

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

    init(_ report: Run.Report) {
        self.init(
            report.outcome, run: report.plan.run.description,
            target: "\(report.plan.deployment.name)", host: report.plan.endpoint.alias,
            started: report.started.description, duration: report.duration,
            transcript: report.transcript)
    }

    init(_ report: ReleaseReport) {
        self.init(
            report.outcome, run: report.plan.run.description,
            target: "\(report.plan.deployment.name)",
            host: report.failed.flatMap(\.step.host)
                ?? report.plan.destinations[0].destination.endpoint.alias,
            started: report.started.description, duration: report.duration,
            transcript: report.transcript)
    }

    /// Nothing was run, because ccrun was misused or not confirmed.
    init(target: String, misuse: String, status: CInt = CCRun.misuse) {
        self.init(
            Outcome(.ccrun, status: status, reason: misuse), run: nil, target: target, host: nil,
            started: nil, duration: .zero, transcript: nil)
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

    /// Does what may end before there is anything to report, and writes that down where it does.
    ///
    /// `path`: where programs look for it, nil where none does. What `body` throws is passed on.
    static func attending(
        _ path: String?, target: String, _ body: (StatusFile?) throws -> Void
    ) throws {
        let file = path.map(StatusFile.init)
        // What an earlier run left there must not be taken for this one's.
        file?.discard()
        do {
            try body(file)
        } catch let error as DeploymentsError {
            file?.write(StatusFields(target: target, misuse: error.message))
            throw error
        } catch let status as ExitStatus {
            if let reason = status.reason {
                file?.write(StatusFields(target: target, misuse: reason, status: status.value))
            }
            throw status
        }
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
        let text = Array((fields.jsonLine + "\n").utf8)
        let count = fwrite(text, 1, text.count, file)
        let isClosed = fclose(file) == 0
        return count == text.count && isClosed ? nil : problem
    }

    private var problem: String { "\"\(path)\": \(describe(errno: errno))" }
}
