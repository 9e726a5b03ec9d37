import CLibSSH2Shims
import Glibc
import TestServer

@testable import SSH

/// A limit for what is expected to happen: long enough for a machine that is busy with other tests.
let generous = Duration.seconds(90)

/// A pipe for a session's interrupt.
final class InterruptPipe {
    private let readEnd: Descriptor
    private let writeEnd: Descriptor

    init() throws {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TransportProblem("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = Descriptor(ends[0])
        writeEnd = Descriptor(ends[1])
    }

    var interrupt: Interrupt { Interrupt(descriptor: readEnd.rawValue) }

    func trigger() throws {
        try writeEnd.write([UInt8(SIGINT)])
    }
}

struct TransportProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A session whose peer is the test itself: what it says is written by hand.
struct ScriptedPeer {
    let session: Session
    let peer: Descriptor

    init(interrupt: Interrupt? = nil) throws {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw TransportProblem("no sockets") }
        peer = Descriptor(ends[0])
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let socket = Socket(descriptor: ends[1], address: "192.0.2.1")
        session = try Session(over: Transport(socket), interrupt: interrupt)
    }

    /// Lets the session shake hands; the error it ends with.
    func handshakeError(_ limit: Duration = generous) -> SSHError? {
        do throws(SSHError) {
            try session.handshake(preferringKeyTypes: [], allowsLegacy: false, until: .after(limit))
            return nil
        } catch {
            return error
        }
    }
}

extension TestHost {
    /// A connection that no session speaks on yet.
    func dial(interrupt: Interrupt? = nil) throws(SSHError) -> Transport {
        try Dialer(
            host: "127.0.0.1", port: UInt16(clamping: port), deadline: .after(generous),
            interrupt: interrupt
        ).dial()
    }

    /// A session whose host key was verified, before any login.
    func trustedSession(
        interrupt: Interrupt? = nil, until deadline: Deadline = .after(generous)
    ) throws(SSHError) -> Session {
        let session = try Session(over: try dial(), interrupt: interrupt)
        let known = KnownHosts(files: [knownHostsFile])
        try session.handshake(
            preferringKeyTypes: known.keyTypes(forName: "127.0.0.1", port: UInt16(clamping: port)),
            allowsLegacy: false, until: deadline)
        _ = try session.verifyHostKey(
            against: known, name: "127.0.0.1", port: UInt16(clamping: port), policy: .refuse,
            recordingIn: nil)
        return session
    }

    /// The host's own key, and nobody to ask.
    var keys: LoginKeys {
        LoginKeys(
            agentSocket: nil, identityFiles: [identityFile], identitiesOnly: true
        ) { _ in nil }
    }

    /// A session that is logged in.
    func session(
        sendingAhead: Bool = true, interrupt: Interrupt? = nil,
        until deadline: Deadline = .after(generous)
    ) throws(SSHError) -> Session {
        let session = try trustedSession(interrupt: interrupt, until: deadline)
        try Login(session: session, user: user, keys: keys, deadline: deadline)
            .perform(sendingAhead: sendingAhead)
        return session
    }

    /// A channel on which nothing was started.
    func channel(
        sendingAhead: Bool = true, until deadline: Deadline = .after(generous)
    ) throws(SSHError) -> Channel {
        try Channel(
            on: try session(sendingAhead: sendingAhead, until: deadline), until: deadline)
    }
}

extension Channel {
    /// What came of both streams, and how it ended.
    struct Transcript: Equatable {
        var output: [UInt8] = []
        var errorOutput: [UInt8] = []
        var facts = ChannelFacts()
    }

    /// Starts a command without a terminal.
    @discardableResult
    func start(
        command: String, preamble: [UInt8] = [], pipelined: Bool = true,
        until deadline: Deadline = .after(generous)
    ) throws(SSHError) -> Started {
        try start(
            Startup(pseudoTerminal: nil, command: command, preamble: preamble),
            pipelined: pipelined, until: deadline)
    }

    /// Reads both streams until `isOver`, as the relay does.
    func readAll(
        until deadline: Deadline = .after(generous),
        while isGoingOn: (Transcript) -> Bool = { _ in true }
    ) throws(SSHError) -> Transcript {
        var transcript = Transcript()
        while true {
            var tookBytes = false
            for stream in Stream.allCases {
                let bytes = try readSome(stream)
                tookBytes = tookBytes || !bytes.isEmpty
                if stream == .standardOutput { transcript.output += bytes }
                if stream == .standardError { transcript.errorOutput += bytes }
            }
            transcript.facts = facts
            if tookBytes { continue }
            if facts.isClosed || !isGoingOn(transcript) { return transcript }
            try session.turn("cannot read", until: deadline)
        }
    }

    /// One read of a stream; empty when there is nothing now.
    func readSome(_ stream: Stream) throws(SSHError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
        defer { buffer.deallocate() }
        guard case .bytes(let count) = try read(stream, into: buffer) else { return [] }
        return Array(buffer.prefix(count))
    }
}

/// The error that `body` throws; anything else is none.
func sshError(_ body: () throws -> Void) -> SSHError? {
    do {
        try body()
        return nil
    } catch {
        return error as? SSHError
    }
}
