internal import CLibSSH2

/// The start of a channel's program.
extension Channel {
    /// What starts a program: the terminal it gets, the command, and bytes ahead of its input.
    package struct Startup {
        package var pseudoTerminal: PseudoTerminal?
        package var command: String
        package var preamble: [UInt8]
        /// The agent that the program may use, if any.
        package var agent: AgentForwarding?

        package init(pseudoTerminal: PseudoTerminal?, command: String, preamble: [UInt8]) {
            self.pseudoTerminal = pseudoTerminal
            self.command = command
            self.preamble = preamble
        }
    }

    /// How the start went.
    package struct Started: Equatable {
        package var hasPseudoTerminal: Bool
        /// How much of the preamble went out; the window may have been smaller than it.
        package var preambleCount: Int
        /// Whether an agent was to be forwarded, and the server does not on account of this channel.
        package var isAgentRefused = false
    }

    /// Asks for the terminal and the program in one flight, or one after the other.
    ///
    /// libssh2 can send both only while it can read nothing: with the gate open, the answer to one is
    /// taken for the other's. The answers are collected in the order of the requests.
    ///
    /// Throws `requestRefused` when the server will not run the command. A refused terminal or agent is no
    /// error: the program runs without one.
    package func start(
        _ startup: Startup, pipelined: Bool, until deadline: Deadline
    ) throws(SSHError) -> Started {
        let modes = startup.pseudoTerminal?.encodedModes ?? []
        var preambleCount = 0
        if pipelined {
            session.wire.withGateClosed {
                if let agent = startup.agent { ask(for: agent) }
                if let terminal = startup.pseudoTerminal { _ = request(terminal, modes) }
                _ = request(command: startup.command)
                preambleCount = send(startup.preamble)
            }
        }
        var isAgentRefused = false
        if let agent = startup.agent {
            isAgentRefused = try !obtain(agent, askedAhead: pipelined, until: deadline)
        }
        var hasTerminal = false
        if let terminal = startup.pseudoTerminal {
            hasTerminal = try obtain(terminal, modes, until: deadline)
        }
        let attempted = "cannot run the command at \(session.address)"
        guard try isGranted(attempted, deadline, { request(command: startup.command) }) else {
            throw SSHError(
                .requestRefused, attempted, underlying: "the server refused to",
                hint: "check ForceCommand and the account's restrictions on the server")
        }
        if !pipelined { preambleCount = send(startup.preamble) }
        return Started(
            hasPseudoTerminal: hasTerminal, preambleCount: preambleCount,
            isAgentRefused: isAgentRefused)
    }

    /// Asks for a terminal alone, for a program that is not to start yet; false when it is refused.
    package func obtain(
        _ terminal: PseudoTerminal, until deadline: Deadline
    ) throws(SSHError) -> Bool {
        try obtain(terminal, terminal.encodedModes, until: deadline)
    }

    private func obtain(
        _ terminal: PseudoTerminal, _ modes: [UInt8], until deadline: Deadline
    ) throws(SSHError) -> Bool {
        try isGranted("cannot get a terminal at \(session.address)", deadline) {
            request(terminal, modes)
        }
    }

    private func isGranted(
        _ attempted: String, _ deadline: Deadline, _ request: () -> CInt
    ) throws(SSHError) -> Bool {
        try session.complete(attempted, until: deadline) {
            let code = request()
            return code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED ? 1 : code
        } == 0
    }

    private func request(_ terminal: PseudoTerminal, _ modes: [UInt8]) -> CInt {
        modes.withUnsafeBytes { bytes in
            libssh2_channel_request_pty_ex(
                raw, terminal.term, CUnsignedInt(terminal.term.utf8.count),
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CUnsignedInt(bytes.count),
                CInt(clamping: terminal.size.columns), CInt(clamping: terminal.size.rows),
                CInt(clamping: terminal.size.pixelWidth), CInt(clamping: terminal.size.pixelHeight))
        }
    }

    private func request(command: String) -> CInt {
        libssh2_channel_process_startup(raw, "exec", 4, command, CUnsignedInt(command.utf8.count))
    }

    private func send(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let written = rawWrite(bytes[sent...])
            guard written > 0 else { break }
            sent += written
        }
        return sent
    }
}
