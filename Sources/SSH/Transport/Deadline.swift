#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment by which a wait has to be over; `never` for waits that only their cause ends.
package struct Deadline: Sendable, Equatable {
    package let instant: ContinuousClock.Instant?

    package static let never = Deadline(instant: nil)

    package init(instant: ContinuousClock.Instant?) {
        self.instant = instant
    }

    package static func after(_ duration: Duration) -> Deadline {
        Deadline(instant: .now + duration)
    }

    package var hasPassed: Bool {
        instant.map { $0 <= .now } ?? false
    }

    /// The time left as poll(2) wants it: milliseconds rounded up, 0 when passed, -1 for never.
    package var pollTimeout: CInt {
        guard let instant else { return -1 }
        let left = ContinuousClock.now.duration(to: instant)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        let milliseconds =
            seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return CInt(clamping: milliseconds)
    }

    package func earlier(_ other: Deadline) -> Deadline {
        guard let instant else { return other }
        guard let otherInstant = other.instant else { return self }
        return Deadline(instant: min(instant, otherInstant))
    }
}
