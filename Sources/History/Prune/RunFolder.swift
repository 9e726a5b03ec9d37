internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The folder of one month's runs, opened so that nothing outside of it can be reached from it.
///
/// No link is followed below the folder of all runs, whatever stands there in the place of a month.
struct RunFolder: ~Copyable {
    /// A transcript with what belongs to it.
    struct Item {
        let run: RunID
        /// Its files: the transcript first, then those named after it.
        var names: [String]
        /// What they take together, in bytes.
        var size: Int
    }

    private let year: Int32
    private let month: Int32
    private let name: String
    let path: String

    /// Nil where there is no such folder, or a link stands in its place.
    init?(_ month: RunFiles.Month, in files: RunFiles) {
        let words = month.name.split(separator: "/").map(String.init)
        guard words.count == 2 else { return nil }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let runs = open(files.folder, flags)
        guard runs >= 0 else { return nil }
        defer { close(runs) }
        let year = openat(runs, words[0], flags | O_NOFOLLOW)
        guard year >= 0 else { return nil }
        let opened = openat(year, words[1], flags | O_NOFOLLOW)
        guard opened >= 0 else {
            close(year)
            return nil
        }
        self.year = year
        self.month = opened
        name = words[1]
        path = month.path
    }

    deinit {
        close(month)
        close(year)
    }

    /// The transcripts in the folder that are files, with what is named after them; oldest first.
    func items() -> [Item] {
        var items: [RunID: Item] = [:]
        var others: [(RunID, String, Int)] = []
        FolderListing.each(in: month) { name, _ in
            guard name.utf8.count >= RunID.length + 5, let run = RunID(name.prefix(RunID.length)),
                case let rest = name.dropFirst(RunID.length), let size = size(of: name)
            else { return }
            if rest == ".cast" {
                items[run] = Item(run: run, names: [name], size: size)
            } else if rest.hasPrefix(".cast.") {
                others.append((run, name, size))
            }
        }
        for (run, name, size) in others {
            items[run]?.names.append(name)
            items[run]?.size += size
        }
        return items.values.sorted { $0.run < $1.run }
    }

    /// Whether somebody records it at this moment.
    func isRunning(_ item: Item) -> Bool {
        let descriptor = openTranscript(item)
        guard descriptor >= 0 else { return false }
        defer {
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
        return !TranscriptLock.take(descriptor)
    }

    /// Removes a transcript and what belongs to it; the reason where that did not work.
    ///
    /// It is locked while that is done: a job's transcript may be completed at any moment.
    func remove(_ item: Item) -> String? {
        let descriptor = openTranscript(item)
        guard descriptor >= 0 else { return explanation(of: errno) }
        defer { close(descriptor) }
        guard TranscriptLock.take(descriptor) else { return "it is running" }
        // The transcript goes last: what belongs to it would be nobody's without it.
        for name in item.names.reversed() where unlinkat(month, name, 0) != 0 && errno != ENOENT {
            return explanation(of: errno)
        }
        return nil
    }

    /// What killed scrubs have left here.
    var leftovers: ScrubLeftovers { ScrubLeftovers(in: month) }

    /// Removes it; how many files are gone, and what they took.
    func removeLeftovers() -> (files: Int, bytes: Int) { leftovers.remove(from: month) }

    /// Removes the folder, and that of the year, if nothing is left in them.
    func removeIfEmpty(in files: RunFiles) {
        guard unlinkat(year, name, AT_REMOVEDIR) == 0, let slash = path.lastIndex(of: "/") else {
            return
        }
        rmdir(String(path[..<slash]))
    }

    // MARK: - Files

    private func openTranscript(_ item: Item) -> Int32 {
        openat(month, item.names[0], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }

    /// The size of a file; nil for what is none, links among them.
    private func size(of name: String) -> Int? {
        var status = stat()
        guard fstatat(month, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(status.st_size)
    }

}
