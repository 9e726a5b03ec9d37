/// The ledger of a state folder as it was read: which transcripts there were, in a chain.
///
/// It shows what was edited, cut out or put in. That its newest lines were replaced, with the
/// transcripts that they are about, only a head shows that was kept elsewhere.
package struct Ledger: Sendable {
    /// A line with what its place in the file tells.
    package struct Entry: Sendable, Equatable {
        package let line: LedgerLine
        /// The head of the line before it; nil for the first.
        package let previous: String?
        /// Whether it is the line that was written there.
        package let isChained: Bool
    }

    /// A place where the chain does not hold.
    package struct Flaw: Sendable, Equatable {
        /// The line in the file, from 1.
        package let line: Int
        package let reason: String
    }

    package let path: String
    package private(set) var entries: [Entry] = []
    package private(set) var flaws: [Flaw] = []

    /// Whether the file ends in a line that is not whole, as a writer that was killed leaves it.
    package private(set) var isTorn = false

    /// The path of a state folder's ledger.
    package static func path(in stateFolder: String) -> String {
        stateFolder.hasSuffix("/") ? "\(stateFolder)ledger" : "\(stateFolder)/ledger"
    }

    /// Notes what became of transcripts, in the order given; `pruned` after or before the deletion.
    ///
    /// Throws `ledger` where it cannot be written, or somebody else keeps it locked. What was noted
    /// by then stays.
    package static func append(
        _ event: LedgerLine.Event, of runs: [RunID], sha256: String? = nil, in stateFolder: String
    ) throws(TranscriptError) {
        guard !runs.isEmpty else { return }
        var file = try LedgerFile(in: stateFolder)
        for run in runs { _ = try file.append(event, of: run, sha256: sha256) }
    }

    /// Reads the ledger of a state folder; one that is not there has no lines.
    package init(in stateFolder: String) throws(TranscriptError) {
        path = Ledger.path(in: stateFolder)
        guard let bytes = try FileBytes.read(path) else { return }
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        isTorn = lines.popLast()?.isEmpty == false
        var previous: LedgerLine?
        var isFirst = true
        for (place, bytes) in lines.enumerated() {
            guard let line = LedgerLine(String(decoding: bytes, as: UTF8.self)) else {
                flaws.append(Flaw(line: place + 1, reason: "it is no line of a ledger"))
                continue
            }
            let isChained = line.follows(previous?.head) && line.index == (previous?.index ?? 0) + 1
            if !isChained {
                flaws.append(
                    Flaw(line: place + 1, reason: Ledger.reason(line, previous, isFirst: isFirst)))
            }
            entries.append(Entry(line: line, previous: previous?.head, isChained: isChained))
            previous = line
            isFirst = false
        }
    }

    /// The head of the last line; nil without any.
    package var head: String? { entries.last?.line.head }

    /// The lines about each run, in their order.
    package var entriesByRun: [RunID: [Entry]] {
        Dictionary(grouping: entries) { $0.line.run }
    }

    private static func reason(
        _ line: LedgerLine, _ previous: LedgerLine?, isFirst: Bool
    ) -> String {
        guard line.index == (previous?.index ?? 0) + 1 else {
            let before = previous.map { "follows number \($0.index)" } ?? "stands first"
            return "number \(line.index) \(before)"
        }
        return "it, or the line before it, is not the one that was written"
    }
}
