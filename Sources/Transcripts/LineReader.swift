#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The lines of a file, one after the other, in memory for one line and a buffer.
struct LineReader: ~Copyable {
    /// Lines longer than this, in bytes, are passed over; ours never are.
    static let longestLine = 16 << 20

    /// What stands between two line feeds.
    enum Line<Content> {
        case content(Content)
        /// A line that is too long, of so many bytes.
        case tooLong(Int)
    }

    private enum Filling {
        case more
        case atEnd
        case full
    }

    let descriptor: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0

    /// Opens a file; the buffer is what is read in one go, and grows where a line is longer.
    init(path: String, buffer size: Int) throws(TranscriptError) {
        buffer = [UInt8](repeating: 0, count: size)
        // Without O_NONBLOCK a FIFO in place of the file would hold us up.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TranscriptError(
                .unreadable, attempted: "cannot open \"\(path)\"",
                underlying: explanation(of: errno))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Gives the next whole line, without its line feed, to `body`, unless it is too long.
    ///
    /// Returns nil at the end. What follows the last line feed is a torn line and no line at all.
    mutating func next<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Line<Result>? {
        var searched = start
        while true {
            if let lineFeed = indexOfLineFeed(from: searched) {
                let line = start..<lineFeed
                start = lineFeed + 1
                return .content(
                    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[line])) })
            }
            let unfinished = end - start
            switch fill() {
            case .more: searched = start + unfinished
            case .atEnd: return nil
            case .full: return passOver().map { .tooLong($0) }
            }
        }
    }

    /// Goes on behind the next line feed; how long the line was, nil where none comes.
    private mutating func passOver() -> Int? {
        var length = 0
        while true {
            if let lineFeed = indexOfLineFeed(from: start) {
                length += lineFeed - start
                start = lineFeed + 1
                return length
            }
            length += end - start
            (start, end) = (0, 0)
            guard fill() == .more else { return nil }
        }
    }

    private func indexOfLineFeed(from position: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard position < end, let base = bytes.baseAddress,
                let found = memchr(base + position, 0x0a, end - position)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Reads more behind what is there, as long as that is no line that is too long.
    private mutating func fill() -> Filling {
        if start > 0 {
            let unfinished = end - start
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + start, unfinished)
            }
            (start, end) = (0, unfinished)
        }
        if end == buffer.count {
            guard buffer.count < LineReader.longestLine else { return .full }
            buffer += [UInt8](repeating: 0, count: buffer.count)
        }
        let count = buffer.withUnsafeMutableBytes { bytes in
            readOnce(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
        }
        guard count > 0 else { return .atEnd }
        end += count
        return .more
    }
}
