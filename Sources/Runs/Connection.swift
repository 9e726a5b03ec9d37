internal import SSH

/// A session that is trusted and logged in, on which commands run, one after the other or at once.
final class Connection {
    /// What a small command of our own said on its standard output, and how it ended.
    struct Answer {
        let output: [UInt8]
        let facts: ChannelFacts
    }

    /// More than any command of ours says, in bytes.
    private static let longestAnswer = 1 << 20

    let session: Session
    /// Whether requests are sent ahead of the answers they build on; off once the server refused that.
    let isPipelining: Bool
    private let phaseLimit: Duration
    /// The channel that was asked for together with the login.
    private var unused: Channel?
    private let agentOffer: AgentOffer?
    /// The agent that commands of the user's may use; looked for when the first of them starts.
    lazy var agent: AgentForwarding? = agentOffer?.forwarding(on: session)

    /// `agentOffer`: what commands of the user's get of an agent here.
    init(
        _ first: Channel, isPipelining: Bool, phaseLimit: Duration, agentOffer: AgentOffer?
    ) {
        session = first.session
        self.agentOffer = agentOffer
        unused = first
        self.isPipelining = isPipelining
        self.phaseLimit = phaseLimit
    }

    /// The deadline of a phase that begins now.
    var phase: Deadline { .after(phaseLimit) }

    /// A channel that nothing has run on.
    func channel() throws(SSHError) -> Channel {
        if let unused {
            self.unused = nil
            return unused
        }
        return try Channel(on: session, until: phase)
    }

    /// Starts a command of our own, which gets no terminal.
    func start(_ execLine: String) throws(SSHError) -> Channel {
        let channel = try channel()
        let startup = Channel.Startup(pseudoTerminal: nil, command: execLine, preamble: [])
        _ = try channel.start(startup, pipelined: isPipelining, until: phase)
        return channel
    }

    /// Runs a small command of our own to its end; what other channels bring meanwhile is kept.
    func answer(to execLine: String, until deadline: Deadline) throws(SSHError) -> Answer {
        let channel = try start(execLine)
        _ = channel.sendEndOfInput()
        var output: [UInt8] = []
        let reader = ChannelReader(channel)
        while !channel.facts.isClosed {
            output += try reader.read()
            if output.count > Self.longestAnswer { break }
            if channel.facts.isClosed { break }
            try session.turn("cannot read the answer of \(session.address)", until: deadline)
        }
        output += try reader.read()
        return Answer(output: output, facts: channel.facts)
    }

    func close() {
        unused = nil
        session.disconnect()
    }
}

/// Reads a channel of our own, whose streams are short.
final class ChannelReader {
    private let channel: Channel
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)

    init(_ channel: Channel) {
        self.channel = channel
    }

    deinit {
        buffer.deallocate()
    }

    /// All of the standard output that has come; what came on the other stream is passed over.
    func read() throws(SSHError) -> [UInt8] {
        channel.allow(nil)
        var bytes: [UInt8] = []
        for stream in Channel.Stream.allCases {
            while case .bytes(let count) = try channel.read(stream, into: buffer) {
                if stream == .standardOutput { bytes += buffer.prefix(count) }
            }
        }
        return bytes
    }
}
