import Testing

@testable import SSH

/// What a pty-req carries.
@Suite struct ChannelPseudoTerminalTests {
    private static func terminal(_ term: String, modes: Int) -> PseudoTerminal {
        PseudoTerminal(
            term: term, size: WindowSize(columns: 80, rows: 24),
            modes: (0..<modes).map { TerminalMode(opcode: UInt8($0 + 1), value: 0x0102_0304) })
    }

    @Test func `modes are encoded as RFC 4254 has them`() {
        #expect(Self.terminal("x", modes: 0).encodedModes == [0])
        #expect(Self.terminal("x", modes: 1).encodedModes == [1, 1, 2, 3, 4, 0])
    }

    @Test(arguments: [0, 1, 20, 48, 49, 200])
    func `TERM and modes together never exceed what libssh2 takes`(length: Int) {
        let terminal = Self.terminal(String(repeating: "t", count: length), modes: 159)
        #expect(terminal.term.utf8.count == min(length, 48))
        #expect(terminal.term.utf8.count + terminal.encodedModes.count <= 256)
        #expect(terminal.encodedModes.last == 0)
        #expect((terminal.encodedModes.count - 1).isMultiple(of: 5))
    }
}
