/// Lets through what shows text, and nothing that asks, reconfigures or reaches past the screen.
///
/// Transcripts of others are untrusted. The filter is a state machine over UTF-8 after the one of
/// VT500 terminals (https://vt100.net/emu/dec_ansi_parser). Whatever is not known to be harmless is
/// dropped: device reports and other queries, the answerback of ENQ, every OSC (titles, the
/// clipboard of OSC 52, colours, links), DCS, APC, PM and SOS, window operations, printing, mouse
/// and paste modes, and 8-bit controls. What a sequence was cut into does not matter.
package struct TerminalFilter {
    /// What may pass.
    package enum Scope: Sendable {
        /// All that shows text, wherever on the screen.
        case screen
        /// Lines, with their colours.
        case colouredLines
        /// Lines.
        case lines
    }

    private enum State {
        case ground
        case escape
        /// After `ESC` and an intermediate, which is the first byte of `sequence`.
        case escapeIntermediate
        case control
        /// A control sequence too long to be honest, dropped up to its final byte.
        case controlIgnored
        /// Inside OSC, DCS, APC, PM or SOS, up to their terminator.
        case string
        /// After 0xC2, which begins an 8-bit control in UTF-8, or a harmless character.
        case c2
        /// The same inside a string.
        case c2InString
    }

    /// What the output has switched on, to be switched off at its end.
    private(set) var modes = TerminalModes()
    private let scope: Scope
    private var state = State.ground
    private var sequence: [UInt8] = []

    package init(_ scope: Scope = .screen) {
        self.scope = scope
    }

    /// Whether text that follows is shown as such: no sequence is unfinished, no mode affects it.
    var leavesTextAlone: Bool { state == .ground && modes.leaveTextAlone }

    /// What brings the terminal back to where it was before the output.
    package var undoing: [UInt8] { modes.undoing }

    /// Passes `input` on to `output` without what is not allowed; unfinished sequences wait.
    package mutating func filter(_ input: [UInt8], into output: inout [UInt8]) {
        var position = 0
        while position < input.count {
            if state == .ground {
                let end = input[position...].firstIndex(where: { !isText[Int($0)] })
                output += input[position..<(end ?? input.count)]
                position = end ?? input.count
            }
            guard position < input.count else { return }
            advance(input[position], &output)
            position += 1
        }
    }

    private mutating func advance(_ byte: UInt8, _ output: inout [UInt8]) {
        switch state {
        case .ground: ground(byte, &output)
        case .escape: escape(byte, &output)
        case .escapeIntermediate: finishEscape(byte, &output)
        case .control, .controlIgnored: control(byte, &output)
        case .string: string(byte)
        case .c2: afterC2(byte, &output)
        case .c2InString: state = byte == 0x9c ? .ground : .string
        }
    }

    // MARK: - States

    private mutating func ground(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x1b: begin(.escape)
        case 0xc2: state = .c2
        case 0..<0x20, 0x7f: executeControl(byte, &output)
        default: output.append(byte)
        }
    }

    private mutating func executeControl(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x09, 0x0a, 0x0d: output.append(byte)
        case _ where scope != .screen: break
        case 0x07...0x0d: output.append(byte)
        case 0x0e, 0x0f:
            modes.note(.shiftOut, isChanged: byte == 0x0e)
            output.append(byte)
        default: break
        }
    }

    private mutating func escape(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "["): begin(.control)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            begin(.string)
        case 0x20...0x2f:
            begin(.escapeIntermediate)
            sequence.append(byte)
        case 0x1b: begin(.escape)
        case 0x18, 0x1a: state = .ground
        case 0..<0x20: executeControl(byte, &output)
        default:
            state = .ground
            if scope == .screen, TerminalFilter.escapes.contains(byte) { output += [0x1b, byte] }
        }
    }

    private mutating func finishEscape(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x1b: begin(.escape)
        case 0x18, 0x1a: state = .ground
        case 0..<0x20: executeControl(byte, &output)
        case 0x20...0x2f: sequence.append(byte)
        default:
            state = .ground
            guard scope == .screen, sequence.count == 1,
                TerminalFilter.designators.contains(sequence[0]),
                (0x30...0x7e).contains(byte)
            else { return }
            modes.note(.characterSet)
            output += [0x1b, sequence[0], byte]
        }
    }

    private mutating func control(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x1b: begin(.escape)
        case 0x18, 0x1a: state = .ground
        case 0..<0x20: executeControl(byte, &output)
        case 0x20...0x3f:
            sequence.append(byte)
            if sequence.count > 256 { state = .controlIgnored }
        case 0x40...0x7e:
            if state == .control, scope == .screen || isColour(byte),
                let allowed = modes.allowed(sequence, final: byte)
            {
                output += [0x1b, UInt8(ascii: "[")] + allowed + [byte]
            }
            state = .ground
        case 0x7f: break
        default:
            // No control sequence has such a byte; the text that follows is shown.
            state = .ground
            ground(byte, &output)
        }
    }

    private func isColour(_ final: UInt8) -> Bool {
        scope == .colouredLines && final == UInt8(ascii: "m")
    }

    private mutating func string(_ byte: UInt8) {
        switch byte {
        // ESC \ ends the string; ESC and anything else ends it too, and begins something new.
        case 0x1b: begin(.escape)
        case 0x07, 0x18, 0x1a: state = .ground
        case 0xc2: state = .c2InString
        default: break
        }
    }

    private mutating func afterC2(_ byte: UInt8, _ output: inout [UInt8]) {
        state = .ground
        switch byte {
        case 0x9b: begin(.control)
        case 0x90, 0x98, 0x9d, 0x9e, 0x9f: begin(.string)
        case 0x80...0x9f: break
        default: output += [0xc2, byte]
        }
    }

    private mutating func begin(_ state: State) {
        self.state = state
        sequence.removeAll(keepingCapacity: true)
    }

    /// Save and restore the cursor, index, next line, tab stop, reverse index, single shifts.
    private static let escapes = Set("78DEHMNO".utf8)

    /// What begins the choice of a character set.
    private static let designators = Set("()*+".utf8)
}

/// Bytes that are shown as they are: neither controls nor what may begin an 8-bit one.
private let isText = (0...0xff).map { $0 >= 0x20 && $0 != 0x7f && $0 != 0xc2 }
