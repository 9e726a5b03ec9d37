import TestServer

@testable import SSH

/// A whole session, from dialling to the program's end, as a run has it.
struct LoginSessionConversation {
    var pipelined = true
    var pseudoTerminal: PseudoTerminal?
    var preamble: [UInt8] = []
    var interrupt: Interrupt?
    /// For each step from the handshake on.
    var limit = generous

    /// What came of it.
    struct Result {
        var started: Channel.Started
        var transcript: Channel.Transcript
    }

    /// Starts over, one request at a time, where the server does not take those sent ahead.
    func perform(with server: some TestHost, command: String = "x") throws(SSHError) -> Result {
        do {
            return try attempt(server, command)
        } catch {
            guard error.code == .pipeliningRefused else { throw error }
            var again = self
            again.pipelined = false
            return try again.attempt(server, command)
        }
    }

    private func attempt(_ server: some TestHost, _ command: String) throws(SSHError) -> Result {
        let deadline = Deadline.after(limit)
        let session = try server.trustedSession(interrupt: interrupt, until: deadline)
        try Login(session: session, user: server.user, keys: server.keys, deadline: deadline)
            .perform(sendingAhead: pipelined)
        let channel = try Channel(on: session, until: deadline)
        let started = try channel.start(
            Channel.Startup(
                pseudoTerminal: pseudoTerminal, command: command, preamble: preamble),
            pipelined: pipelined, until: deadline)
        let transcript = try channel.readAll(until: deadline)
        channel.close()
        session.disconnect()
        return Result(started: started, transcript: transcript)
    }

    /// The error it ends with, or nil.
    func error(with server: some TestHost) -> SSHError? {
        sshError { _ = try perform(with: server) }
    }
}
