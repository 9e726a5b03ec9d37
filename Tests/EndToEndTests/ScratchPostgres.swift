import Foundation
import Glibc
import TestServer

/// A PostgreSQL server on a Unix socket in a folder of its own, which anyone may use as `postgres`.
///
/// It refuses to run as root; there it runs as the user of Debian's package.
final class ScratchPostgres: Sendable {
    let folder: ScratchFolder
    private let process: ChildProcess

    /// The programs of the newest version that is installed; Debian has them off the PATH.
    private static let programs: String? = {
        let all = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: all)) ?? []
        return versions.compactMap { Int($0) }.max().map { "\(all)/\($0)/bin" }
    }()

    static let isPossible =
        programs != nil && Tool.find("psql") != nil
        && (getuid() != 0 || getpwnam("postgres") != nil)

    init() throws {
        let folder = try ScratchFolder("pg")
        do {
            let user = getuid() == 0 ? getpwnam("postgres") : nil
            if let user { chown(folder.path, user.pointee.pw_uid, user.pointee.pw_gid) }
            let data = folder.file("data")
            let made = try ChildProcess.run(
                "/bin/sh",
                Self.command(
                    "initdb",
                    ["-D", data, "-A", "trust", "-U", "postgres", "-N"]
                        + ["--locale=C.UTF-8", "--no-instructions"]))
            guard made.status == .exited(0) else {
                throw TestServerError(.program, "cannot make a database", made.errorOutput)
            }
            process = try ChildProcess(
                "/bin/sh",
                Self.command(
                    "postgres",
                    ["-D", data, "-k", folder.path, "-F"]
                        + ["-c", "listen_addresses=", "-c", "lc_messages=C"]),
                output: .discarded, error: .file(folder.file("log")))
            self.folder = folder
            try eventually("PostgreSQL") {
                let log = String(decoding: (try? folder.read("log")) ?? [], as: UTF8.self)
                if let status = process.process.currentStatus {
                    throw TestServerError(.program, "cannot start PostgreSQL", "\(status) \(log)")
                }
                return log.contains("database system is ready")
            }
        } catch {
            folder.remove()
            throw error
        }
    }

    deinit { remove() }

    func remove() {
        process.stop()
        folder.remove()
    }

    /// Arguments of sh(1) that become one of its programs, as the user that may run them.
    private static func command(_ name: String, _ arguments: [String]) -> [String] {
        let become =
            getuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : ""
        return ["-c", "exec \(become)\"$0\" \"$@\"", "\(programs ?? "")/\(name)"] + arguments
    }
}
