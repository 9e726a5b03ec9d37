import Glibc
import LocalTerminal
import Testing

/// Each in a process of its own: handlers belong to the process.
@Suite struct SignalPipeTests {
    @Test func `an interrupt is a byte, and the first one counts`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(freshSignalPipe())
            #expect(signals.interrupt() == nil)
            raise(SIGTERM)
            raise(SIGINT)
            #expect(isReadable(signals.interruptDescriptor))
            #expect(signals.interrupt() == SIGTERM)
            #expect(signals.interrupt() == nil)
            raise(SIGHUP)
            #expect(signals.interrupt() == SIGHUP)
            raise(SIGQUIT)
            #expect(signals.interrupt() == SIGQUIT)
            #expect(signals.changes() == [])
        }
    }

    @Test func `changes come in their order, and are no interrupts`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(freshSignalPipe())
            signals.watchSuspension()
            raise(SIGWINCH)
            raise(SIGTSTP)
            raise(SIGCONT)
            #expect(isReadable(signals.changeDescriptor))
            #expect(signals.changes() == [SIGWINCH, SIGTSTP, SIGCONT])
            #expect(signals.changes() == [])
            #expect(signals.interrupt() == nil)
        }
    }

    @Test func `what nohup ignores stays ignored`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(freshSignalPipe(ignoring: [SIGHUP, SIGTSTP]))
            raise(SIGHUP)
            #expect(signals.interrupt() == nil)
            signals.watchSuspension()
            signals.ignoreSuspension()
            raise(SIGTSTP)
            #expect(signals.changes() == [])
            raise(SIGINT)
            #expect(signals.interrupt() == SIGINT)
        }
    }

    @Test func `a broken pipe does not end the process`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(freshSignalPipe())
            raise(SIGPIPE)
            #expect(signals.interrupt() == nil)
        }
    }

    @Test func `more signals than the pipe holds block nobody`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(freshSignalPipe())
            for _ in 0..<100_000 { raise(SIGWINCH) }
            let changes = signals.changes()
            #expect(!changes.isEmpty && changes.allSatisfy { $0 == SIGWINCH })
        }
    }
}

/// A pipe in a process that ignores these signals and no others, whatever started the tests.
private func freshSignalPipe(ignoring ignored: [CInt] = []) -> SignalPipe? {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT, SIGTSTP, SIGPIPE] {
        signal(number, ignored.contains(number) ? SIG_IGN : SIG_DFL)
        sigaddset(&set, number)
    }
    // A thread of libdispatch blocks them; open here, a signal that is raised is handled at once.
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    return SignalPipe()
}

/// Whether there is something to read at this moment.
private func isReadable(_ descriptor: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) == 1
}
