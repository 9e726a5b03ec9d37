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
