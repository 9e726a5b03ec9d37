internal import LocalTerminal
internal import Runs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Ends the program with a status, all messages having been given.
struct ExitStatus: Error {
    let value: CInt
    /// What programs are told where it is not the outcome of a run.
    let reason: String?

    init(value: CInt, reason: String? = nil) {
        self.value = value
        self.reason = reason
    }

    /// 125, once the error has been said.
    static func misuse(
        _ message: String, hint: String? = nil, _ notices: Notices
    ) -> ExitStatus {
        notices.error(message, hint: hint)
        return ExitStatus(value: CCRun.misuse, reason: message)
    }

    /// Ends the program, unless what it has printed did not arrive: then that is the status.
    func end() -> Never {
        exit(PrintedOutput.finish()?.value ?? value)
    }
}

extension SignalPipe {
    /// The process's signals as bytes; a command that waits for anything cannot do without.
    static func ofThisProcess(_ notices: Notices) throws(ExitStatus) -> SignalPipe {
        if let pipe = SignalPipe() { return pipe }
        throw .misuse("cannot watch for signals: out of file descriptors", notices)
    }
}
