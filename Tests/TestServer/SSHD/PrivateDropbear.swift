import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Debian's `dropbear` on a free port of 127.0.0.1, with fresh keys.
///
/// It looks for authorized_keys in the user's home and nowhere else, so libnss_wrapper tells it of one
/// user, who runs the tests and whose home is in its folder. No real account is touched.
package final class PrivateDropbear: TestHost {
    package let folder: ScratchFolder
    package let port: Int
    package let user: String
    package let userKeys: [KeyPair]
    package let knownHostsFile: String
    private let hostKey: KeyPair
    private let reservation: ReservedPort
    private let process: ChildProcess

    /// Whether it and what it takes are installed.
    package static let isInstalled =
        Tool.find("dropbear") != nil && Tool.find("dropbearconvert") != nil

    /// Starts it; the first of `userKeys`, all of which may log in, is `identityFile`.
    package init(userKeys kinds: [KeyPair.Kind] = [.ed25519]) throws {
        let folder = try ScratchFolder("dropbear")
        do {
            reservation = try ReservedPort()
            let port = reservation.number
            hostKey = try KeyPair(in: folder, name: "host")
            userKeys = try kinds.map { try KeyPair($0, in: folder, name: "id_\($0)") }
            user = NSUserName()
            knownHostsFile = try folder.write(
                "[127.0.0.1]:\(port) \(hostKey.publicKeyLine)\n", to: "known_hosts")
            let authorized = userKeys.map { "\($0.publicKeyLine)\n" }.joined()
            try folder.write(authorized, to: "home/.ssh/authorized_keys")
            for name in ["home", "home/.ssh"] { chmod(folder.file(name), 0o700) }
            let converted = try ChildProcess.run(
                try Tool.path("dropbearconvert"),
                ["openssh", "dropbear", hostKey.identityFile, folder.file("host.dropbear")])
            guard converted.status == .exited(0) else {
                throw TestServerError(.program, "cannot convert a key", converted.errorOutput)
            }
            let account = "\(user):*:\(getuid()):\(getgid())::\(folder.file("home")):/bin/bash\n"
            process = try ChildProcess(
                try Tool.path("dropbear"),
                ["-F", "-E", "-m", "-s", "-P", folder.file("pid"), "-p", "127.0.0.1:\(port)"]
                    + ["-r", folder.file("host.dropbear")],
                environment: [
                    "PATH": "/usr/local/bin:/usr/bin:/bin", "LD_PRELOAD": "libnss_wrapper.so",
                    "NSS_WRAPPER_PASSWD": try folder.write(account, to: "passwd"),
                    "NSS_WRAPPER_SHADOW": try folder.write("\(user):*:19000::::::\n", to: "shadow"),
                    "NSS_WRAPPER_GROUP": "/etc/group",
                ], output: .discarded, error: .file(folder.file("log")))
            self.folder = folder
            self.port = port
            try waitUntilItListens()
        } catch {
            folder.remove()
            throw error
        }
    }

    deinit { remove() }

    package var identityFile: String { userKeys.first?.identityFile ?? "" }
    package var hostKeyLine: String { hostKey.publicKeyLine }
    package var hostKeyFingerprint: String { hostKey.fingerprint }

    /// All that it logged.
    package var log: String {
        String(decoding: (try? folder.read("log")) ?? [], as: UTF8.self)
    }

    /// Ends it with all its sessions, and removes its files.
    package func remove() {
        process.stop()
        reservation.release()
        folder.remove()
    }

    private func waitUntilItListens() throws {
        let limit = ContinuousClock.now + .seconds(60)
        while (try? connectedSocket(port: port))?.close() == nil {
            guard process.process.currentStatus == nil, ContinuousClock.now < limit else {
                throw TestServerError(.program, "cannot start dropbear", log)
            }
            usleep(5_000)
        }
    }
}

/// Gives `body` a running dropbear, ended with all its sessions and files afterwards; its log is printed
/// when `body` throws or records an issue.
package func withDropbear<Result>(
    userKeys: [KeyPair.Kind] = [.ed25519], _ body: (PrivateDropbear) throws -> Result
) throws -> Result {
    let server = try PrivateDropbear(userKeys: userKeys)
    defer { server.remove() }
    return try reporting("dropbear's log", { server.log }) { try body(server) }
}
