/// Tells the bytes of escape sequences from all others, for one stream of a terminal (ECMA-48).
struct SequenceSkipper {
    private enum State {
        case text
        /// Behind ESC.
        case escape
        /// Within `ESC [ …`, until its final byte.
        case control
        /// Within a string like `ESC ] …`, until BEL or `ESC \`.
        case string
        case stringEscape
        /// Behind `ESC O` and the like, which one more byte ends.
        case oneMore
    }

    private var state = State.text

    /// Whether a sequence has begun and is not at its end.
    var isOpen: Bool { state != .text }

    /// Whether that is a string, which takes all text up to its end.
    var isInString: Bool { state == .string || state == .stringEscape }

    /// Whether a byte is part of a sequence, its ESC included.
    mutating func skips(_ byte: UInt8) -> Bool {
        switch (state, byte) {
        case (.text, 0x1b):
            state = .escape
            return true
        case (.text, _): return false
        case (.escape, UInt8(ascii: "[")): state = .control
        case (.escape, UInt8(ascii: "]")), (.escape, UInt8(ascii: "P")),
            (.escape, UInt8(ascii: "_")), (.escape, UInt8(ascii: "^")):
            state = .string
        case (.escape, UInt8(ascii: "O")), (.escape, 0x20...0x2f): state = .oneMore
        case (.escape, 0x1b): state = .escape
        case (.control, 0x40...0x7e): state = .text
        case (.control, 0x20...0x3f): break
        case (.string, 0x07): state = .text
        case (.string, 0x1b): state = .stringEscape
        case (.string, _): break
        case (.stringEscape, UInt8(ascii: "\\")): state = .text
        case (.stringEscape, _): state = .string
        // A control character, or anything else that has no place there, ends it.
        default: state = .text
        }
        return true
    }
}
