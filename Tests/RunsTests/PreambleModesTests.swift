import SSH
import Testing

@testable import Runs

/// The terminal modes for reading the preamble, and the way back to the user's own.
@Suite struct PreambleModesTests {
    private static func mode(_ opcode: UInt8, _ value: UInt32) -> TerminalMode {
        TerminalMode(opcode: opcode, value: value)
    }

    @Test func `the preamble is read without echo, by lines, and unchanged`() {
        let modes = PreambleModes.applied(to: [
            Self.mode(53, 1), Self.mode(51, 0), Self.mode(33, 1), Self.mode(34, 1),
            Self.mode(35, 1), Self.mode(56, 1),
        ])
        let values = Dictionary(uniqueKeysWithValues: modes.map { ($0.opcode, $0.value) })
        #expect(values == [53: 0, 51: 1, 33: 0, 34: 0, 35: 0, 56: 0])
    }

    @Test func `modes that do not matter to it stay the user's`() {
        let modes = PreambleModes.applied(to: [
            Self.mode(1, 3), Self.mode(53, 1), Self.mode(36, 1), Self.mode(128, 38400),
        ])
        #expect(modes.suffix(3) == [Self.mode(1, 3), Self.mode(36, 1), Self.mode(128, 38400)])
        #expect(Set(modes.map(\.opcode)).count == modes.count, "no opcode goes out twice")
    }

    @Test func `without a terminal the usual modes are restored`() {
        #expect(PreambleModes.operands(toRestore: []) == ["echo"])
    }

    @Test(
        arguments: [
            ([(53, 1)], ["echo"]),
            ([(53, 0)], []),
            ([(53, 1), (51, 0)], ["echo", "-icanon"]),
            (
                [(53, 1), (33, 1), (34, 1), (35, 1), (56, 1)],
                ["echo", "istrip", "inlcr", "igncr", "echonl"]
            ),
            ([(53, 0), (51, 1), (33, 0), (56, 0)], []),
        ] as [([(UInt8, UInt32)], [String])])
    func `stty is given what differs`(modes: [(UInt8, UInt32)], operands: [String]) {
        let modes = modes.map { Self.mode($0.0, $0.1) }
        #expect(PreambleModes.operands(toRestore: modes) == operands)
    }
}
