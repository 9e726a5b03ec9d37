import Glibc
import LocalTerminal
import Testing

/// Each in a process of its own: handlers belong to the process.
@Suite struct SignalPipeTests {
    @Test func `an interrupt is a byte, and the first one counts`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(SignalPipe())
            #expect(signals.interrupt() == nil)
            raise(SIGTERM)
            raise(SIGINT)
            #expect(isReadable(signals.interruptDescriptor))
            #expect(signals.interrupt() == SIGTERM)
            #expect(signals.interrupt() == nil)
            raise(SIGHUP)
            #expect(signals.interrupt() == SIGHUP)
            #expect(signals.changes() == [])
        }
    }

    @Test func `changes come in their order, and are no interrupts`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(SignalPipe())
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
            for number in [SIGHUP, SIGTSTP] { signal(number, SIG_IGN) }
            let signals = try #require(SignalPipe())
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
            signal(SIGPIPE, SIG_DFL)
            let signals = try #require(SignalPipe())
            raise(SIGPIPE)
            #expect(signals.interrupt() == nil)
        }
    }

    @Test func `more signals than the pipe holds block nobody`() async {
        await #expect(processExitsWith: .success) {
            let signals = try #require(SignalPipe())
            for _ in 0..<100_000 { raise(SIGWINCH) }
            #expect(signals.changes().allSatisfy { $0 == SIGWINCH })
        }
    }
}

/// Whether there is something to read at this moment.
private func isReadable(_ descriptor: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) == 1
}
