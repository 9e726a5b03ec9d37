#if canImport(Glibc)
    import Glibc
#endif

/// The one error of this module.
package struct TestServerError: Error, CustomStringConvertible, Sendable {
    /// What kind of thing went wrong; callers switch on this, never on text.
    package enum Code: Sendable, Equatable {
        /// A system call returned an error number.
        case system(Int32)
        /// A condition did not come about before its deadline.
        case deadline
        /// A program ended otherwise than it had to.
        case program
        /// Bytes from the other side do not follow the protocol.
        case protocolViolation
        /// The other side ended the connection.
        case connectionEnded
    }

    package let code: Code
    package let attempted: String
    package let underlying: String
    package let hint: String?

    package init(_ code: Code, _ attempted: String, _ underlying: String, hint: String? = nil) {
        self.code = code
        self.attempted = attempted
        self.underlying = underlying
        self.hint = hint
    }

    package var message: String { "\(attempted): \(underlying)" }

    package var description: String { hint.map { "\(message)\n\($0)" } ?? message }

    /// The error for a call that has just set `errno`.
    static func system(_ attempted: String, _ number: Int32 = errno) -> TestServerError {
        TestServerError(.system(number), attempted, String(cString: strerror(number)).lowercased())
    }

    /// The error for a wait that came to its end; `seen` is all there was instead.
    static func deadline(_ awaited: String, after time: Duration, seen: String)
        -> TestServerError
    {
        TestServerError(
            .deadline, "cannot wait longer for \(awaited)", "\(time) went by",
            hint: "seen until then:\n\(seen)")
    }
}

/// Repeats a call for as long as a signal interrupts it, and throws what it says otherwise.
@discardableResult
func retrying<Result: SignedInteger>(
    _ attempted: @autoclosure () -> String, _ call: () -> Result
) throws(TestServerError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        if errno != EINTR { throw .system(attempted()) }
    }
}
