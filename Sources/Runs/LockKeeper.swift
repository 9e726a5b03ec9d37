internal import Deployments
internal import SSH

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program on the primary host that keeps a lock, at the other end of a channel of its own.
final class LockKeeper {
    private let channel: Channel
    private let reader: ChannelReader
    private var received: [UInt8] = []
    private var unsent: [UInt8] = []

    init(_ execLine: String, over connection: Connection) throws(SSHError) {
        channel = try connection.start(execLine)
        reader = ChannelReader(channel)
    }

    var address: String { channel.session.address }

    /// Whether it says nothing more.
    var hasEnded: Bool { channel.facts.isClosed }

    /// Sends bytes, and what is left of earlier ones, as much as goes now.
    func send(_ bytes: [UInt8] = []) throws(SSHError) {
        unsent += bytes
        unsent.removeFirst(try channel.write(unsent[...]))
        channel.session.flush()
    }

    /// The messages whose lines have come whole.
    func messages() throws(SSHError) -> [RemoteLock.Message] {
        received += try reader.read()
        var messages: [RemoteLock.Message] = []
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: received[..<end], as: UTF8.self)
            received.removeSubrange(...end)
            if let message = RemoteLock.Message.parse(line) { messages.append(message) }
        }
        return messages
    }

    /// Throws where nothing more can come.
    func checkIsThere() throws(SSHError) {
        if channel.networkHasEnded {
            throw SSHError(.connectionLost, "the connection to \(address) was lost")
        }
        if hasEnded { throw SSHError(.channel, "what kept it at \(address) has ended") }
    }

    // MARK: - Waiting

    /// Takes what the network has now.
    func exchange() {
        channel.session.exchange()
    }

    /// One wait; an interrupt ends it, and is left to be seen.
    func turn(_ attempted: String, until deadline: Deadline) throws(SSHError) {
        try channel.session.turn("\(attempted) at \(address)", until: deadline)
    }

    /// One wait that no interrupt ends.
    func turnUninterrupted(until deadline: Deadline) throws(SSHError) {
        let session = channel.session
        session.flush()
        var entries = session.pollEntries
        wait(for: &entries, until: deadline)
        session.transfer(entries[...])
        if deadline.hasPassed { throw SSHError(.timeout, "\(address) did not answer in time") }
    }
}
