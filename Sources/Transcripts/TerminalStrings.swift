/// OSC, DCS, APC, PM and SOS: none of them passes, and none hides what follows it.
///
/// A string that nobody has ended was none when its line ends: terminals would go on waiting and show
/// nothing more, so its text is text. The data of a sixel image may have several lines.
extension TerminalFilter {
    /// How much of a string is kept, in bytes.
    private static let longestHeld = 4096

    /// Passes on the text of a string that nobody has ended; whatever comes next begins anew.
    mutating func finish(into output: inout [UInt8]) {
        let text = [.string, .c2InString, .device].contains(state) ? sequence : []
        begin(.ground)
        // It holds no control, so it begins no string.
        for byte in text { advance(byte, &output) }
        state = .ground
    }

    mutating func string(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        // ESC \ ends the string; ESC and anything else ends it too, and begins something new.
        case 0x1b: begin(.escape)
        case 0x07, 0x18, 0x1a: state = .ground
        case 0x0a, 0x0d:
            finish(into: &output)
            ground(byte, &output)
        case 0xc2: state = .c2InString
        case 0..<0x20, 0x7f: break
        default: hold(byte)
        }
    }

    /// Keeps the text of a string for the case that it is none.
    private mutating func hold(_ byte: UInt8) {
        if sequence.count < TerminalFilter.longestHeld { sequence.append(byte) }
    }

    mutating func device(_ byte: UInt8, _ output: inout [UInt8]) {
        if (0x30...0x3b).contains(byte) { return hold(byte) }
        state = byte == UInt8(ascii: "q") ? .sixel : .string
        if state == .string { string(byte, &output) }
    }

    mutating func sixel(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x0a, 0x0d, 0x21...0x7e: break
        case 0x07, 0x18, 0x1a, 0x1b, 0xc2: string(byte, &output)
        default:
            state = .ground
            ground(byte, &output)
        }
    }

    mutating func afterC2InString(_ byte: UInt8, _ output: inout [UInt8]) {
        state = byte == 0x9c ? .ground : .string
        guard state == .string, !(0x80...0x9f).contains(byte) else { return }
        hold(0xc2)
        string(byte, &output)
    }
}
