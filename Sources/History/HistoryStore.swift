internal import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// The transcripts of a state folder, newest first.
///
/// Run ids sort by time, so that the names of folders and files are index enough: what is not
/// asked for is not opened.
package struct HistoryStore: Sendable {
    private let runsFolder: String

    package init(stateFolder: String) {
        runsFolder = StateFolder.runs(in: stateFolder)
    }

    /// The newest runs, as many as wanted or all of them; empty where nothing was recorded yet.
    package func newest(limit: Int? = nil) -> [HistoryEntry] {
        files(limit: limit).map { HistoryEntry(run: $0.run, path: $0.path) }
    }

    /// The run that a text names: `last`, or a beginning of its id that no other run shares.
    package func find(_ text: String) throws(HistoryError) -> HistoryEntry {
        let attempted = "cannot find run \"\(text)\""
        if text == "last" {
            guard let last = newest(limit: 1).first else {
                throw HistoryError(
                    .notFound, attempted: attempted, underlying: "nothing was recorded yet",
                    hint: "run something first, without --no-record")
            }
            return last
        }
        guard let prefix = RunID.canonical(prefix: text) else {
            throw HistoryError(
                .malformed, attempted: attempted, underlying: "that can begin no run id",
                hint: "name a run by the beginning of its id in ccrun history, or say last")
        }
        let candidates = files(limit: nil) { $0.hasPrefix(prefix) }
        guard let first = candidates.first else {
            throw HistoryError(
                .notFound, attempted: attempted, underlying: "no run begins like that",
                hint: "ccrun history lists all runs")
        }
        guard candidates.count == 1 else { throw ambiguity(of: candidates, attempted) }
        return HistoryEntry(run: first.run, path: first.path)
    }

    /// The detached jobs whose ids begin like that, of one target or of all; newest first.
    ///
    /// One that could not be started is none.
    package func jobs(
        beginningWith prefix: String = "", target: String? = nil, limit: Int = .max
    ) -> [HistoryEntry] {
        let entries = files(limit: nil) { $0.hasPrefix(prefix) }.lazy
            .map { HistoryEntry(run: $0.run, path: $0.path) }
            .filter { entry in
                entry.isDetached && entry.end != .cancelled
                    && (target == nil || entry.target == target)
            }
        return Array(entries.prefix(limit))
    }

    private func ambiguity(of candidates: [File], _ attempted: String) -> HistoryError {
        let shown = candidates.prefix(5).map(\.run.description).joined(separator: ", ")
        let more = candidates.count > 5 ? ", and \(candidates.count - 5) more" : ""
        return HistoryError(
            .ambiguous, attempted: attempted,
            underlying: "\(candidates.count) runs begin like that: \(shown)\(more)",
            hint: "add characters until one is left")
    }

    // MARK: - Files

    private struct File {
        let run: RunID
        let path: String
    }

    private func files(limit: Int?, where isWanted: (String) -> Bool = { _ in true }) -> [File] {
        var found: [File] = []
        for year in names(in: runsFolder) {
            for month in names(in: "\(runsFolder)/\(year)") {
                let folder = "\(runsFolder)/\(year)/\(month)"
                for name in names(in: folder) where isWanted(name) {
                    if let limit, found.count >= limit { return found }
                    guard name.hasSuffix(".cast"), let run = RunID(name.dropLast(5)) else {
                        continue
                    }
                    found.append(File(run: run, path: "\(folder)/\(name)"))
                }
            }
        }
        return found
    }

    /// The names in a folder, last in the alphabet first; none where there is no such folder.
    private func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted(by: >)
    }
}
