// A statically linked build has no Testing module to import, and runs no tests either.
#if canImport(Testing)
    import Testing
#endif

/// Prints `text` when `body` throws or records an issue.
///
/// The matcher of a known issue sees every issue; it disowns them all, so that they count as they
/// would without it.
func reporting<Result>(
    _ title: String, _ text: @escaping @Sendable () -> String,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async throws -> Result {
    #if canImport(Testing)
        let hasIssue = Watched(false)
        var result: Result?
        defer { if hasIssue.withLock(\.self) { print("--- \(title)\n\(text())---") } }
        try await withKnownIssue(isIntermittent: true) {
            result = try await body()
        } matching: { _ in
            hasIssue.withLock { $0 = true }
            return false
        }
        guard let result else { throw TestServerError(.program, "cannot go on", "no result") }
        return result
    #else
        return try await body()
    #endif
}

/// Prints `text` when `body` throws or records an issue.
func reporting<Result>(
    _ title: String, _ text: @escaping @Sendable () -> String, _ body: () throws -> Result
) throws -> Result {
    #if canImport(Testing)
        let hasIssue = Watched(false)
        var result: Result?
        defer { if hasIssue.withLock(\.self) { print("--- \(title)\n\(text())---") } }
        try withKnownIssue(isIntermittent: true) {
            result = try body()
        } matching: { _ in
            hasIssue.withLock { $0 = true }
            return false
        }
        guard let result else { throw TestServerError(.program, "cannot go on", "no result") }
        return result
    #else
        return try body()
    #endif
}
