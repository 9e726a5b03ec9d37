import Foundation
import Glibc
import TestServer
import Transcripts

/// ccrun against one row of the table of misbehaviours, and what there is to complain about.
final class HostileScene {
    /// More than any run may take, however busy the machine is.
    private static let limit = Duration.seconds(300)
    /// Something that no default restores.
    private static let settings = ["-ixon", "intr", "^X", "-echoke"]

    private let row: HostileServer
    private let patience: Int
    private let server: LyingServer
    private let place: Workplace
    private(set) var complaints: [String] = []
    /// Whether more patience could leave less to complain about.
    private(set) var wasShortOfTime = false

    /// Starts the row's server; `stop` ends it.
    ///
    /// `patience`: how many times as long as on an idle machine ccrun is to wait.
    init(_ row: HostileServer, patience: Int = 1) throws {
        self.row = row
        self.patience = patience
        server = try LyingServer(row.script)
        let askpass = try server.folder.writeExecutable(
            "#!/bin/sh\nprintf '%s\\n' '\(HostileServer.password)'\n", to: "askpass")
        let reports = server.folder.file("sanitizer")
        place = try Workplace(
            server,
            environment: [
                "SSH_ASKPASS": askpass, "SSH_ASKPASS_REQUIRE": "force", "NO_COLOR": "1",
                // Heeded where ccrun was built with AddressSanitizer, see scripts/test-sanitized.
                "ASAN_OPTIONS": "log_path=\(reports):exitcode=86:\(Self.sanitizerOptions)",
            ])
        guard !isPatient else { return }
        try place.folder.write(
            "Host *\n  ServerAliveInterval \(patience)\n  ServerAliveCountMax 1\n",
            to: ".ssh/config")
    }

    func stop() { server.stop() }

    /// What a sanitizer is to be asked for besides.
    private static let sanitizerOptions =
        ProcessInfo.processInfo.environment["ASAN_OPTIONS"] ?? "detect_leaks=0"

    // MARK: - Runs

    /// Runs ccrun in each of the ways the row asks for, and examines what came of it.
    func play() throws {
        if row.circumstances != .onTerminal { try runWithoutTerminal() }
        if row.circumstances != .withoutTerminal { try runOnTerminal() }
        try verify()
    }

    /// Runs ccrun without a terminal.
    private func runWithoutTerminal() throws {
        let input = [UInt8](repeating: 0x69, count: row.inputCount)
        let result = try place.start(
            arguments + ["-T", "shop", "true"], input: row.inputCount > 0 ? .bytes(input) : .null,
            output: .fed { _ in }
        ).waitForExit(deadline: Self.limit)
        examine(status: result.status, "without a terminal")
        examine(ownWords: result.standardError, "without a terminal")
        try examineTranscript("without a terminal", result.status)
    }

    /// Runs ccrun on a terminal, with all that it tells under `-v`.
    private func runOnTerminal() throws {
        let terminal = try place.usersTerminal(
            arguments + ["-v", "-t", "shop", "true"], settings: Self.settings)
        defer { terminal.session.close() }
        let status = try terminal.session.waitForExit(timeout: Self.limit)
        examine(status: status, "on a terminal")
        examine(ownWords: terminal.session.outputBytes, "on a terminal")
        if try terminal.session.terminalModes != terminal.before {
            complain("on a terminal", "its modes were not restored", "")
        }
        try examineTranscript("on a terminal", status)
    }

    /// A run that may end with the server's status has all the time it needs, others have little.
    private var arguments: [String] {
        if isPatient { return ["--connect-timeout", "60s"] }
        // What comes without an end is recorded for as long, and needs no more than the start.
        let limit =
            switch row.verdict {
            case .exceedsTimeLimit: row.script.faults.isEmpty ? 1 : patience
            default: 4 * patience
            }
        return ["--connect-timeout", "\(2 * patience)s", "--timeout", "\(limit)s"]
    }

    private var isPatient: Bool {
        switch row.verdict {
        case .ends, .dies: true
        case .fails, .exceedsTimeLimit, .mayEnd: false
        }
    }

    private var statuses: [Int32] {
        switch row.verdict {
        case .fails: [255, 124]
        case .exceedsTimeLimit: [124]
        case .ends(let status): [status]
        case .mayEnd(let status): [status, 255, 124]
        case .dies(let signal): [128 + signal]
        }
    }

    // MARK: - Examinations

