package import Deployments
package import SSH
internal import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What ccrun itself says, on stderr, each line with its name in front.
package struct Notices: Sendable {
    private let verbosity: RunOptions.Verbosity
    private let write: @Sendable (String) -> Void

    /// `write`: takes whole lines with their newline; stderr by default.
    package init(
        _ verbosity: RunOptions.Verbosity,
        write: @escaping @Sendable (String) -> Void = Notices.toStandardError
    ) {
        self.verbosity = verbosity
        self.write = write
    }

    /// The same, written with something else.
    package func writing(with write: @escaping @Sendable (String) -> Void) -> Notices {
        Notices(verbosity, write: write)
    }

    /// The same, for what is said after output that has left a line without its end.
    package func endingLine(ifOpen isOpen: Bool) -> Notices {
        guard isOpen else { return self }
        let isEnded = Mutex(false)
        return writing { [write] line in
            let isFirst = isEnded.withLock { isEnded in
                defer { isEnded = true }
                return !isEnded
            }
            write((isFirst ? "\n" : "") + line)
        }
    }

    /// Something that went wrong: what, further lines, what to do.
    ///
    /// Never silenced.
    package func error(_ message: String, details: [String] = [], hint: String? = nil) {
        say("error: \(message)")
        for detail in details { say(detail) }
        if let hint { say("hint: \(hint)") }
    }

    package func error(_ error: SSHError) {
        self.error(error.message, details: error.details, hint: error.hint)
    }

    package func error(_ error: DeploymentsError) {
        self.error(error.message, hint: error.advice)
    }

    /// Something the user should know although the run goes on; a second line may be a hint.
    package func warning(_ message: String) {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: true)
        for (index, line) in lines.enumerated() {
            say(index == 0 ? "warning: \(line)" : String(line))
        }
    }

    /// Where a status came from; silenced by `-q`.
    package func note(_ message: String) {
        if verbosity > .quiet { say(message) }
    }

    /// Where a status came from that says nothing by itself, or what ended a release: never silenced.
    package func conclusion(_ message: String) { say(message) }

    /// What only `-v` shows.
    package func detail(_ message: @autoclosure () -> String) {
        if verbosity == .verbose { say(message()) }
    }

    /// A line for programs, without our name in front.
    package func line(_ text: String) { write(text + "\n") }

    /// Text of a host's that was cleaned before, each line with the host's name in front.
    package func quote(_ text: String, of host: String) {
        guard verbosity > .quiet else { return }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            say("\(host): \(line)")
        }
    }

    /// Every line has our name in front: a line of a server's words must not pass for one of another
    /// program's, or for a command of a CI system, which begins a line with `::` or holds a `##[`.
    private func say(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            write("ccrun: \(line.replacing("##[", with: "## ["))\n")
        }
    }

    /// One write(2) a line, so that lines of several processes do not mix; errors cannot be told.
    package static func toStandardError(_ line: String) {
        // A terminal that the remote program left raw staircases without the carriage return.
        var modes = termios()
        let isRaw = tcgetattr(STDERR_FILENO, &modes) == 0 && modes.c_oflag & tcflag_t(OPOST) == 0
        let text = isRaw ? line.replacingNewlines() : line
        _ = Array(text.utf8).withUnsafeBytes { DescriptorOutput.write($0, to: STDERR_FILENO) }
    }
}

extension String {
    fileprivate func replacingNewlines() -> String {
        String(flatMap { $0 == "\n" ? "\r\n" : String($0) })
    }
}
