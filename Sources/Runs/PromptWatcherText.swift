/// What output says once a terminal has obeyed its escape sequences, byte by byte.
///
/// Control sequences (`ESC [ … final`), the strings of OSC, DCS, APC, PM and SOS, and the other
/// sequences of ECMA-48 (5.3 to 5.6) are passed over, as are all controls but those that move
/// within a line or end it. What a sequence was cut into does not matter.
struct PromptText {
    enum Piece: Equatable {
        /// One byte of text: UTF-8 as it came, or a tab.
        case text(UInt8)
        case lineFeed
        /// To the line's beginning: what is written next replaces what stands there.
        case carriageReturn
        case backspace
    }

    private enum State {
        case ground
        case escape
        /// After `ESC` and an intermediate byte.
        case intermediate
        case control
        case string
    }

    private var state = State.ground

    /// What `byte` does to the line; nil where nothing of it is seen.
    mutating func advance(_ byte: UInt8) -> Piece? {
        switch byte {
        case 0x1b:
            state = .escape
            return nil
        // CAN and SUB break a sequence off.
        case 0x18, 0x1a:
            state = .ground
            return nil
        default: break
        }
        switch state {
        case .ground: return ground(byte)
        case .escape, .intermediate: return escape(byte)
        case .control: return control(byte)
        case .string:
            if byte == 0x07 { state = .ground }
            return nil
        }
    }

    private func ground(_ byte: UInt8) -> Piece? {
        switch byte {
        // Vertical tab and form feed go to the next line too.
        case 0x0a...0x0c: .lineFeed
        case 0x0d: .carriageReturn
        case 0x08: .backspace
        case 0x09, 0x20..<0x7f, 0x80...: .text(byte)
        default: nil
        }
    }

    private mutating func escape(_ byte: UInt8) -> Piece? {
        switch byte {
        case UInt8(ascii: "[") where state == .escape: state = .control
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            state = state == .escape ? .string : .ground
        case 0x20...0x2f: state = .intermediate
        // Within a sequence a control does what it does elsewhere.
        case 0..<0x20: return ground(byte)
        default: state = .ground
        }
        return nil
    }

    private mutating func control(_ byte: UInt8) -> Piece? {
        switch byte {
        case 0x40...0x7e: state = .ground
        case 0..<0x20: return ground(byte)
        // No control sequence has such a byte: it is text again.
        case 0x80...:
            state = .ground
            return .text(byte)
        default: break
        }
        return nil
    }
}
