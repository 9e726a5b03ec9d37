#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Plays the output of a transcript at the pace it was recorded at.
package struct Player {
    package enum End: Sendable, Equatable {
        case finished
        /// There was something to read on the interrupt descriptor.
        case interrupted
        /// Whoever read the output has gone.
        case outputClosed
    }

    /// How many times as fast as it was; 2 is double speed.
    package var speed = 1.0

    /// The longest that a pause is made to last, before `speed` is applied; nil for all of it.
    package var idleLimit: Duration?

    /// All at once, without any pause.
    package var instant = false

    /// A descriptor that stops the playing as soon as it can be read from; it is not read.
    package var interrupt: Int32?

    package init() {}

    /// Plays to a descriptor, terminal or not, and undoes there what the output left changed.
    package func play(_ transcript: Transcript, to output: Int32) throws(TranscriptError) -> End {
        var filter = TerminalFilter()
        let end = try play(try transcript.events(), through: &filter, to: output)
        if end != .outputClosed {
            var text = filter.modes.undoing
            _ = try write(&text, to: output, until: nil)
        }
        return end
    }

    private func play(
        _ events: EventReader, through filter: inout TerminalFilter, to output: Int32
    ) throws(TranscriptError) -> End {
        var text: [UInt8] = []
        var due = ContinuousClock.now
        var last = Duration.zero
        for event in events where event.code == .output {
            if !instant {
                due += pause(event.time - last)
                last = event.time
            }
            if !instant && due > .now {
                if let end = try write(&text, to: output, until: interrupt) { return end }
                if isInterrupted(before: due) { return .interrupted }
            }
            filter.filter(event.data, into: &text)
            guard text.count >= 32 * 1024 else { continue }
            if let end = try write(&text, to: output, until: interrupt) { return end }
        }
        return try write(&text, to: output, until: interrupt) ?? .finished
    }

    private func pause(_ recorded: Duration) -> Duration {
        let limited = min(recorded, idleLimit ?? recorded)
        return limited / max(speed, 0.001)
    }

    /// Waits for a moment; true if the interruption came first.
    private func isInterrupted(before due: ContinuousClock.Instant) -> Bool {
        var watched = pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0)
        while true {
            let rest = due - .now
            guard rest > .zero else { return false }
            let milliseconds = Int32(min(rest / .milliseconds(1) + 1, 60_000))
            if poll(&watched, 1, milliseconds) > 0 { return true }
        }
    }

    /// Writes all the text and empties it; nil when that went well.
    private func write(
        _ text: inout [UInt8], to output: Int32, until interrupt: Int32?
    ) throws(TranscriptError) -> End? {
        defer { text.removeAll(keepingCapacity: true) }
        var written = 0
        while written < text.count {
            var watched = [
                pollfd(fd: output, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, -1) > 0 else { continue }
            if watched[1].revents != 0 { return .interrupted }
            let result = text.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(4096))
                #if canImport(Darwin)
                    return Darwin.write(output, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    return Musl.write(output, rest.baseAddress, rest.count)
                #else
                    return Glibc.write(output, rest.baseAddress, rest.count)
                #endif
            }
            if result >= 0 {
                written += result
            } else if errno == EPIPE {
                return .outputClosed
            } else if errno != EINTR && errno != EAGAIN {
                throw TranscriptError(
                    .output, attempted: "cannot write the replay",
                    underlying: explanation(of: errno))
            }
        }
        return nil
    }
}
