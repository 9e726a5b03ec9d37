import TestServer
import Testing

@testable import SSH

#if canImport(Glibc)
    import Glibc
#endif

/// A server that breaks its word, in every phase: each way has an end, in time, with a reason.
@Suite struct LoginSessionFaultTests {
    /// A conversation that comes to every phase.
    private static func conversation(
        limit: Duration = generous, interrupt: Interrupt? = nil
    ) -> LoginSessionConversation {
        let terminal = PseudoTerminal(
            term: "vt100", size: WindowSize(columns: 80, rows: 24), modes: [])
        return LoginSessionConversation(
            pseudoTerminal: terminal, interrupt: interrupt, limit: limit)
    }

    /// Converses with a limit that is doubled until the server has come to its fault.
    private static func errorInTime(_ fault: Misbehaviour, _ phase: Phase) throws -> SSHError? {
        var limit = Duration.milliseconds(400)
        while true {
            let (error, wasReached) = try withLyingServer(.fault(fault, in: phase)) { server in
                let error = Self.conversation(limit: limit).error(with: server)
                return (error, server.record.events().contains(.wronged(in: phase)))
            }
            if wasReached || limit > generous { return error }
            limit *= 2
        }
    }

    @Test(arguments: Phase.allCases, [Misbehaviour.stall, .freeze])
    func `silence in any phase ends with the deadline`(phase: Phase, fault: Misbehaviour) throws {
        let error = try Self.errorInTime(fault, phase)
        #expect(error?.code == .timeout, "\(error?.message ?? "no error")")
        #expect(error?.underlying == "no answer from the server in time")
    }

    @Test(arguments: Phase.allCases)
    func `a connection that ends is lost, whatever the phase`(phase: Phase) throws {
        try withLyingServer(.fault(.end, in: phase)) { server in
            let error = Self.conversation().error(with: server)
            #expect(error?.code == .connectionLost, "\(error?.message ?? "no error")")
            // Where we had sent something that it did not read, the end is a reset.
            #expect(
                ["the server closed the connection", "connection reset by peer"]
                    .contains(error?.underlying ?? ""), "\(error?.message ?? "")")
        }
    }

    @Test(arguments: Phase.allCases)
    func `a connection that is reset is lost, whatever the phase`(phase: Phase) throws {
        try withLyingServer(.fault(.reset, in: phase)) { server in
            let error = Self.conversation().error(with: server)
            // Before anything was said, the reset may come while we still connect.
            let isLost = error?.code == .connectionLost || error?.code == .connect
            #expect(isLost, "\(error?.message ?? "no error")")
            #expect(
                ["connection reset by peer", "broken pipe"].contains(error?.underlying ?? ""),
                "\(error?.message ?? "")")
        }
    }

    /// Before its identification a server has no packets to say it in.
    @Test(arguments: Phase.allCases.filter { $0 != .beforeBanner && $0 != .banner })
    func `a disconnect is told in the server's words, cleaned`(phase: Phase) throws {
        let fault = Misbehaviour.disconnect(reason: 2, text: "no\u{1B}[2J\r\nmore\u{7}")
        try withLyingServer(.fault(fault, in: phase)) { server in
            let error = Self.conversation().error(with: server)
            #expect(error?.code == .connectionLost, "\(error?.message ?? "no error")")
            #expect(error?.underlying == "the server disconnected: no[2J more")
        }
    }

    @Test(
        arguments: Phase.allCases,
        [
            .garbage(bytes: 512), .garbagePacket(bytes: 64), .badMAC, .oversizedPacket,
        ] as [Misbehaviour])
    func `garbage in any phase is an error in time`(phase: Phase, fault: Misbehaviour) throws {
        let error = try Self.errorInTime(fault, phase)
        let codes: [SSHError.Code] = [
            .timeout, .protocolError, .connectionLost, .algorithms, .channel,
        ]
        #expect(error.map { codes.contains($0.code) } == true, "\(String(describing: error))")
        #expect(error?.underlying?.isEmpty == false)
    }

    @Test func `an interrupt ends every wait`() throws {
        let phases: [Phase] = [
            .beforeBanner, .kexReply, .userauth, .channelOpen, .exec, .afterExec,
        ]
        for phase in phases {
            try withLyingServer(.fault(.stall, in: phase)) { server in
                let pipe = try InterruptPipe()
                let interrupt = pipe.interrupt
                let error = Watched<SSHError?>(nil)
                let worker = Worker("client") {
                    let conversation = Self.conversation(interrupt: interrupt)
                    let found = conversation.error(with: server)
                    error.withLock { $0 = found }
                }
                try server.record.waitFor(.wronged(in: phase))
                try pipe.trigger()
                #expect(worker.join(generous))
                #expect(error.withLock { $0?.code } == .interrupted, "\(phase)")
            }
        }
    }

    /// libssh2 1.11 would go through 4 Gi of them for half a minute, deaf to deadlines and signals.
    @Test(arguments: HostileServer.all.filter { $0.stage == .extensions })
    func `a list of extensions takes no time, however many it claims`(row: HostileServer) throws {
        try withLyingServer(row.script) { server in
            let before = try Self.processorTime()
            _ = Self.conversation().error(with: server)
            let taken = try Self.processorTime() - before
            #expect(taken < .seconds(3), "\(taken)")
            #expect(row.hasMisbehaved(server.record.events()))
        }
    }

    /// What this thread has used.
    private static func processorTime() throws -> Duration {
        var time = timespec()
        try #require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
