/// Lets through what shows text, and nothing that asks, reconfigures or reaches past the screen.
///
/// Transcripts of others are untrusted. The filter is a state machine over UTF-8 after the one of
/// VT500 terminals (https://vt100.net/emu/dec_ansi_parser). Whatever is not known to be harmless is
/// dropped: device reports and other queries, the answerback of ENQ, every OSC (titles, the
/// clipboard of OSC 52, colours, links), DCS, APC, PM and SOS, window operations, printing, mouse
/// and paste modes, 8-bit controls, and what turns the direction of text. What a sequence was cut
/// into does not matter.
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

    enum State {
        case ground
        case escape
        /// After `ESC` and an intermediate, which is the first byte of `sequence`.
        case escapeIntermediate
        case control
        /// A control sequence too long to be honest, dropped up to its final byte.
        case controlIgnored
        /// Inside OSC, DCS, APC, PM or SOS, up to their terminator or the end of the line.
        case string
        /// At the parameters of a DCS.
        case device
        /// Inside the data of a sixel image, which are printable ASCII.
        case sixel
        /// After 0xC2, which begins an 8-bit control in UTF-8, or a harmless character.
        case c2
        /// The same inside a string.
        case c2InString
        /// After 0xE2, and after 0x80 or 0x81 behind it, which begin what turns the direction of text.
        case e2
        case e280
        case e281
    }

    /// What the output has switched on, to be switched off at its end.
    private(set) var modes = TerminalModes()
    private let scope: Scope
    var state = State.ground
    var sequence: [UInt8] = []

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

    mutating func advance(_ byte: UInt8, _ output: inout [UInt8]) {
        switch state {
        case .ground: ground(byte, &output)
        case .escape: escape(byte, &output)
        case .escapeIntermediate: finishEscape(byte, &output)
        case .control, .controlIgnored: control(byte, &output)
        case .string: string(byte, &output)
        case .device: device(byte, &output)
        case .sixel: sixel(byte, &output)
        case .c2: afterC2(byte, &output)
        case .c2InString: afterC2InString(byte, &output)
        case .e2, .e280, .e281: afterE2(byte, &output)
        }
    }

    // MARK: - States

    mutating func ground(_ byte: UInt8, _ output: inout [UInt8]) {
        switch byte {
        case 0x1b: begin(.escape)
        case 0xc2: state = .c2
        case 0xe2: state = .e2
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
        case UInt8(ascii: "P"): begin(.device)
        case UInt8(ascii: "]"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
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

    private mutating func afterC2(_ byte: UInt8, _ output: inout [UInt8]) {
        state = .ground
        switch byte {
        case 0x9b: begin(.control)
        case 0x90: begin(.device)
        case 0x98, 0x9d, 0x9e, 0x9f: begin(.string)
        case 0x80...0x9f: break
        default:
            // What is no half of a character is looked at like any other byte.
            output.append(0xc2)
            ground(byte, &output)
        }
    }

    /// U+202A to U+202E and U+2066 to U+2069 make text read as another one; terminals heed few of them.
    private mutating func afterE2(_ byte: UInt8, _ output: inout [UInt8]) {
        switch (state, byte) {
        case (.e2, 0x80): state = .e280
        case (.e2, 0x81): state = .e281
        case (.e280, 0xaa...0xae), (.e281, 0xa6...0xa9): state = .ground
        default:
            output.append(0xe2)
            if state == .e280 { output.append(0x80) }
            if state == .e281 { output.append(0x81) }
            state = .ground
            ground(byte, &output)
        }
    }

    mutating func begin(_ state: State) {
        self.state = state
        sequence.removeAll(keepingCapacity: true)
    }

    /// Save and restore the cursor, index, next line, tab stop, reverse index, single shifts.
    private static let escapes = Set("78DEHMNO".utf8)

    /// What begins the choice of a character set.
    private static let designators = Set("()*+".utf8)
}

/// Bytes that are shown as they are: neither controls nor what may begin something that is not.
private let isText = (0...0xff).map { $0 >= 0x20 && ![0x7f, 0xc2, 0xe2].contains($0) }
