#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A transcript that has been opened: its header, and what its last lines tell.
///
/// Opening reads both ends of the file and nothing between; `events()` reads the rest.
package struct Transcript: Sendable {
    package enum State: Sendable, Equatable {
        /// Somebody is recording it at this moment.
        case running
        /// No end was written, and nobody is going to write one.
        case interrupted
        case ended
    }

    package let path: String
    package let header: TranscriptHeader
    package let state: State

    /// How the run ended; nil unless the state is `ended`.
    package let ending: Ending?

    /// When the last event was, counted from the start; nil without an event near the file's end.
    package let lastTime: Duration?

    /// The size of the file in bytes.
    package let size: Int

    /// Opens the transcript in a file.
    package static func open(_ path: String) throws(TranscriptError) -> Transcript {
        try Transcript(path: path)
    }

    private init(path: String) throws(TranscriptError) {
        var lines = try LineReader(path: path, buffer: 4 * 1024)
        guard case .content(let header?) = lines.next({ TranscriptHeader(bytes: $0) }) else {
            throw TranscriptError(
                .notATranscript, attempted: "cannot read \"\(path)\"",
                underlying: "it has no whole header of a transcript")
        }
        var status = stat()
        fstat(lines.descriptor, &status)
        let end = TranscriptEnd(descriptor: lines.descriptor, size: Int(status.st_size))
        self.path = path
        self.header = header
        size = Int(status.st_size)
        ending = end.ending
        lastTime = end.lastTime
        state =
            end.ending != nil
            ? .ended : FileLock.isHeld(lines.descriptor) ? .running : .interrupted
    }

    /// The events from the first to the last, each read when it is asked for.
    package func events() throws(TranscriptError) -> EventReader {
        try EventReader(path: path)
    }
}