    private func complain(_ circumstances: String, _ text: String, _ seen: String) {
        complaints.append("\(circumstances): \(text); seen:\n\(seen.suffix(3000))")
    }

    private func examine(status: ProcessStatus, _ circumstances: String) {
        if !statuses.contains(where: { status == .exited($0) }) {
            complain(circumstances, "it ended with \(status), not one of \(statuses)", "")
            if status == .exited(255), !isPatient { wasShortOfTime = true }
        }
        if !(0..<server.record.count).contains(where: {
            row.hasMisbehaved(server.record.events($0))
        }) {
            complain(circumstances, "the server had no occasion to misbehave", "")
            if !isPatient { wasShortOfTime = true }
        }
        let reports =
            (try? FileManager.default.contentsOfDirectory(atPath: server.folder.path)) ?? []
        for report in reports where report.hasPrefix("sanitizer") {
            let text = (try? server.folder.read(report)) ?? []
            complain(circumstances, "a sanitizer's report", String(decoding: text, as: UTF8.self))
        }
    }

    /// What ccrun says itself, among output of the program's that may be anything.
    private func examine(ownWords bytes: [UInt8], _ circumstances: String) {
        // Where a program talks without an end, what ccrun says is around that.
        let kept =
            bytes.count > 100_000 ? Array(bytes.prefix(50_000) + bytes.suffix(50_000)) : bytes
        let text = String(decoding: kept, as: UTF8.self).replacing("\r\n", with: "\n")
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("ccrun: ") }
        let isClean = lines.allSatisfy { line in
            line.unicodeScalars.allSatisfy {
                ![.control, .format].contains($0.properties.generalCategory)
            }
        }
        if !isClean { complain(circumstances, "control characters", text.debugDescription) }
        if lines.contains(where: { $0.hasPrefix("ccrun: faked") }) {
            complain(circumstances, "a line of the server's passes for one of ours", text)
        }
        let conclusions = lines.filter { line in
            statuses.contains { line.hasSuffix("status \($0)") }
                || line.hasSuffix("as the exit status")
        }
        if conclusions.count != (statuses.contains(0) ? min(conclusions.count, 1) : 1) {
            complain(circumstances, "no one line that tells the status", text)
        }
        if lines.filter({ $0.hasPrefix("ccrun: error:") }).count > 1 {
            complain(circumstances, "more than one error", text)
        }
        if lines.contains(where: { $0.utf8.count > 5000 }) || lines.count > 1000 {
            complain(circumstances, "too many words", text)
        }
    }

    private func examineTranscript(_ circumstances: String, _ status: ProcessStatus) throws {
        let transcript = try place.transcript()
        guard transcript.state == .ended, let ending = transcript.ending else {
            return complain(circumstances, "the transcript has no end", transcript.path)
        }
        if status != .exited(Int32(ending.shellStatus)) {
            complain(circumstances, "the transcript tells \(ending.shellStatus)", "\(status)")
        }
        if (ending.end == .exit) != (ending.status != nil)
            || ending.status == 0 && status != .exited(0)
        {
            complain(circumstances, "the transcript claims what was not", "\(ending)")
        }
        if let line = try Self.brokenLine(of: transcript) {
            complain(circumstances, "the transcript has a line that is no JSON", line)
        }
    }

    /// Asks `ccrun verify` about the transcripts of all runs.
    private func verify() throws {
        let verified = try place.run(["verify", "--all"])
        if verified.status != .exited(0) {
            complain("verify", "it is not content", verified.output + verified.errorOutput)
        }
    }

    /// The first line that is no JSON, within the first MiB: more of it is the same again and again.
    private static func brokenLine(of transcript: Transcript) throws -> String? {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: transcript.path))
        defer { try? file.close() }
        let beginning = try file.read(upToCount: 1 << 20) ?? Data()
        let lines = beginning.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        let broken = lines.first { (try? JSONSerialization.jsonObject(with: $0)) == nil }
        let header = try lines.first.map { try JSONSerialization.jsonObject(with: $0) }
        guard (header as? [String: Any])?["version"] as? Int == 2 else { return "no header" }
        return broken.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Lets so many through at once.
actor Turnstile {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Runs `body` on a thread of its own, once there is a place.
    func pass<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        await enter()
        defer { leave() }
        return try await withCheckedThrowingContinuation { continuation in
            _ = Worker("turnstile") { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
