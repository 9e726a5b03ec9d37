import Foundation

/// A value that several threads share, and whose changes a thread can wait for.
///
/// Every `withLock` wakes those who wait, so that a wait is for a condition and never for time.
package final class Watched<State>: @unchecked Sendable {
    // Safe to share: `state` is only touched between `lock` and `unlock`.
    private let condition = NSCondition()
    private var state: State

    package init(_ state: State) {
        self.state = state
    }

    @discardableResult
    package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&state)
    }

    /// The first result of `probe` that is not nil, or nil when `timeout` has passed.
    ///
    /// `probe` is asked at the start, and again after each change. No timeout waits for ever.
    package func wait<Result>(
        _ timeout: Duration? = nil, until probe: (inout State) throws -> Result?
    ) rethrows -> Result? {
        let limit = timeout.map { Date().addingTimeInterval($0.inSeconds) }
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try probe(&state) { return result }
            guard let limit else {
                condition.wait()
                continue
            }
            if !condition.wait(until: limit) { return try probe(&state) }
        }
    }
}

extension Duration {
    /// The length in seconds, fractions included.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

/// A thread that runs one closure, and that can be waited for.
package final class Worker: Sendable {
    private let ended = Watched(false)

    package init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [ended] in
            body()
            ended.withLock { $0 = true }
        }
        thread.name = name
        thread.start()
    }

    /// Waits for the closure to return; says whether it did so in time.
    @discardableResult
    package func join(_ timeout: Duration? = nil) -> Bool {
        ended.wait(timeout) { $0 ? true : nil } ?? false
    }
}
