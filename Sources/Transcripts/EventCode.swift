/// What an event line is about: the single letter of asciicast v2, ours included.
package enum EventCode: UInt8, Sendable, Hashable {
    /// `o`: text as it appeared.
    case output = 0x6f
    /// `s`: the stream of the `o` events that follow.
    case stream = 0x73
    /// `b`: the exact bytes of the next `o`, in base 64, where they were not valid UTF-8.
    case bytes = 0x62
    /// `i`: input, only where it was asked for.
    case input = 0x69
    /// `r`: the window changed, `COLSxROWS`.
    case resize = 0x72
    /// `m`: a marker; a release step began.
    case marker = 0x6d
    /// `g`: what could not be recorded, and why, in JSON.
    case gap = 0x67
    /// `x`: the exit status as the shell sees it.
    case status = 0x78
    /// `z`: how it really ended, in JSON; the last line.
    case ending = 0x7a
}
