internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The files under the folder of all runs, by their names alone: nothing is opened.
///
/// Run ids sort by time, and so do the folders they are in.
struct RunFiles: Sendable {
    /// A folder of one month's runs.
    struct Month: Equatable {
        /// Year and month: `2026/11`.
        let name: String
        let path: String
        /// When a name in it last changed, in nanoseconds since 1970.
        let modified: Int64
    }

    struct File {
        let run: RunID
        /// As the folder lists it; a file that was written anew has another one.
        let inode: Int64
    }

    struct Contents {
        var files: [File] = []
        /// The runs that have a mark beside them which says to keep them.
        var pinned: Set<RunID> = []
    }

    let folder: String

    init(stateFolder: String) {
        folder = StateFolder.runs(in: stateFolder)
    }

    /// The months that there are, newest first; empty where nothing was recorded yet.
    var months: [Month] {
        names(in: folder, length: 4).flatMap { year in
            names(in: "\(folder)/\(year)", length: 2).compactMap { month in
                let name = "\(year)/\(month)"
                let path = "\(folder)/\(name)"
                var status = stat()
                guard stat(path, &status) == 0 else { return nil }
                return Month(name: name, path: path, modified: status.modified)
            }
        }
    }

    func path(of run: RunID, in month: String) -> String {
        "\(folder)/\(month)/\(run).cast"
    }

    /// The transcripts of a month and its marks, in no order.
    func contents(of month: Month) -> Contents {
        var contents = Contents()
        FolderListing.each(at: month.path) { name, inode in
            if name.count == RunID.length + 5, name.hasSuffix(".cast"),
                let run = RunID(name.prefix(RunID.length))
            {
                contents.files.append(File(run: run, inode: inode))
            } else if name.hasSuffix(Pin.suffix), let run = RunID(name.dropLast(Pin.suffix.count)) {
                contents.pinned.insert(run)
            }
        }
        return contents
    }

    /// The folders in a folder whose names are so many digits, the last one first.
    private func names(in folder: String, length: Int) -> [String] {
        var names: [String] = []
        FolderListing.each(at: folder) { name, _ in
            if name.utf8.count == length, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                names.append(name)
            }
        }
        return names.sorted(by: >)
    }
}

extension stat {
    /// When the contents changed last, in nanoseconds since 1970.
    var modified: Int64 {
        #if canImport(Darwin)
            let time = st_mtimespec
        #else
            let time = st_mtim
        #endif
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
