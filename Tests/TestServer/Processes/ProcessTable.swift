import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A process as /proc shows it (proc(5)).
package struct ProcessEntry: Sendable, Hashable {
    package let pid: Int32
    package let parent: Int32
    package let session: Int32
    /// Ticks since boot; with the pid it names a process for good.
    package let startTime: UInt64
    package let isZombie: Bool
    /// The words of the command line; a kernel thread or zombie has none.
    package let commandLine: [String]
    /// Empty where it is not ours to read.
    package let environment: [String]
}

/// The processes of this machine.
package enum ProcessTable {
    package static func all() -> [ProcessEntry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap(entry)
    }

    /// The process with this number, or nil where there is none.
    package static func entry(_ pid: Int32) -> ProcessEntry? {
        guard let stat = contents(of: "/proc/\(pid)/stat"),
            // The name in parentheses may hold anything, so count from the last one.
            let end = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: stat[(end + 2)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
            let start = UInt64(fields[19])
        else { return nil }
        return ProcessEntry(
            pid: pid, parent: parent, session: session, startTime: start,
            isZombie: fields[0] == "Z" || fields[0] == "X",
            commandLine: words(of: "/proc/\(pid)/cmdline"),
            environment: words(of: "/proc/\(pid)/environ"))
    }

    /// The children of a process, their children, and so on; not the process itself.
    package static func descendants(of pid: Int32, in table: [ProcessEntry]) -> [ProcessEntry] {
        let children = Dictionary(grouping: table, by: \.parent)
        var found: [ProcessEntry] = []
        var pending = [pid]
        while let next = pending.popLast() {
            let theirs = (children[next] ?? []).filter { $0.pid != next }
            found += theirs
            pending += theirs.map(\.pid)
        }
        return found
    }

    /// The descendants of a process and everyone in its session, the process itself left out.
    package static func family(of pid: Int32) -> [ProcessEntry] {
        let table = all()
        let members = Set(descendants(of: pid, in: table))
        return Array(members.union(table.filter { $0.session == pid && $0.pid != pid }))
    }

    /// Ends these processes, and returns when none is left but as a zombie.
    ///
    /// A zombie that was handed to process 1 stays for as long as that does not reap it.
    package static func kill(_ entries: [ProcessEntry]) {
        for entry in entries where isRunning(entry) { _ = Glibc.kill(entry.pid, SIGKILL) }
        for entry in entries {
            while isRunning(entry) { usleep(2_000) }
        }
    }

    /// Whether this very process, not a later one of the same number, still runs.
    package static func isRunning(_ entry: ProcessEntry) -> Bool {
        guard let now = self.entry(entry.pid) else { return false }
        return now.startTime == entry.startTime && !now.isZombie
    }

    /// The most memory a process has had at once, in KiB (VmHWM), or nil once it has ended.
    package static func peakMemory(of pid: Int32) -> Int? {
        guard let status = contents(of: "/proc/\(pid)/status") else { return nil }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
            .flatMap { Int($0) }
    }

    private static func words(of path: String) -> [String] {
        (contents(of: path) ?? []).split(separator: 0, omittingEmptySubsequences: false)
            .dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
        var all: [UInt8] = []
        while let chunk = try? file.read(), !chunk.isEmpty { all += chunk }
        return all
    }
}
