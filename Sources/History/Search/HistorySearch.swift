internal import Transcripts

/// Looks for something in the commands and the output of runs, newest first.
package struct HistorySearch {
    /// Ends a search: enough was found.
    package struct Enough: Error {
        package init() {}
    }

    private let stateFolder: String
    private let patience: Duration
    private let tell: @Sendable (String) -> Void
    private let matcher: any TextMatcher
    private let filter: HistoryFilter
    /// How many lines around a hit are wanted.
    private let context: Int
    private let body: ([SearchHit]) throws -> Void

    /// Prepares a search; `body` is given the hits of one run after the other, and may throw `Enough`.
    ///
    /// `tell` is as in `HistoryStore`.
    package init(
        stateFolder: String, for matcher: any TextMatcher, in filter: HistoryFilter, context: Int,
        patience: Duration = .seconds(1), tell: @escaping @Sendable (String) -> Void,
        _ body: @escaping ([SearchHit]) throws -> Void
    ) {
        self.stateFolder = stateFolder
        self.patience = patience
        self.tell = tell
        self.matcher = matcher
        self.filter = filter
        self.context = context
        self.body = body
    }

    /// Searches; throws what `body` throws, but for `Enough`.
    package func run() throws {
        let store = HistoryStore(stateFolder: stateFolder, patience: patience, tell: tell)
        guard store.hasRuns else { return }
        do {
            try search(store)
        } catch is Enough {
            return
        }
    }

    private func search(_ store: HistoryStore) throws {
        // The last run that was looked at: from there the files go on if the index breaks.
        var last: RunID?
        var thrown: (any Error)?
        do {
            try HistoryIndex.use(in: stateFolder, patience: patience) { index in
                try index.catchUp(tell: store.tellOfMany)
                do {
                    try search(index, &last)
                } catch let error as Interruption {
                    thrown = error.underlying
                }
            }
        } catch {
            tell("\(error.message); the transcripts are read instead")
            for entry in store.newest(matching: filter) where last.map({ entry.run < $0 }) ?? true {
                try give(RunText(of: entry), of: entry)
            }
        }
        if let thrown { throw thrown }
    }

    /// What `body` has thrown, which is not the index's fault.
    private struct Interruption: Error {
        let underlying: any Error
    }

    // MARK: - By the index

    /// How many runs are looked at in one go.
    ///
    /// Few at first, so that the first hits come soon, and then ever more, as asking the trigrams takes
    /// a while. What was found is shown after each go; the first find ends one, and so do many.
    private static let pages = (first: 20, growth: 8, mostCandidates: 100)
    /// How much text is collected before it is written down, in bytes, and of how many runs.
    private static let batch = (bytes: 4 << 20, runs: 100)
    /// More texts than this are worth a line while they are read.
    private static let many = 500

    private func search(_ index: HistoryIndex, _ last: inout RunID?) throws {
        let unread = try index.unreadTexts(filter)
        if unread > Self.many {
            tell("reading the output of \(unread) runs into the index; this is done once")
        }
        let trigrams = matcher.requiredText.flatMap(TrigramQuery.text)
        var collected = Collected(index: index)
        defer { collected.flush() }
        var limit = Self.pages.first
        var hasFound = false
        while true {
            let page = try index.page(
                filter, trigrams, after: last, limit: limit,
                mostFound: hasFound ? Self.pages.mostCandidates : 1,
                mostCandidates: Self.pages.mostCandidates
            ) { matcher.hasMatch(in: $0) }
            hasFound = hasFound || page.candidates.contains(where: \.isKnown)
            for candidate in page.candidates {
                if let text = try text(of: candidate, index, &collected) {
                    do {
                        try give(text, of: candidate.entry)
                    } catch {
                        throw Interruption(underlying: error)
                    }
                }
                last = candidate.entry.run
            }
            // A row that is no run of ours has no place to go on from.
            guard !page.isLast, let next = page.last else { return }
            last = next
            limit = min(limit * Self.pages.growth, 1 << 20)
        }
    }

    private func text(
        of candidate: HistoryIndex.Candidate, _ index: HistoryIndex, _ collected: inout Collected
    ) throws -> RunText? {
        if candidate.isKnown { return try index.text(of: candidate.id) }
        let text = RunText(of: candidate.entry)
        collected.add(text, of: candidate)
        return text
    }

    private func give(_ text: RunText, of entry: HistoryEntry) throws {
        let hits = text.hits(matcher, of: entry, context: context)
        if !hits.isEmpty { try body(hits) }
    }

    /// Texts that were read, and are to be written down.
    private struct Collected {
        let index: HistoryIndex
        private var texts: [(id: Int64, run: RunID, text: RunText)] = []
        private var bytes = 0
        private var isUseful = true

        init(index: HistoryIndex) {
            self.index = index
        }

        mutating func add(_ text: RunText, of candidate: HistoryIndex.Candidate) {
            // What goes on changes; it is not worth keeping.
            guard isUseful, candidate.entry.state != .running else { return }
            texts.append((candidate.id, candidate.entry.run, text))
            bytes += text.body.count
            if bytes >= HistorySearch.batch.bytes || texts.count >= HistorySearch.batch.runs {
                flush()
            }
        }

        /// An index that takes nothing any more is no reason not to go on.
        mutating func flush() {
            guard !texts.isEmpty else { return }
            do { try index.keep(texts) } catch { isUseful = false }
            texts.removeAll(keepingCapacity: true)
            bytes = 0
        }
    }
}
