package import Transcripts

/// What is to be kept of the runs.
package struct Retention: Sendable, Equatable {
    /// Runs that began before that go; nil keeps them all.
    package var oldest: Timestamp?

    /// How much the transcripts may take together, in bytes; beyond it the oldest go.
    ///
    /// Nil sets no limit.
    package var size: Int?

    /// 90 days and 5 GiB.
    package static func standard(now: Timestamp = .now) -> Retention {
        Retention(
            oldest: Timestamp(milliseconds: now.milliseconds - 90 * 86_400_000), size: 5 << 30)
    }

    package init(oldest: Timestamp?, size: Int?) {
        self.oldest = oldest
        self.size = size
    }
}

/// Told of runs whose transcripts are about to be removed, for the ledger of evidence.
///
/// What it throws ends the pruning, and these stay.
package typealias PruneRecord = ([RunID]) throws -> Void

/// The transcripts that go by a retention, found before any of them is touched.
package struct Pruning {
    /// A run that goes.
    package struct Item {
        package let run: RunID
        package let path: String
        /// What its files take, in bytes.
        package let size: Int
    }

    /// How many runs the ledger is told of at once.
    private static let batch = 200

    private let stateFolder: String
    private let files: RunFiles
    private let now: Timestamp
    private var going: [(month: RunFiles.Month, items: [RunFolder.Item])] = []

    /// The runs that go, oldest first.
    package private(set) var items: [Item] = []

    /// How many runs there are, and what they take.
    package private(set) var total = (runs: 0, bytes: 0)

    /// How many runs would go, but are pinned, run, or are jobs whose end nobody has seen.
    package private(set) var spared = 0

    /// Looks what is to go; changes nothing.
    package init(_ retention: Retention, in stateFolder: String, now: Timestamp = .now) {
        self.stateFolder = stateFolder
        self.now = now
        files = RunFiles(stateFolder: stateFolder)
        var months: [(month: RunFiles.Month, items: [RunFolder.Item])] = []
        for month in files.months.reversed() {
            guard let folder = RunFolder(month, in: files) else { continue }
            months.append((month, folder.items()))
        }
        total.runs = months.reduce(0) { $0 + $1.items.count }
        total.bytes = months.flatMap(\.items).reduce(0) { $0 + $1.size }
        var left = total.bytes
        for (month, items) in months {
            let chosen = choose(items, of: month, retention, &left)
            if !chosen.isEmpty { going.append((month, chosen)) }
            self.items += chosen.map { item in
                Item(run: item.run, path: files.path(of: item.run, in: month.name), size: item.size)
            }
        }
    }

    private mutating func choose(
        _ items: [RunFolder.Item], of month: RunFiles.Month, _ retention: Retention,
        _ left: inout Int
    ) -> [RunFolder.Item] {
        let pinned = files.contents(of: month).pinned
        var chosen: [RunFolder.Item] = []
        for item in items {
            let isOld = retention.oldest.map { item.run.started < $0 } ?? false
            let isTooMuch = retention.size.map { left > $0 } ?? false
            guard isOld || isTooMuch else { continue }
            guard !pinned.contains(item.run), !isOpen(item, of: month) else {
                spared += 1
                continue
            }
            chosen.append(item)
            left -= item.size
        }
        return chosen
    }

    private func isOpen(_ item: RunFolder.Item, of month: RunFiles.Month) -> Bool {
        let entry = HistoryEntry(
            run: item.run, path: files.path(of: item.run, in: month.name), isPinned: false)
        return entry.state == .running || entry.state == .detached
    }

    // MARK: - Doing it

    /// What was removed, and what could not be.
    package struct Outcome {
        package var runs = 0
        package var bytes = 0
        /// The transcripts that are still there, and why.
        package var failures: [(path: String, reason: String)] = []
        /// What ended it ahead of its time.
        package var failure: (any Error)?
    }

    /// Removes what is to go, and the folders of months that have nothing left; then the index forgets.
    package func prune(record: PruneRecord) -> Outcome {
        var outcome = Outcome()
        for (month, items) in going where outcome.failure == nil {
            guard let folder = RunFolder(month, in: files) else { continue }
            do {
                for start in stride(from: 0, to: items.count, by: Self.batch) {
                    let batch = items[start..<min(start + Self.batch, items.count)]
                    try remove(batch, from: folder, &outcome, record)
                }
            } catch {
                outcome.failure = error
            }
            // A run that begins now has made sure of its folder, and is about to use it.
            if month.name < now.folder { folder.removeIfEmpty(in: files) }
        }
        HistoryStore(stateFolder: stateFolder).forgetRemoved()
        return outcome
    }

    /// The ledger comes first: a transcript that is gone without a line there would be missing for good,
    /// while one that is still there is as whole as before.
    private func remove(
        _ items: ArraySlice<RunFolder.Item>, from folder: borrowing RunFolder,
        _ outcome: inout Outcome, _ record: PruneRecord
    ) throws {
        let items = items.filter { item in
            guard folder.isRunning(item) else { return true }
            outcome.failures.append(("\(folder.path)/\(item.names[0])", "it is running"))
            return false
        }
        guard !items.isEmpty else { return }
        do {
            try record(items.map(\.run))
        } catch let error as TranscriptError where error.code == .full {
            // Only what is removed makes room for the ledger.
            return try record(remove(items, from: folder, &outcome))
        }
        _ = remove(items, from: folder, &outcome)
    }

    private func remove(
        _ items: [RunFolder.Item], from folder: borrowing RunFolder, _ outcome: inout Outcome
    ) -> [RunID] {
        var gone: [RunID] = []
        for item in items {
            if let reason = folder.remove(item) {
                outcome.failures.append(("\(folder.path)/\(item.names[0])", reason))
                continue
            }
            gone.append(item.run)
            outcome.runs += 1
            outcome.bytes += item.size
        }
        return gone
    }
}
