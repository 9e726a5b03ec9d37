internal import CLibSSH2Shims

#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// The local agent at a server's disposal: each channel that the server opens to it gets a connection.
///
/// The channels are those of OpenSSH's "auth-agent@openssh.com" (draft-miller-ssh-agent, "Agent forwarding"). Nothing here
/// waits: a relay has it exchange what there is, and polls its descriptors.
package final class AgentForwarding {
    /// Why there is no forwarding.
    package enum Obstacle: Error, Equatable {
        /// The libssh2 that is loaded cannot take the server's channels.
        case library
        /// Nobody answers at that path, and why.
        case agent(String)
    }

    /// How many connections the agent has at a time; what the server opens beyond is closed at once.
    static let mostConnections = 64
    /// How many channels may wait for the server to agree to their end, before further ones are refused.
    private static let mostClosing = 256

    private let session: Session
    private let address: sockaddr_un
    private var connections: [AgentConnection] = []
    /// Channels that are closed here, and not yet over there.
    private var closing: [Channel] = []
    /// Whether the server has agreed to open channels.
    private var isGranted = false

    /// Makes sure that there is an agent; the server is asked with a channel's start.
    package init(of path: String, on session: Session) throws(Obstacle) {
        guard ccr_can_take_agent_channels() else { throw .library }
        guard let address = UnixSocket.address(path) else {
            throw .agent("the path is longer than a socket's may be")
        }
        guard let probe = UnixSocket() else { throw .agent(describe(errno: errno)) }
        let error = probe.reach(address)
        guard error == 0 || error == EAGAIN else { throw .agent(describe(errno: error)) }
        self.session = session
        self.address = address
    }

    // MARK: - The server's leave

    /// The server is asked now; it may open channels long before its answer is read.
    func expectChannels() {
        ccr_take_agent_channels(session.wire.raw, true)
    }

    /// Takes note of the answer; returns whether the server opens channels.
    ///
    /// A server may agree once for all channels of a session and refuse further requests, as OpenSSH's does.
    func note(granted: Bool) -> Bool {
        isGranted = isGranted || granted
        ccr_take_agent_channels(session.wire.raw, isGranted)
        return isGranted
    }

    // MARK: - The relay's part

    /// What poll(2) is to watch.
    package var pollEntries: [pollfd] { connections.map(\.pollEntry) }

    /// When to exchange again though nothing has come; never where no agent is waited for.
    package var nextTurn: Deadline {
        connections.contains { $0.isWaiting } ? .after(AgentConnection.pause) : .never
    }

    /// Takes note of what poll(2) said of the entries.
    package func note(_ entries: ArraySlice<pollfd>) {
        for (connection, entry) in zip(connections, entries) {
            connection.mayHaveNews = entry.revents != 0
        }
    }

    /// Takes the channels that the server has opened, and moves what can be moved in both directions.
    ///
    /// Throws what ends the session; of an agent's troubles only the server's programs hear.
    package func exchange() throws(SSHError) {
        takeChannels()
        guard !connections.isEmpty || !closing.isEmpty else { return }
        // Where nobody reads the command's output, the agent's channels stand behind that.
        session.wire.allowance = nil
        var left: [AgentConnection] = []
        for connection in connections {
            if try connection.exchange() {
                left.append(connection)
            } else {
                closing.append(connection.channel)
            }
        }
        connections = left
        closing.removeAll { $0.close() }
    }

    private func takeChannels() {
        var taken = ccr_agent_channel()
        while closing.count < Self.mostClosing,
            ccr_next_agent_channel(session.wire.raw, &taken)
        {
            guard let raw = taken.channel else { continue }
            let channel = Channel(taking: raw, number: Int(taken.number), on: session)
            if connections.count < Self.mostConnections, let socket = UnixSocket() {
                connections.append(AgentConnection(channel, socket, address))
            } else {
                closing.append(channel)
            }
        }
    }
}
