internal import CLibSSH2

/// The request that has a server open channels to the agent here, for one channel's program.
///
/// Where the server refuses "auth-agent-req@openssh.com" libssh2 asks once more, by the name of an old
/// draft, within the same call.
extension Channel {
    /// Less than a packet with its MAC: of what libssh2 reads of these bytes, one packet at most is whole.
    private static let lessThanAPacket = 16

    /// Asks, ahead of what needs no answer to that.
    func ask(for agent: AgentForwarding) {
        agent.expectChannels()
        _ = libssh2_channel_request_auth_agent(raw)
    }

    /// Whether the server opens channels to the agent; asks it, unless that was done before.
    ///
    /// Throws what `Session.complete` throws.
    func obtain(
        _ agent: AgentForwarding, askedAhead: Bool, until deadline: Deadline
    ) throws(SSHError) -> Bool {
        if !askedAhead { agent.expectChannels() }
        let code = try session.complete(
            "cannot forward the agent to \(session.address)", until: deadline
        ) {
            let code = askedAhead ? collectAnswer() : libssh2_channel_request_auth_agent(raw)
            return code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED ? 1 : code
        }
        return agent.note(granted: code == 0)
    }

    /// Collects the answer to the first request, and leaves alone those behind it.
    ///
    /// libssh2 would take one of them for the answer to its second request. That one's comes last, and is
    /// taken for a sign of life.
    private func collectAnswer() -> CInt {
        let refusals = facts.refusals
        defer { session.wire.allowance = nil }
        while true {
            let unread = session.wire.incomingCount
            session.wire.allowance = Self.lessThanAPacket
            let code = libssh2_channel_request_auth_agent(raw)
            if code != LIBSSH2_ERROR_EAGAIN { return code }
            if facts.refusals > refusals {
                agentRequestIsOut = true
                pingIsOut = true
                return LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED
            }
            if session.wire.incomingCount == unread { return code }
        }
    }
}
