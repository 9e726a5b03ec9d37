import LocalTerminal
import TestServer
import Testing

@Suite struct RemoteModesTests {
    /// RFC 4254, 8: a setting in the words of stty(1), the opcode's name there, its number, the value.
    static let settings: [(setting: [String], name: String, opcode: UInt8, value: UInt32)] = [
        (["intr", "^X"], "VINTR", 1, 0x18), (["intr", "undef"], "VINTR", 1, 255),
        (["quit", "^Y"], "VQUIT", 2, 0x19), (["erase", "^H"], "VERASE", 3, 8),
        (["kill", "@"], "VKILL", 4, 0x40), (["eof", "^E"], "VEOF", 5, 5),
        (["eol", "A"], "VEOL", 6, 0x41),
        (["eol2", "B"], "VEOL2", 7, 0x42), (["start", "^A"], "VSTART", 8, 1),
        (["stop", "^B"], "VSTOP", 9, 2), (["susp", "^F"], "VSUSP", 10, 6),
        (["rprnt", "^P"], "VREPRINT", 12, 0x10), (["werase", "^T"], "VWERASE", 13, 0x14),
        (["lnext", "^N"], "VLNEXT", 14, 0x0e), (["discard", "^K"], "VDISCARD", 18, 0x0b),
        (["-ignpar"], "IGNPAR", 30, 0), (["ignpar"], "IGNPAR", 30, 1),
        (["parmrk"], "PARMRK", 31, 1), (["inpck"], "INPCK", 32, 1), (["istrip"], "ISTRIP", 33, 1),
        (["inlcr"], "INLCR", 34, 1), (["igncr"], "IGNCR", 35, 1), (["-icrnl"], "ICRNL", 36, 0),
        (["icrnl"], "ICRNL", 36, 1), (["-ixon"], "IXON", 38, 0), (["ixany"], "IXANY", 39, 1),
        (["ixoff"], "IXOFF", 40, 1), (["imaxbel"], "IMAXBEL", 41, 1), (["iutf8"], "IUTF8", 42, 1),
        (["-iutf8"], "IUTF8", 42, 0), (["-isig"], "ISIG", 50, 0), (["-icanon"], "ICANON", 51, 0),
        (["-echo"], "ECHO", 53, 0), (["-echoe"], "ECHOE", 54, 0), (["-echok"], "ECHOK", 55, 0),
        (["echonl"], "ECHONL", 56, 1), (["noflsh"], "NOFLSH", 57, 1), (["tostop"], "TOSTOP", 58, 1),
        (["-iexten"], "IEXTEN", 59, 0), (["-echoctl"], "ECHOCTL", 60, 0),
        (["-echoke"], "ECHOKE", 61, 0), (["-opost"], "OPOST", 70, 0), (["-onlcr"], "ONLCR", 72, 0),
        (["ocrnl"], "OCRNL", 73, 1), (["onocr"], "ONOCR", 74, 1), (["onlret"], "ONLRET", 75, 1),
        (["ispeed", "9600", "ospeed", "9600"], "TTY_OP_ISPEED", 128, 9600),
        (["ispeed", "115200", "ospeed", "115200"], "TTY_OP_OSPEED", 129, 115_200),
        (["ispeed", "300", "ospeed", "300"], "TTY_OP_OSPEED", 129, 300),
    ]

    @Test(arguments: settings)
    func `a setting becomes its opcode of RFC 4254`(
        _ row: (setting: [String], name: String, opcode: UInt8, value: UInt32)
    ) throws {
        let pair = try PrivateTerminal()
        try pair.stty(row.setting)
        let modes = try #require(pair.terminal.modes)
        let values = RemoteModes.opcodes(of: modes).filter { $0.opcode == row.opcode }.map(\.value)
        #expect(values == [row.value], "\(row.name)")
    }

    @Test func `each opcode is sent once, and all of them fit beside a usual TERM`() throws {
        let pair = try PrivateTerminal()
        let modes = try #require(pair.terminal.modes)
        let opcodes = RemoteModes.opcodes(of: modes).map(\.opcode)
        #expect(Set(opcodes).count == opcodes.count)
        // Five bytes each and the end's one; libssh2 has 256 for these and TERM.
        #expect("xterm-256color".utf8.count + opcodes.count * 5 + 1 <= 256)
    }
}
