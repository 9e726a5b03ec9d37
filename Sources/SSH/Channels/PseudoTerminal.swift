/// What a pty-req carries (RFC 4254, 6.2).
package struct PseudoTerminal: Sendable, Equatable {
    /// The value of TERM; cut at 48 bytes, because libssh2 takes 256 for it and the modes together.
    package let term: String
    package let size: WindowSize
    package let modes: [TerminalMode]

    package init(term: String, size: WindowSize, modes: [TerminalMode]) {
        self.term = String(decoding: term.utf8.prefix(48), as: UTF8.self)
        self.size = size
        self.modes = modes
    }

    /// The modes as RFC 4254, 8 encodes them, ended by TTY_OP_END.
    package var encodedModes: [UInt8] {
        let room = (256 - term.utf8.count - 1) / 5
        return modes.prefix(room).flatMap(\.encoded) + [0]
    }
}

/// One opcode of RFC 4254, 8 with its value: a character code, a speed, or 0 and 1 for a flag.
package struct TerminalMode: Sendable, Equatable {
    package let opcode: UInt8
    package var value: UInt32

    package init(opcode: UInt8, value: UInt32) {
        self.opcode = opcode
        self.value = value
    }

    var encoded: [UInt8] {
        [opcode] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Opcodes that callers name.
    package static let canonicalInput: UInt8 = 51
    package static let echo: UInt8 = 53
}

/// The size of a terminal in character cells, and in pixels where those are known (else 0).
package struct WindowSize: Sendable, Equatable {
    package var columns: Int
    package var rows: Int
    package var pixelWidth: Int
    package var pixelHeight: Int

    package init(columns: Int, rows: Int, pixelWidth: Int = 0, pixelHeight: Int = 0) {
        self.columns = columns
        self.rows = rows
        self.pixelWidth = pixelWidth
        self.pixelHeight = pixelHeight
    }
}
