#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What a scrub that was killed has left in a folder: `.scrub.PID.N`, as large as a transcript.
///
/// It may hold most of what a transcript holds, and nobody else knows of it.
package struct ScrubLeftovers {
    package struct File {
        package let name: String
        /// In bytes.
        package let size: Int
    }

    /// The files whose process has gone.
    package let files: [File]

    /// Looks in an open folder; changes nothing.
    package init(in folder: Int32) {
        var found: [File] = []
        FolderListing.each(in: folder) { name, _ in
            var status = stat()
            guard let process = Self.process(name), Self.hasGone(process),
                fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { return }
            found.append(File(name: name, size: Int(status.st_size)))
        }
        files = found
    }

    /// Removes them from the folder they were found in; how many are gone, and what they took.
    @discardableResult
    package func remove(from folder: Int32) -> (files: Int, bytes: Int) {
        let gone = files.filter { unlinkat(folder, $0.name, 0) == 0 }
        return (gone.count, gone.reduce(0) { $0 + $1.size })
    }

    /// The name of a file that a process writes anew, in the folder of the old one.
    static func name(of process: Int32) -> String {
        "\(prefix)\(process).\(UInt32.random(in: 0 ... .max))"
    }

    private static let prefix = ".scrub."

    private static func process(_ name: String) -> Int32? {
        guard name.hasPrefix(prefix) else { return nil }
        let words = name.dropFirst(prefix.count).split(separator: ".")
        guard words.count == 2, UInt32(words[1]) != nil else { return nil }
        return Int32(words[0]).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func hasGone(_ process: Int32) -> Bool {
        kill(process, 0) != 0 && errno == ESRCH
    }
}
