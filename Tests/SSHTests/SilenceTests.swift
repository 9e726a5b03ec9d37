import Testing

@testable import SSH

/// When a silent server is asked for a sign of life, and when it is given up.
@Suite struct SilenceTests {
    private static let start = ContinuousClock.now

    private static func after(_ seconds: Double) -> ContinuousClock.Instant {
        start + .seconds(seconds)
    }

    private static func silence(interval: Duration = .seconds(7), count: Int = 1) -> Silence {
        Silence(interval: interval, count: count, now: start)
    }

    @Test func `by default a lost connection is told within 15 s`() {
        #expect(Silence().limit <= .seconds(15))
        var silence = Silence(now: Self.start)
        #expect(silence.step(at: Self.after(6.9), backlog: 0, acknowledged: 0) == .nothing)
        #expect(silence.step(at: Self.after(7), backlog: 0, acknowledged: 0) == .ask)
        #expect(silence.step(at: Self.after(13.9), backlog: 0, acknowledged: 99) == .nothing)
        #expect(silence.step(at: Self.after(14), backlog: 0, acknowledged: 99) == .giveUp)
    }

    @Test func `what comes begins it anew`() {
        var silence = Self.silence()
        #expect(silence.step(at: Self.after(7), backlog: 0, acknowledged: 0) == .ask)
        silence.hear(at: Self.after(8))
        #expect(silence.nextTurn == Deadline(instant: Self.after(15)))
        #expect(silence.step(at: Self.after(14.5), backlog: 0, acknowledged: 0) == .nothing)
        #expect(silence.step(at: Self.after(15), backlog: 0, acknowledged: 0) == .ask)
    }

    @Test func `interval and count are ssh's`() {
        var silence = Self.silence(interval: .seconds(10), count: 3)
        #expect(silence.limit == .seconds(40))
        #expect(silence.step(at: Self.after(10), backlog: 0, acknowledged: 0) == .ask)
        #expect(silence.step(at: Self.after(39), backlog: 0, acknowledged: 0) == .nothing)
        #expect(silence.step(at: Self.after(40), backlog: 0, acknowledged: 0) == .giveUp)
    }

    @Test func `after a stop of our own the server has its time again`() {
        var silence = Self.silence()
        #expect(silence.step(at: Self.after(3600), backlog: 0, acknowledged: 0) == .ask)
        #expect(silence.step(at: Self.after(7200), backlog: 0, acknowledged: 0) == .nothing)
        #expect(silence.step(at: Self.after(7207), backlog: 0, acknowledged: 0) == .giveUp)
    }

    @Test
    func `a long input that goes out slowly is a sign of life, one that stands still is none`() {
        var silence = Self.silence()
        #expect(silence.step(at: Self.after(7), backlog: 1 << 20, acknowledged: 500) == .ask)
        #expect(silence.step(at: Self.after(14), backlog: 1 << 19, acknowledged: 900) == .nothing)
        #expect(silence.step(at: Self.after(21), backlog: 1 << 18, acknowledged: 1300) == .nothing)
        #expect(silence.step(at: Self.after(28), backlog: 1 << 18, acknowledged: 1300) == .giveUp)
    }
}
