import Foundation
import Glibc
import TestServer

/// A pseudo-terminal with settings of the user's own, on which a program is started when told.
///
/// So its modes are known before the program has touched them.
final class UsersTerminal: Sendable {
    let session: TerminalSession
    /// The modes that the program found, and has to leave.
    let before: TerminalModes

    /// Starts `program`, an absolute path and its arguments.
    ///
    /// `settings` are operands of stty(1), set beforehand; `typedAhead` is in the terminal's input
    /// queue before the program runs.
    init(
        _ program: [String], environment: [String: String], workingFolder: String? = nil,
        settings: [String] = [], typedAhead: String = "", columns: Int = 80, rows: Int = 24
    ) throws {
        let prepare = settings.isEmpty ? "" : "stty \(settings.joined(separator: " ")) || exit 125;"
        session = try TerminalSession(
            executable: "/bin/sh",
            arguments: ["-c", prepare + "kill -STOP $$; exec \"$@\"", "sh"] + program,
            environment: environment, columns: columns, rows: rows, workingFolder: workingFolder)
        let process = session.process
        try eventually("the shell") {
            isProcessStopped(process.pid) || process.currentStatus != nil
        }
        before = try session.terminalModes
        if !typedAhead.isEmpty {
            try session.write(typedAhead)
            // Its echo tells that it is in the queue.
            try session.waitFor(typedAhead.replacing("\n", with: "\r\n"))
        }
        process.send(signal: SIGCONT)
    }

    /// Sets modes from outside, as a shell does when it has the terminal again.
    func stty(_ settings: String...) throws {
        let result = try ChildProcess.run(
            try Tool.path("stty"), ["-F", session.device] + settings)
        guard result.status == .exited(0) else {
            throw TestServerError(.program, "cannot set terminal modes", result.errorOutput)
        }
    }

    /// Waits until the terminal's modes are as wanted.
    func waitForModes(_ awaited: String, _ matches: (TerminalModes) -> Bool) throws {
        try eventually("modes: \(awaited)") { matches(try session.terminalModes) }
    }

    /// Waits until the program is stopped, or runs again.
    func waitUntil(isStopped: Bool) throws {
        try eventually("stopped: \(isStopped)") {
            isProcessStopped(session.process.pid) == isStopped
        }
    }
}

extension TerminalModes {
    /// As they are while the keys belong to the remote program.
    var areRaw: Bool { !echoes && !isCanonical && !makesSignals && output & UInt32(OPOST) == 0 }
}

extension Workplace {
    /// Starts ccrun on a terminal with settings of the user's own.
    func usersTerminal(
        _ arguments: [String], settings: [String] = [], typedAhead: String = "",
        columns: Int = 80, rows: Int = 24
    ) throws -> UsersTerminal {
        try UsersTerminal(
            [CCRun.binary] + arguments, environment: environment, workingFolder: folder.path,
            settings: settings, typedAhead: typedAhead, columns: columns, rows: rows)
    }
}

/// Waits for a condition that nothing announces.
func eventually(
    _ awaited: @autoclosure () -> String, every interval: Duration = .milliseconds(5),
    timeout: Duration = .seconds(60), _ condition: () throws -> Bool
) throws {
    let limit = ContinuousClock.now + timeout
    while try !condition() {
        guard ContinuousClock.now < limit else {
            throw TestServerError(
                .deadline, "cannot wait longer for \(awaited())", "\(timeout) went by")
        }
        usleep(UInt32(interval.inSeconds * 1_000_000))
    }
}

/// Whether a process is stopped by a signal (proc(5): state T).
func isProcessStopped(_ pid: Int32) -> Bool {
    let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    guard let end = stat.lastIndex(of: ")") else { return false }
    return stat[stat.index(after: end)...].hasPrefix(" T")
}
