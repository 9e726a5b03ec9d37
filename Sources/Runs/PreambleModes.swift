internal import SSH

/// The terminal modes under which the preamble is read, and how to get from them to the user's.
///
/// Values must not be echoed, and every byte has to arrive as it was sent, line by line.
enum PreambleModes {
    /// RFC 4254, 8: opcode, the value needed, the name of stty(1), and what it is without a terminal.
    private static let needed: [(opcode: UInt8, value: UInt32, name: String, usual: UInt32)] = [
        (TerminalMode.echo, 0, "echo", 1),
        (TerminalMode.canonicalInput, 1, "icanon", 1),
        (33, 0, "istrip", 0),
        (34, 0, "inlcr", 0),
        (35, 0, "igncr", 0),
        (56, 0, "echonl", 0),
    ]

    /// The user's modes with those changed that the preamble needs.
    static func applied(to modes: [TerminalMode]) -> [TerminalMode] {
        let opcodes = Set(needed.map(\.opcode))
        return needed.map { TerminalMode(opcode: $0.opcode, value: $0.value) }
            + modes.filter { !opcodes.contains($0.opcode) }
    }

    /// The operands of stty that bring the user's modes back: usually just `echo`.
    static func operands(toRestore modes: [TerminalMode]) -> [String] {
        needed.compactMap { mode in
            let wanted = modes.first { $0.opcode == mode.opcode }?.value ?? mode.usual
            return wanted == mode.value ? nil : (wanted == 0 ? "-" : "") + mode.name
        }
    }
}
