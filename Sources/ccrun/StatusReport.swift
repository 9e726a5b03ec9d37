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

/// How a run came out, told to people and to programs.
struct StatusReport {
    private let report: Run.Report

    init(_ report: Run.Report) {
        self.report = report
    }

    /// Says on stderr's last line where a status came from, and writes the file that was asked for.
    func deliver(to file: String?, asJSON: Bool, _ notices: Notices) {
        let outcome = report.outcome
        if let file { write(to: file, notices) }
        if asJSON {
            Notices.toStandardError(json + "\n")
        } else if outcome.status != 0, outcome.signal != "PIPE" || outcome.origin != .ccrun {
            notices.note(outcome.explanation)
        }
    }

    /// The fields of `--json` and `--status-file`, on one line.
    private struct Fields: Encodable {
        let run: String
        let target: String
        let host: String
        let origin: String
        let status: Int32
        let signal: String?
        let reason: String?
        let started: String
        let seconds: Double
        let transcript: String?

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

        private enum CodingKeys: CodingKey {
            case run, target, host, origin, status, signal, reason, started, seconds, transcript
        }
    }

    private var json: String {
        let outcome = report.outcome
        let (seconds, attoseconds) = report.duration.components
        let fields = Fields(
            run: report.plan.run.description, target: "\(report.plan.deployment.name)",
            host: report.plan.endpoint.alias, origin: outcome.origin.rawValue,
            status: outcome.status, signal: outcome.signal, reason: outcome.reason,
            started: report.started.description,
            seconds: Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000) / 1000,
            transcript: report.transcript)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and one finite number: there is nothing that could not be encoded.
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private func write(to path: String, _ notices: Notices) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let text = Array((json + "\n").utf8)
        let written = file >= 0 ? writeBytes(file, text, text.count) : -1
        if written != text.count {
            notices.warning("cannot write the status file \"\(path)\": \(describe(errno: errno))")
        }
        if file >= 0 { close(file) }
    }
}

/// write(2), under a name that no method of ours has.
private func writeBytes(_ file: CInt, _ bytes: [UInt8], _ count: Int) -> Int {
    write(file, bytes, count)
}
