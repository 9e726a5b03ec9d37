import Testing

/// Gives `body` a running sshd, ended with all its sessions and files afterwards.
///
/// When `body` throws or records an issue, sshd's log is printed.
package func withSSHD<Result>(
    _ options: SSHDOptions = SSHDOptions(), isolation: isolated (any Actor)? = #isolation,
    _ body: (PrivateSSHD) async throws -> Result
) async throws -> Result {
    let server = try PrivateSSHD(options)
    defer { server.remove() }
    return try await reporting("sshd's log", { server.log }) { try await body(server) }
}

/// Gives `body` a running sshd, ended with all its sessions and files afterwards.
///
/// When `body` throws or records an issue, sshd's log is printed.
package func withSSHD<Result>(
    _ options: SSHDOptions = SSHDOptions(), _ body: (PrivateSSHD) throws -> Result
) throws -> Result {
    let server = try PrivateSSHD(options)
    defer { server.remove() }
    return try reporting("sshd's log", { server.log }) { try body(server) }
}

/// Prints `text` when `body` throws or records an issue.
///
/// The matcher of a known issue sees every issue; it disowns them all, so that they count as they
/// would without it.
func reporting<Result>(
    _ title: String, _ text: @escaping @Sendable () -> String,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async throws -> Result {
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
}

/// Prints `text` when `body` throws or records an issue.
func reporting<Result>(
    _ title: String, _ text: @escaping @Sendable () -> String, _ body: () throws -> Result
) throws -> Result {
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
}
