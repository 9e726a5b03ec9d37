package import Transcripts

/// The runs of a state folder, newest first: by the index, and by the files where that is no help.
package struct HistoryStore: Sendable {
    private let stateFolder: String
    private let files: RunFiles
    private let patience: Duration
    private let tell: @Sendable (String) -> Void

    /// `tell` is given what the user should know: that the index is of no use, or is being filled.
    ///
    /// `patience` is how long others may keep the index locked.
    package init(
        stateFolder: String, patience: Duration = .seconds(1),
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.stateFolder = stateFolder
        self.patience = patience
        self.tell = tell
        files = RunFiles(stateFolder: stateFolder)
    }

    /// Whether anything was recorded; where nothing was, nothing is created.
    var hasRuns: Bool { !files.months.isEmpty }

    /// The newest runs that a filter asks for, as many as wanted or all of them.
    ///
    /// `most` is how many transcripts may be read to fill the index before the files are asked instead.
    package func runs(
        matching filter: HistoryFilter = HistoryFilter(), limit: Int? = nil, most: Int = .max
    ) -> [HistoryEntry] {
        guard hasRuns else { return [] }
        do {
            return try HistoryIndex.use(in: stateFolder, patience: patience) { index in
                try index.catchUp(most: most, tell: tellOfMany)
                return try index.entries(matching: filter, limit: limit)
            }
        } catch {
            if most == .max { tell("\(error.message); the transcripts are read instead") }
            return newest(limit: limit, matching: filter)
        }
    }

    /// The apps that have runs.
    package func apps() -> [String] {
        guard hasRuns else { return [] }
        let known = try? HistoryIndex.use(in: stateFolder, patience: patience) { try $0.apps() }
        return known ?? Array(Set(newest().map(\.app))).filter { !$0.isEmpty }
    }

    /// Makes the index anew from the transcripts; throws `noIndex` where that cannot be.
    package func rebuild() throws(HistoryError) {
        guard hasRuns else { return }
        try HistoryIndex.use(in: stateFolder, patience: patience) { index in
            try index.rebuild(tell: tellOfMany)
        }
    }

    /// Takes a run out of the index, with every trace of its text.
    ///
    /// For those who have changed a transcript. Throws `noIndex` where the index cannot be written; the
    /// next reader finds the change by itself then, if the file is a new one.
    package func forget(_ run: RunID) throws(HistoryError) {
        guard hasRuns else { return }
        try HistoryIndex.use(in: stateFolder, patience: patience) { try $0.forget(run) }
    }

    /// Takes runs out of the index whose transcripts are gone, with every trace of their texts.
    ///
    /// Where that does not work now, the next reader does it.
    func forgetRemoved() {
        _ = try? HistoryIndex.use(in: stateFolder, patience: patience) { index in
            try index.catchUp()
            try index.leaveNoTrace()
        }
    }

    /// The detached jobs whose ids begin like that, of one target or of all; newest first.
    ///
    /// One that could not be started is none.
    package func jobs(
        beginningWith prefix: String = "", target: String? = nil, limit: Int = .max
    ) -> [HistoryEntry] {
        var filter = HistoryFilter()
        filter.isJob = true
        filter.prefix = prefix
        let names = target?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
        filter.app = names.first
        filter.deployment = names.count > 1 ? names[1] : nil
        return runs(matching: filter, limit: limit == .max ? nil : limit)
    }

    /// More than this are worth a line while they are read.
    private static let many = 2000

    func tellOfMany(_ count: Int) {
        if count > Self.many {
            tell("reading \(count) transcripts into the index; this is done once")
        }
    }
}

// MARK: - By the files

extension HistoryStore {
    /// The newest runs as their files tell of them; those that are not asked for are not opened.
    package func newest(
        limit: Int? = nil, matching filter: HistoryFilter = HistoryFilter()
    ) -> [HistoryEntry] {
        var found: [HistoryEntry] = []
        for month in files.months {
            let contents = files.contents(of: month)
            for run in contents.files.map(\.run).sorted(by: >) where filter.includes(run) {
                if let limit, found.count >= limit { return found }
                let entry = HistoryEntry(
                    run: run, path: files.path(of: run, in: month.name),
                    isPinned: contents.pinned.contains(run))
                if filter.includes(entry) { found.append(entry) }
            }
        }
        return found
    }

    /// The run that a text names: `last`, or a beginning of its id that no other run shares.
    package func find(_ text: String) throws(HistoryError) -> HistoryEntry {
        let attempted = "cannot find run \"\(CleanText.line(text))\""
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
        let candidates = files.months.flatMap { month in
            files.contents(of: month).files.filter { $0.run.description.hasPrefix(prefix) }
                .map { (run: $0.run, path: files.path(of: $0.run, in: month.name)) }
        }.sorted { $0.run > $1.run }
        guard let first = candidates.first else {
            throw HistoryError(
                .notFound, attempted: attempted, underlying: "no run begins like that",
                hint: "ccrun history lists all runs")
        }
        guard candidates.count == 1 else { throw ambiguity(of: candidates.map(\.run), attempted) }
        return HistoryEntry(run: first.run, path: first.path)
    }

    private func ambiguity(of candidates: [RunID], _ attempted: String) -> HistoryError {
        let shown = candidates.prefix(5).map(\.description).joined(separator: ", ")
        let more = candidates.count > 5 ? ", and \(candidates.count - 5) more" : ""
        return HistoryError(
            .ambiguous, attempted: attempted,
            underlying: "\(candidates.count) runs begin like that: \(shown)\(more)",
            hint: "add characters until one is left")
    }

    /// Keeps a run, however old it grows, or lets it go again; true if that changed anything.
    package func pin(_ entry: HistoryEntry, _ isPinned: Bool) throws(HistoryError) -> Bool {
        try Pin.set(isPinned, beside: entry.path)
    }
}
