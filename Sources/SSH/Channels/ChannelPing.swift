internal import CLibSSH2

/// A request that a server answers and that changes nothing, to see that it is still there.
///
/// An environment variable for a program that runs already: RFC 4254, 5.4 and 6.4 have every request of a
/// channel answered, and servers refuse this one. libssh2 takes the answer in, which it does not for
/// those to its own keepalives: each of them would stay in its memory.
extension Channel {
    /// Asks, unless a question is out.
    package func ping() {
        guard !pingIsOut, !facts.isClosed else { return }
        pingIsOut = true
        session.wire.withGateClosed { _ = requestAnswer() }
    }

    /// Takes the answer, if it is there.
    package func collectPing() {
        // What has closed its channel answers no more.
        guard pingIsOut, !facts.isClosed else { return }
        if requestAnswer() != LIBSSH2_ERROR_EAGAIN { pingIsOut = false }
    }

    /// Waits for the answer: libssh2 would take it for one to a request on another channel.
    ///
    /// Nothing comes of it where the deadline passes, or an interrupt comes.
    package func settlePing(until deadline: Deadline) {
        do throws(SSHError) {
            session.wire.allowance = nil
            while pingIsOut, !facts.isClosed, !networkHasEnded {
                collectPing()
                if !pingIsOut { return }
                try session.turn("cannot hear from \(session.address)", until: deadline)
            }
        } catch {
            // Whoever uses the session next meets the same.
        }
    }

    /// How many bytes there are ahead of an answer from the server; they may take longer than it does.
    package var backlog: Int { session.backlog }

    /// How many bytes the server's machine has acknowledged; nil where that cannot be known.
    package var acknowledgedCount: Int? { session.carrier.acknowledgedCount }

    private func requestAnswer() -> CInt {
        // The answer to that is a sign of life as well.
        guard agentRequestIsOut else {
            return libssh2_channel_setenv_ex(raw, "SIGN_OF_LIFE", 12, "1", 1)
        }
        let code = libssh2_channel_request_auth_agent(raw)
        agentRequestIsOut = code == LIBSSH2_ERROR_EAGAIN
        return code
    }
}
