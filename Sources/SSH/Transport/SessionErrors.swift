internal import CLibSSH2

extension Session {
    /// Makes our error of libssh2's code and message, which belong to the session until the next call.
    func error(_ code: CInt, _ attempted: String) -> SSHError {
        switch code {
        case LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_RECV,
            LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_TIMEOUT:
            return SSHError(.connectionLost, attempted, underlying: reasonOfLoss)
        case LIBSSH2_ERROR_KEX_FAILURE, LIBSSH2_ERROR_METHOD_NONE:
            return keyExchangeError(attempted)
        case LIBSSH2_ERROR_BANNER_RECV:
            let reason =
                carrier.hasEnded ? reasonOfLoss : "what answers there does not speak SSH"
            return SSHError(
                carrier.hasEnded ? .connectionLost : .protocolError, attempted, underlying: reason,
                hint: "check that the port is the SSH server's")
        default:
            // libssh2 has other codes for a key exchange or a login that breaks off.
            if carrier.hasEnded || wire.disconnectReason != nil {
                return SSHError(.connectionLost, attempted, underlying: reasonOfLoss)
            }
            return SSHError(.protocolError, attempted, underlying: libraryMessage(code))
        }
    }

    /// Why the connection is gone: the server's words, the system's, or that it just ended.
    var reasonOfLoss: String {
        if let reason = wire.disconnectReason { return "the server disconnected: \(reason)" }
        if let reason = carrier.endReason, !reason.isEmpty { return reason }
        // The wire hands out nothing of what libssh2 could not bear.
        if !carrier.hasEnded, !wire.hasEnded { return "the server sent what makes no sense" }
        return "the server closed the connection"
    }

    private func libraryMessage(_ code: CInt) -> String {
        var text: UnsafeMutablePointer<CChar>?
        var length: CInt = 0
        libssh2_session_last_error(raw, &text, &length, 0)
        guard let text, length > 0 else { return "libssh2 error \(code)" }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(length))
        return "\(cleaned(bytes)) (libssh2 error \(code))"
    }

    // MARK: - The key exchange

    private func keyExchangeError(_ attempted: String) -> SSHError {
        // A server that has nothing in common with us may hang up at once: the gap is the reason.
        let gaps = algorithmGaps(with: offer?.plain)
        guard let first = gaps.first else {
            if carrier.hasEnded {
                return SSHError(.connectionLost, attempted, underlying: reasonOfLoss)
            }
            return SSHError(
                .algorithms, attempted,
                underlying:
                    "the key exchange did not succeed "
                    + "(\(libraryMessage(LIBSSH2_ERROR_KEX_FAILURE)))",
                hint: "look for the reason in the server's log")
        }
        return SSHError(
            .algorithms, attempted,
            underlying: "no \(gaps.map(\.member).joined(separator: " and no ")) in common",
            details: gaps.flatMap(\.details), hint: hint(for: first))
    }

    private func algorithmGaps(with ours: Algorithms?) -> [AlgorithmGap] {
        guard let ours, let opening = wire.opening, let theirs = ServerOffer(opening: opening)
        else { return [] }
        return AlgorithmGap.all(between: ours, and: theirs)
    }

    private func hint(for gap: AlgorithmGap) -> String {
        if let legacy = offer?.legacy, algorithmGaps(with: legacy).isEmpty {
            return "the server knows only algorithms that are out of date: "
                + "set CCRUN_LEGACY_ALGORITHMS=1 to offer such as well"
        }
        if gap.keyword == "HostKeyAlgorithms" {
            return "give the server an ed25519 host key, with ssh-keygen -A"
        }
        return "let the server take one of ccrun's: \(gap.keyword) in its sshd_config"
    }
}
