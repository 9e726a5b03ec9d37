#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Signals as bytes on pipes, so that one poll(2) sees them beside everything else.
///
/// There is one for the process. A signal that was ignored when the process started (nohup, a
/// background job) stays ignored.
package final class SignalPipe {
    /// Readable when the user wants out: INT, TERM, HUP or QUIT has come.
    package let interruptDescriptor: CInt
    /// Readable when the terminal's or the job's state has changed: WINCH, CONT or TSTP has come.
    package let changeDescriptor: CInt

    /// Installs the handlers, ignores SIGPIPE and SIGXFSZ; nil when no pipe can be had.
    package init?() {
        guard let interrupts = Self.makePipe(), let changes = Self.makePipe() else { return nil }
        interruptDescriptor = interrupts.read
        changeDescriptor = changes.read
        interruptWriteEnd = interrupts.write
        changeWriteEnd = changes.write
        // A closed pipe and a file-size limit are errors of a write, no reasons to die.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT] {
            Self.install(number)
        }
    }

    /// The interrupt that came first since the last call, or nil.
    package func interrupt() -> CInt? {
        Self.pending(interruptDescriptor).first
    }

    /// The changes since the last call, in order.
    package func changes() -> [CInt] {
        Self.pending(changeDescriptor)
    }

    /// From now on TSTP is a change to react to, for as long as the terminal is in raw mode.
    package func watchSuspension() {
        Self.install(SIGTSTP)
    }

    /// TSTP stops the process again by itself.
    package func ignoreSuspension() {
        if !Self.isIgnored(SIGTSTP) { signal(SIGTSTP, SIG_DFL) }
    }

    /// Stops this process as the default action of TSTP would; returns once it is continued.
    package func suspend() {
        raise(SIGSTOP)
    }

    /// Stops this process as a Control-Z would, once the terminal is as it was; returns when it is continued.
    ///
    /// Returns at once where nobody could continue it: the kernel passes over TSTP there (setpgid(2)).
    package func stop() {
        ignoreSuspension()
        raise(SIGTSTP)
    }

    private static func makePipe() -> (read: CInt, write: CInt)? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        return (ends[0], ends[1])
    }

    private static func pending(_ descriptor: CInt) -> [CInt] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).map(CInt.init) : []
    }

    private static func install(_ number: CInt) {
        if isIgnored(number) { return }
        var action = sigaction()
        setHandler(&action)
        action.sa_flags = SA_RESTART
        sigaction(number, &action, nil)
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        #if os(Linux)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func setHandler(_ action: inout sigaction) {
        #if os(Linux)
            action.__sigaction_handler.sa_handler = noteSignal
        #else
            action.__sigaction_u.__sa_handler = noteSignal
        #endif
    }
}

/// Where the handler writes; set once, before the handlers are installed, and never closed.
nonisolated(unsafe) private var interruptWriteEnd: CInt = -1
/// As above, for signals that change something but end nothing.
nonisolated(unsafe) private var changeWriteEnd: CInt = -1

/// Only what signal-safety(7) allows: one write(2), and errno as it was.
private func noteSignal(_ number: CInt) {
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    let isInterrupt =
        number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT
    _ = write(isInterrupt ? interruptWriteEnd : changeWriteEnd, &byte, 1)
    errno = saved
}
