import Glibc
import LocalTerminal
import TestServer

/// A pseudo-terminal that no program has, for looking at modes.
final class PrivateTerminal: Sendable {
    let master: CInt
    let slave: CInt
    let device: String

    init() throws {
        var ends: (master: CInt, slave: CInt) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&ends.master, &ends.slave, &name, nil, nil) == 0 else {
            throw TestServerError(.program, "cannot open a pseudo-terminal", "errno \(errno)")
        }
        for end in [ends.master, ends.slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        master = ends.master
        slave = ends.slave
        device = name.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    deinit {
        close(master)
        close(slave)
    }

    var terminal: Terminal { Terminal(descriptor: slave) }

    /// Changes settings, and returns what is printed, in the words of stty(1).
    @discardableResult
    func stty(_ words: [String]) throws -> String {
        let result = try ChildProcess.run(try Tool.path("stty"), ["-F", device] + words)
        guard result.status == .exited(0) else {
            throw TestServerError(.program, "cannot set terminal modes", result.errorOutput)
        }
        return result.output
    }

    func resize(_ size: winsize) {
        var size = size
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
    }
}
