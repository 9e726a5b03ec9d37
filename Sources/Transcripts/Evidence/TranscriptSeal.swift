#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What a transcript's file is and what its last line vouches for, from one reading of every byte.
package struct TranscriptSeal: Sendable, Equatable {
    /// The run of the header; nil where the first line is no header.
    package let run: RunID?

    /// Of the whole file, in hexadecimal.
    package let sha256: String

    /// Whether the last line tells how the run ended.
    package let hasEnding: Bool

    /// Whether the last line's digest is that of all bytes before it.
    package let vouchesForItself: Bool

    /// The ledger's head that the last line tells of.
    package let previousHead: String?

    /// Whether somebody holds the lock of those who write it.
    package let isLocked: Bool

    /// Reads a transcript; nil where there is no such file.
    ///
    /// Throws `unreadable` where it cannot be read, and for a link or anything else that is no file.
    package static func read(_ path: String) throws(TranscriptError) -> TranscriptSeal? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT { return nil }
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw TranscriptError(
                .unreadable, attempted: "cannot open \"\(path)\"",
                underlying: explanation(of: errno))
        }
        defer { close(descriptor) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TranscriptError(
                .unreadable, attempted: "cannot read \"\(path)\"", underlying: "it is not a file")
        }
        return TranscriptSeal(descriptor: descriptor, size: Int(status.st_size))
    }

    private init(descriptor: Int32, size: Int) {
        let last = TranscriptSeal.lastLine(descriptor, size: size)
        let claim = TranscriptSeal.claim(last.bytes)
        var digest = InputDigest()
        var position = 0
        var before = ""
        while position < size {
            // The last line begins a piece of its own.
            let end = position < last.start ? last.start : size
            let piece = readAll(descriptor, from: position, count: min(1 << 20, end - position))
            guard !piece.isEmpty else { break }
            if position == last.start { before = digest.sha256 }
            piece.withUnsafeBytes { digest.add($0) }
            position += piece.count
        }
        run = TranscriptSeal.run(in: descriptor, size: size)
        sha256 = digest.sha256
        hasEnding = claim != nil
        vouchesForItself = claim?.sha256 == before
        previousHead = claim?.previous
        isLocked = TranscriptLock.isHeld(descriptor)
    }

    /// The run that the first line names.
    private static func run(in descriptor: Int32, size: Int) -> RunID? {
        for length in [64 << 10, LineReader.longestLine] {
            let bytes = readAll(descriptor, from: 0, count: min(length, size))
            guard let lineFeed = bytes.firstIndex(of: 0x0a) else { continue }
            return bytes[..<lineFeed].withUnsafeBytes { TranscriptHeader(bytes: $0)?.run }
        }
        return nil
    }

    /// The last whole line and where it begins; the file's end where it ends in half a line.
    private static func lastLine(
        _ descriptor: Int32, size: Int
    ) -> (start: Int, bytes: ArraySlice<UInt8>) {
        for length in [64 << 10, LineReader.longestLine] {
            let start = max(0, size - length)
            let bytes = readAll(descriptor, from: start, count: size - start)
            guard bytes.last == 0x0a else { break }
            let line = bytes.dropLast()
            if let lineFeed = line.lastIndex(of: 0x0a) {
                return (start + lineFeed + 1, line[(lineFeed + 1)...])
            }
            if start == 0 { break }
        }
        return (size, [])
    }

    /// What a last line says if it is one: the digest of what is before it, and the ledger's head.
    private static func claim(
        _ line: ArraySlice<UInt8>
    ) -> (sha256: String, previous: String?)? {
        guard case .event(let event) = line.withUnsafeBytes({ Event.parse($0) }),
            event.code == .ending,
            let json = event.data.withUnsafeBytes({ JSONValue($0) }),
            let sha256 = json["sha256"]?.string
        else { return nil }
        return (sha256, json["prev"]?.string)
    }
}
