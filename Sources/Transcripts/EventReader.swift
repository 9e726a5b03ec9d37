/// The events of a transcript in their order, read as they are asked for.
///
/// Malformed lines are counted and passed over, a torn last line is cut, events with codes that we
/// do not know are passed over in silence. A line that is too long to be one of ours is a gap.
package final class EventReader: Sequence, IteratorProtocol {
    /// Lines so far that were no events.
    package private(set) var malformedLines = 0

    private var lines: LineReader
    private var last = Duration.zero

    init(path: String) throws(TranscriptError) {
        lines = try LineReader(path: path, buffer: 64 * 1024)
        // The header is the first line; whoever opened the transcript has read it.
        _ = lines.next { _ in }
    }

    package func next() -> Event? {
        while let line = lines.next(Event.parse) {
            switch line {
            case .content(.event(let event)):
                last = Swift.max(last, event.time)
                return event
            case .content(.unknown): continue
            case .content(.malformed): malformedLines += 1
            case .tooLong(let bytes):
                malformedLines += 1
                let reason = "a line of the transcript is too long to be read"
                return Event(time: last, code: .gap, data: Gap.data(bytes: bytes, reason: reason))
            }
        }
        return nil
    }
}
