import Testing

@testable import Runs

/// What of the typed keys is the remote side's, and what is ccrun's.
@Suite struct EscapeFilterTests {
    /// Keys, what of them passes, and the commands among them.
    private static let rows: [(typed: String, passed: String, commands: [EscapeFilter.Command])] = [
        ("plain", "plain", []),
        ("~.", "", [.drop]),
        ("a~.", "a~.", []),
        ("a\r~.", "a\r", [.drop]),
        ("a\n~.", "a\n", [.drop]),
        ("a\t~.", "a\t~.", []),
        ("~~", "~", []),
        ("~~.", "~.", []),
        ("~~~.", "~~.", []),
        ("~~\r~.", "~\r", [.drop]),
        ("~x", "~x", []),
        ("~\r~.", "~\r", [.drop]),
        ("~", "", []),
        ("~?~#~\u{1a}~?x", "x", [.help, .listChannels, .suspend, .help]),
        ("~?x~?", "x~?", [.help]),
        ("~.rm -rf\r", "", [.drop]),
        ("\r~.~?", "\r", [.drop]),
        ("\u{3}~.", "\u{3}~.", []),
    ]

    @Test(arguments: rows)
    func `keys at the beginning of a line`(
        _ row: (typed: String, passed: String, commands: [EscapeFilter.Command])
    ) {
        var whole = EscapeFilter(UInt8(ascii: "~"))
        let (bytes, commands) = whole.filter(row.typed.utf8)
        #expect(bytes == Array(row.passed.utf8))
        #expect(commands == row.commands)
        // Key by key it is the same.
        var single = EscapeFilter(UInt8(ascii: "~"))
        var passed: [UInt8] = []
        var found: [EscapeFilter.Command] = []
        for byte in row.typed.utf8 where found.last != .drop {
            let (bytes, commands) = single.filter([byte])
            passed += bytes
            found += commands
        }
        #expect(passed == Array(row.passed.utf8))
        #expect(found == row.commands)
    }

    @Test(arguments: rows)
    func `keys that pass as they are need no other look`(
        _ row: (typed: String, passed: String, commands: [EscapeFilter.Command])
    ) {
        var filter = EscapeFilter(UInt8(ascii: "~"))
        var passed: [UInt8] = []
        var found: [EscapeFilter.Command] = []
        for byte in row.typed.utf8 where found.last != .drop {
            if withUnsafeBytes(of: byte, { filter.passes($0) }) {
                passed.append(byte)
                continue
            }
            let (bytes, commands) = filter.filter([byte])
            passed += bytes
            found += commands
        }
        #expect(passed == Array(row.passed.utf8))
        #expect(found == row.commands)
        // All at once, they pass where no escape character stands at the beginning of a line.
        var whole = EscapeFilter(UInt8(ascii: "~"))
        let isPlain = row.passed == row.typed && !"\r\(row.typed)".contains("\r~")
        #expect(Array(row.typed.utf8).withUnsafeBytes { whole.passes($0) } == isPlain)
    }

    @Test func `another character has the commands, and ~ passes`() {
        var filter = EscapeFilter(0x1d)
        let (bytes, commands) = filter.filter(
            Array("~.\r".utf8) + [0x1d, UInt8(ascii: "?"), 0x1d, 0x1d])
        #expect(bytes == Array("~.\r".utf8) + [0x1d])
        #expect(commands == [.help])
        #expect(filter.echo(of: .suspend) == "^]^Z")
    }

    @Test func `a character that is a command's own key is sent by typing it twice`() {
        var filter = EscapeFilter(UInt8(ascii: "."))
        let (bytes, commands) = filter.filter("..x\r.?".utf8)
        #expect(bytes == Array(".x\r".utf8))
        #expect(commands == [.help])
    }

    @Test func `the list names every command`() {
        let lines = EscapeFilter(UInt8(ascii: "%")).helpLines
        for keys in ["%.", "%^Z", "%#", "%?", "%%"] {
            #expect(lines.contains { $0.hasPrefix("  \(keys) ") }, "\(lines)")
        }
        #expect(lines.allSatisfy { $0.count + "ccrun: ".count <= 80 })
    }
}
