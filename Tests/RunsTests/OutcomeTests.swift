import Deployments
import SSH
import Testing
import Transcripts

@testable import Runs
@testable import SSH

#if canImport(Glibc)
    import Glibc
#endif

/// The table of exit statuses, row by row.
@Suite struct OutcomeTests {
    private static func facts(
        status: UInt32? = nil, signal: String? = nil, isClosed: Bool = true
    ) -> ChannelFacts {
        var facts = ChannelFacts()
        facts.exitStatus = status
        facts.exitSignal = signal
        facts.isClosed = isClosed
        return facts
    }

    @Test(arguments: [0, 1, 2, 44, 124, 125, 126, 127, 128, 130, 143, 254, 255] as [UInt32])
    func `the remote command's own status is unchanged`(status: UInt32) {
        let outcome = Outcome(Self.facts(status: status))
        #expect(outcome == Outcome(.remote, status: CInt(status)))
        #expect(outcome.explanation == "the remote command exited with status \(status)")
        #expect(outcome.ending == Ending(.exit, status: Int(status), shellStatus: Int(status)))
    }

    @Test(arguments: [256, 257, 512, 0x8000_0000, .max] as [UInt32])
    func `a status that no process can have is 255, never its low byte`(status: UInt32) {
        let outcome = Outcome(Self.facts(status: status))
        #expect(outcome.origin == .remote)
        #expect(outcome.status == 255)
        #expect(outcome.explanation == "the server sent \(status) as the exit status")
    }

    @Test(arguments: [
        ("HUP", 129), ("INT", 130), ("QUIT", 131), ("ILL", 132), ("TRAP", 133), ("ABRT", 134),
        ("BUS", 135), ("FPE", 136), ("KILL", 137), ("USR1", 138), ("SEGV", 139), ("USR2", 140),
        ("PIPE", 141), ("ALRM", 142), ("TERM", 143), ("XCPU", 152), ("XFSZ", 153), ("SYS", 159),
        ("BUS@openssh.com", 135),
    ])
    func `death by signal n is 128 and n`(name: String, status: CInt) {
        let outcome = Outcome(Self.facts(signal: name))
        #expect(outcome == Outcome(.signal, status: status, signal: name))
        #expect(
            outcome.explanation == "the remote command died of signal \(name), status \(status)")
        #expect(outcome.ending == Ending(.signal, signal: name, shellStatus: Int(status)))
    }

    @Test(arguments: ["SIGTERM", "term", "WHATEVER@example.com", "15", "@openssh.com"])
    func `death by a signal that nobody knows is 255`(name: String) {
        let outcome = Outcome(Self.facts(signal: name))
        #expect(outcome.origin == .signal)
        #expect(outcome.status == 255)
        #expect(outcome.signal == name)
        #expect(outcome.reason == "the command died of an unknown signal")
    }

    @Test func `death by a signal whose name cannot be read is 255 and has no name`() {
        let outcome = Outcome(Self.facts(signal: ""))
        #expect(outcome.origin == .signal)
        #expect(outcome.status == 255)
        #expect(outcome.signal == nil)
        #expect(outcome.explanation == "the remote command died of a signal, status 255")
    }

    @Test func `a signal counts for more than a status of 0`() {
        let outcome = Outcome(Self.facts(status: 0, signal: "KILL"))
        #expect(outcome == Outcome(.signal, status: 137, signal: "KILL"))
    }

    @Test(arguments: [true, false])
    func `no status at all is 255, and never success`(isClosed: Bool) {
        let outcome = Outcome(Self.facts(isClosed: isClosed))
        #expect(outcome.origin == .transport)
        #expect(outcome.status == 255)
        #expect(
            outcome.explanation
                == "the server ended the session without an exit status, status 255")
        #expect(outcome.ending.end == .disconnect)
        #expect(outcome.ending.status == nil)
        #expect(outcome.ending.shellStatus == 255)
    }

    @Test(
        arguments: [(2, "INT", 130), (1, "HUP", 129), (15, "TERM", 143)] as [(CInt, String, CInt)])
    func `an interruption is 128 and the signal's number`(
        number: CInt, name: String, status: CInt
    ) {
        let outcome = Outcome.interrupted(by: number)
        #expect(outcome.origin == .ccrun)
        #expect(outcome.status == status)
        #expect(outcome.signal == name)
        #expect(outcome.explanation == "interrupted by \(name), status \(status)")
        #expect(outcome.ending.end == .cancelled)
        #expect(outcome.ending.shellStatus == Int(status))
    }

    @Test func `an interruption by a signal without a name has its number`() {
        #expect(Outcome.interrupted(by: 64).explanation == "interrupted by signal 64, status 192")
    }

    @Test func `a command whose fate nobody knows may be running, and is not tried again`() {
        let unknown = RemoteEnding.Fate.unknown(hint: "look")
        let outcomes = [
            Outcome.interrupted(by: 2, unknown), .timedOut("too long", unknown),
            .outputClosed(EPIPE, unknown), .outputClosed(ENOSPC, unknown),
        ]
        for outcome in outcomes {
            #expect(outcome.mayBeRunning && !outcome.isWorthRetrying)
            #expect(outcome.reason?.hasSuffix("; the command may still be running") == true)
            #expect(outcome.hint == "look")
        }
        #expect(outcomes.map(\.status) == [130, 124, 141, 125])
        #expect(Outcome(Self.facts()).mayBeRunning)
        #expect(!Outcome.interrupted(by: 2).mayBeRunning)
        #expect(!Outcome.timedOut("too long", .ended(.term)).mayBeRunning)
        #expect(!Outcome(Self.facts(status: 1)).mayBeRunning)
    }

    @Test func `the ends of ccrun's own making say why`() {
        let timeout = Outcome(.timeout, status: 124, reason: "the time limit of 2s ran out")
        #expect(timeout.explanation == "the time limit of 2s ran out, status 124")
        #expect(timeout.ending.end == .timeout)
        let misuse = Outcome(.ccrun, status: 125)
        #expect(misuse.explanation == "ccrun could not run the command, status 125")
        #expect(misuse.ending.end == .cancelled)
        let lost = Outcome(.transport, status: 255, reason: "the connection was lost")
        #expect(lost.explanation == "the connection was lost, status 255")
        #expect(lost.ending.reason == "the connection was lost")
    }

    @Test func `a signal's number has one name, and the name that number`() {
        for number in CInt(0)...64 {
            if let name = SignalNames.name(of: number) {
                #expect(SignalNames.number(of: name) == number)
            }
        }
        #expect(SignalNames.name(of: 0) == nil)
        #expect(SignalNames.number(of: "") == nil)
        #expect(SignalNames.number(of: "@") == nil)
    }
}
