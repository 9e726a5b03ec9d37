#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// The text of an error number, lower case as all our messages are.
package func describe(errno number: CInt) -> String {
    let text = String(cString: strerror(number))
    return text.prefix(1).lowercased() + text.dropFirst()
}

/// Repeats a system call while a signal interrupts it; -1 and `errno` pass through.
func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Waits until one of the entries is ready or the deadline passes; false when it passed.
///
/// A signal that arrives ends the wait early and counts as ready, so that its byte is seen.
@discardableResult
package func wait(for entries: inout [pollfd], until deadline: Deadline) -> Bool {
    let count = poll(&entries, nfds_t(entries.count), deadline.pollTimeout)
    if count > 0 { return true }
    for index in entries.indices { entries[index].revents = 0 }
    return count < 0 && errno == EINTR
}
