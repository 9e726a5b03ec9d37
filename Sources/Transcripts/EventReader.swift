/// The events of a transcript in their order, read as they are asked for.
///
/// Malformed lines are counted and passed over, a torn last line is cut, events with codes that we
/// do not know are passed over in silence.
package final class EventReader: Sequence, IteratorProtocol {
    /// Lines so far that were no events.
    package private(set) var malformedLines = 0

    private var lines: LineReader

    init(path: String) throws(TranscriptError) {
        lines = try LineReader(path: path, buffer: 64 * 1024)
        // The header is the first line; whoever opened the transcript has read it.
        _ = lines.next { _ in }
    }

    package func next() -> Event? {
        while let line = lines.next(Event.parse) {
            switch line {
            case .event(let event): return event
            case .unknown: continue
            case .malformed: malformedLines += 1
            }
        }
        return nil
    }
}
