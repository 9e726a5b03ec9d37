import Testing

@testable import SSH

/// Deadlines, and their arithmetic for poll(2).
@Suite struct TransportDeadlineTests {
    @Test func `never does not pass, and waits for ever`() {
        #expect(!Deadline.never.hasPassed)
        #expect(Deadline.never.pollTimeout == -1)
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(-1_000_000)])
    func `a deadline that has passed does not wait`(duration: Duration) {
        let deadline = Deadline.after(duration)
        #expect(deadline.hasPassed)
        #expect(deadline.pollTimeout == 0)
    }

    @Test func `a deadline to come waits for what is left, rounded up`() {
        let deadline = Deadline.after(.seconds(1_000))
        let before = ContinuousClock.now
        let timeout = deadline.pollTimeout
        let spent = ContinuousClock.now - before
        #expect(!deadline.hasPassed)
        #expect(timeout <= 1_000_000)
        #expect(timeout > 900_000, "\(spent)")
    }

    @Test func `poll never returns before the deadline, which would spin`() {
        // Whatever is left, even a nanosecond, is at least one millisecond.
        for _ in 0..<1_000 {
            let deadline = Deadline.after(.microseconds(900))
            let timeout = deadline.pollTimeout
            let hasPassed = deadline.hasPassed
            #expect(timeout == 1 || hasPassed)
        }
    }

    @Test(arguments: [Duration.seconds(3_000_000), .milliseconds(Int64.max), .seconds(1 << 50)])
    func `a deadline further off than poll can wait is as far as it can`(duration: Duration) {
        #expect(Deadline.after(duration).pollTimeout == CInt.max)
    }

    @Test func `the earlier of two deadlines counts, and never is later than any`() {
        let now = ContinuousClock.now
        let soon = Deadline(instant: now + .seconds(1))
        let later = Deadline(instant: now + .seconds(2))
        #expect(soon.earlier(later) == soon)
        #expect(later.earlier(soon) == soon)
        #expect(soon.earlier(.never) == soon)
        #expect(Deadline.never.earlier(soon) == soon)
        #expect(Deadline.never.earlier(.never) == .never)
    }
}
