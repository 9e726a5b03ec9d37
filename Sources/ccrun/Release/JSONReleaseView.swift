internal import Deployments
internal import Foundation
internal import Runs
internal import SSH
internal import Transcripts

/// A release for programs: one JSON object a line on stdout, `event` telling what it is.
///
/// Output that is not UTF-8 is repaired here; the transcript has it exactly.
final class JSONReleaseView: ReleaseView {
    private struct Line: Encodable {
        var event: String
        var run: String?
        var target: String?
        var hosts: [String]?
        var steps: [String]?
        var step: Int?
        var name: String?
        var host: String?
        var command: String?
        var attempt: Int?
        var stream: String?
        var text: String?
        var status: Int32?
        var origin: String?
        var signal: String?
        var reason: String?
        var seconds: Double?
        var isAllowed: Bool?
        var holder: String?
        var notRun: [String]?
        var transcript: String?

        enum CodingKeys: String, CodingKey {
            case event, run, target, hosts, steps, step, name, host, command, attempt, stream, text
            case status, origin, signal, reason, seconds, holder, transcript
            case isAllowed = "allowed"
            case notRun = "not_run"
        }
    }

    private let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private var step: StepRun?
    /// The beginnings of characters whose other bytes have not come yet.
    private var unfinished: [Transcripts.OutputStream: [UInt8]] = [:]
    /// Takes the lines where they are not for our stdout.
    private let write: ((UnsafeRawBufferPointer) -> Void)?

    init(write: ((UnsafeRawBufferPointer) -> Void)? = nil) {
        self.write = write
    }

    let passesOutput = false
    let output: ViewOutput? = ViewOutput()
    let nextTurn = Deadline.never

    func turn() {}

    func show(_ bytes: UnsafeRawBufferPointer, from stream: Transcripts.OutputStream) {
        let all = (unfinished.removeValue(forKey: stream) ?? []) + bytes
        let rest = all.withUnsafeBytes { UTF8Bytes.unfinishedSuffix(of: $0) }
        if rest > 0 { unfinished[stream] = all.suffix(rest) }
        if all.count > rest { print(all.dropLast(rest), from: stream) }
    }

    private func print(_ bytes: some Sequence<UInt8>, from stream: Transcripts.OutputStream) {
        var line = line("output", step)
        line.stream = stream == .standardOutput ? "stdout" : "stderr"
        line.text = String(decoding: Array(bytes), as: UTF8.self)
        print(line)
    }

    /// Prints what no further byte will finish.
    private func finishOutput() {
        for stream in Transcripts.OutputStream.allCases {
            if let rest = unfinished.removeValue(forKey: stream) { print(rest, from: stream) }
        }
    }

    func show(_ event: ReleaseEvent) {
        switch event {
        case .began(let plan):
            var line = Line(event: "began")
            line.run = plan.run.description
            line.target = "\(plan.deployment.name)"
            line.hosts = plan.destinations.map { "\($0.host)" }
            line.steps = plan.steps.map(\.plan.name)
            print(line)
        case .waiting(let holder):
            var line = Line(event: "waiting")
            line.holder = LockText.description(of: holder)
            print(line)
        case .stepBegan(let step):
            self.step = step
            var line = line("step", step)
            line.command = step.command
            print(line)
        case .attemptFailed(let result):
            finishOutput()
            print(line("retry", result))
        case .stepEnded(let result):
            finishOutput()
            print(line(result.hasSucceeded ? "done" : "failed", result))
        case .stepSkipped(let step, let reason):
            var line = line("skipped", step)
            line.reason = reason
            print(line)
        case .ended(let report): print(line(report))
        }
    }

    private func line(_ event: String, _ step: StepRun?) -> Line {
        var line = Line(event: event)
        line.step = step?.number
        line.name = step?.name
        line.host = step?.host
        line.attempt = step?.attempt
        return line
    }

    private func line(_ event: String, _ result: StepResult) -> Line {
        var line = line(event, result.step)
        add(result.outcome, after: result.duration, to: &line)
        if !result.hasSucceeded { line.isAllowed = result.allowsFailure }
        return line
    }

    private func line(_ report: ReleaseReport) -> Line {
        var line = line("ended", report.failed?.step)
        line.attempt = nil
        line.run = report.plan.run.description
        line.target = "\(report.plan.deployment.name)"
        line.notRun = report.notRun
        line.transcript = report.transcript
        add(report.outcome, after: report.duration, to: &line)
        return line
    }

    private func add(_ outcome: Outcome, after duration: Duration, to line: inout Line) {
        line.status = outcome.status
        line.origin = outcome.origin.rawValue
        line.signal = outcome.signal
        line.reason = outcome.reason
        line.seconds = duration.rounded
    }

    private func print(_ line: Line) {
        // Strings and finite numbers: there is nothing that could not be encoded.
        guard let json = try? encoder.encode(line) else { return }
        var bytes = JSONControls.escaped(json)
        bytes.append(UInt8(ascii: "\n"))
        bytes.withUnsafeBytes { bytes in
            if let write { write(bytes) } else { output?.write(bytes) }
        }
    }
}
