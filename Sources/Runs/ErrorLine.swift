#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH

/// The line that stderr stands in: what ccrun says last is not to be glued to what the command said.
struct ErrorLine {
    /// Where both are terminals, what stands on the one stands on the other.
    private let sharesTerminal = isatty(STDOUT_FILENO) != 0 && isatty(STDERR_FILENO) != 0
    private var last = UInt8(ascii: "\n")

    /// Takes what was passed on of the command's output.
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ stream: Channel.Stream) {
        guard stream == .standardError || sharesTerminal, let byte = bytes.last else { return }
        last = byte
    }

    /// Whether the line has no end yet.
    var isOpen: Bool { last != UInt8(ascii: "\n") }
}
